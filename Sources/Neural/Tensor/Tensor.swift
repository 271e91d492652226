/// A whole tensor in memory: initialisers, test data, constants. Row-major, immutable, cheap to copy.
public struct Tensor: Sendable {
  /// Sizes of its axes.
  public let shape: Shape
  /// The type in the file; values are held as `Float` or `Int64`.
  public let elementType: ElementType
  private let content: Content

  package enum Storage: Sendable {
    case floats(FloatStorage)
    case integers([Int64])
  }

  private enum Content: Sendable {
    case values(Storage)
    case halves(HalfStorage)
  }

  /// - Precondition: `floats.count` is the number of elements of `shape`.
  public init(_ shape: Shape, floats: [Float]) {
    precondition(floats.count == shape.count, "\(floats.count) values for a tensor of shape \(shape)")
    self.init(shape, .float, .floats(FloatStorage(floats)))
  }

  /// - Precondition: `integers.count` is the number of elements of `shape`, and `elementType` is an integer type.
  public init(_ shape: Shape, integers: [Int64], elementType: ElementType = .int64) {
    precondition(integers.count == shape.count, "\(integers.count) values for a tensor of shape \(shape)")
    precondition(!elementType.isFloatingPoint, "integers of type \(elementType)")
    self.init(shape, elementType, .integers(integers))
  }

  package init(_ shape: Shape, _ elementType: ElementType, _ storage: Storage) {
    self.init(shape, elementType, content: .values(storage))
  }

  /// A tensor whose values stay in half precision until they are asked for.
  package init(_ shape: Shape, halves: HalfStorage) { self.init(shape, .float16, content: .halves(halves)) }

  private init(_ shape: Shape, _ elementType: ElementType, content: Content) {
    (self.shape, self.elementType, self.content) = (shape, elementType, content)
  }

  /// The bit patterns of a tensor that is kept in half precision.
  package var halves: HalfStorage? {
    if case .halves(let halves) = content { halves } else { nil }
  }

  /// The values as kernels and rules compute with them.
  package var storage: Storage {
    switch content {
    case .values(let storage): storage
    case .halves(let halves): .floats(halves.floats)
    }
  }

  /// The same values as another floating-point type; all are computed as `Float`.
  package func relabelled(_ type: ElementType) -> Tensor {
    precondition(elementType.isFloatingPoint && type.isFloatingPoint)
    return Tensor(shape, type, content: content)
  }

  /// A one-axis tensor of integers, as shapes and axes are.
  package init(list: [Int]) { self.init([list.count], integers: list.map(Int64.init)) }

  /// Number of elements.
  public var count: Int { shape.count }

  /// A copy of the values, or nil for a tensor of integers.
  public var floats: [Float]? {
    if case .floats(let storage) = storage { storage.values } else { nil }
  }

  /// The values, or nil for a tensor of floating-point numbers.
  public var integers: [Int64]? {
    if case .integers(let values) = storage { values } else { nil }
  }

  /// Every value as `Double`, whatever the type: for comparing and printing.
  public var doubles: [Double] {
    switch storage {
    case .floats(let storage): storage.values.map(Double.init)
    case .integers(let values): values.map(Double.init)
    }
  }

  package var floatStorage: FloatStorage? {
    if case .floats(let storage) = storage { storage } else { nil }
  }

  /// The same values under another shape of as many elements.
  package func reshaped(_ shape: Shape) -> Tensor {
    precondition(shape.count == count)
    return Tensor(shape, elementType, content: content)
  }
}
