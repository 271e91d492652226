internal import NeuralKernels

/// Bias and activation of a layer on the blocked layout: as much as the kernels do while they store, and the rest.
struct BlockedFinish {
  let epilogue: Epilogue
  /// What the kernels cannot do while they store.
  private let rest: ElementFunction?

  /// Whether the kernel's store does it all.
  var isComplete: Bool { rest == nil }

  /// Nil where bias or slopes are not constant.
  init?(_ context: NodeContext, channels: Int) {
    var bias: FloatStorage?
    if let operand = context.optional(2) {
      guard let storage = operand.constant?.floatStorage else { return nil }
      bias = storage
    }
    var slopes: FloatStorage?
    var rest: ElementFunction?
    let activation: Activation
    switch context.node.activation {
    case .slopes:
      guard let storage = context.slopes?.floatStorage, storage.count == channels else { return nil }
      slopes = storage
      activation = .sloped
    case .function(.leakyRelu(let slope)):
      slopes = FloatStorage(Array(repeating: slope, count: channels))
      activation = .sloped
    case .function(let function):
      switch function {
      case .identity: activation = .none
      case .relu: activation = .relu
      case .sigmoid: activation = .sigmoid
      case .silu: activation = .swish
      case .hardSwish: activation = .hardSwish
      case .clip(low: 0, high: 6): activation = .relu6
      default:
        guard channels % 8 == 0 || function.isFiniteAtZero else { return nil }
        activation = .none
        rest = function
      }
    }
    self.rest = rest
    epilogue = unsafe Epilogue(
      activation, bias: bias?.buffer ?? UnsafeBufferPointer(start: nil, count: 0),
      slopes: slopes?.buffer ?? UnsafeBufferPointer(start: nil, count: 0), channels: channels)
  }

  /// Adds a step for what the kernel's store leaves undone.
  func lowerRest(_ context: NodeContext, _ lowering: inout Lowering, _ y: BlockedTensor) {
    if let rest { lowering.emitFunction(context, rest, y, y) }
  }
}

extension Lowering {
  /// `function` of every element of one blocked tensor into another, perhaps the same.
  mutating func emitFunction(
    _ context: NodeContext, _ function: ElementFunction, _ x: BlockedTensor, _ y: BlockedTensor
  ) {
    let (run, count) = (16_384, x.elements)
    emit(context, reads: [x.tensor], writes: [y.tensor], items: (count + run - 1) / run) { memory, items in
      let first = items.lowerBound * run
      unsafe apply(
        function, memory[x.tensor] + first, memory[y.tensor] + first, count: min(items.upperBound * run, count) - first)
    }
  }
}

extension ElementFunction {
  /// Whether lanes of padding, which hold small finite numbers, stay finite.
  var isFiniteAtZero: Bool {
    switch self {
    case .log, .reciprocal, .sqrt, .exp: false
    default: true
    }
  }
}

extension FloatStorage {
  @unsafe var buffer: UnsafeBufferPointer<Float> { unsafe UnsafeBufferPointer(start: address, count: count) }
}
