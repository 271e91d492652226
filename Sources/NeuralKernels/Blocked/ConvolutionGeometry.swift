/// The numbers of a 2-D convolution on maps of one size. Right and bottom padding follow from the output size.
public struct ConvolutionGeometry: Sendable, Hashable {
  public var images: Int
  public var inChannels: Int
  public var inHeight: Int
  public var inWidth: Int
  public var outChannels: Int
  public var outHeight: Int
  public var outWidth: Int
  public var kernelHeight: Int
  public var kernelWidth: Int
  public var strideY: Int
  public var strideX: Int
  public var dilationY: Int
  public var dilationX: Int
  public var padTop: Int
  public var padLeft: Int
  public var groups: Int

  public init(
    images: Int = 1, inChannels: Int, inHeight: Int, inWidth: Int, outChannels: Int, outHeight: Int, outWidth: Int,
    kernelHeight: Int, kernelWidth: Int, strideY: Int = 1, strideX: Int = 1, dilationY: Int = 1, dilationX: Int = 1,
    padTop: Int = 0, padLeft: Int = 0, groups: Int = 1
  ) {
    self.images = images
    self.inChannels = inChannels
    self.inHeight = inHeight
    self.inWidth = inWidth
    self.outChannels = outChannels
    self.outHeight = outHeight
    self.outWidth = outWidth
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideY = strideY
    self.strideX = strideX
    self.dilationY = dilationY
    self.dilationX = dilationX
    self.padTop = padTop
    self.padLeft = padLeft
    self.groups = groups
  }

  /// Rows of input that `rows` output rows look at.
  func inputRows(for rows: Int) -> Int { (rows - 1) * strideY + (kernelHeight - 1) * dilationY + 1 }

  /// Columns of input that a whole output row looks at, padding included.
  var inputSpan: Int { (outWidth - 1) * strideX + (kernelWidth - 1) * dilationX + 1 }

  /// Whether no output pixel looks outside the input.
  var isInside: Bool {
    padTop == 0 && padLeft == 0 && inputRows(for: outHeight) <= inHeight && inputSpan <= inWidth
  }

  /// The same convolution on maps whose rows are joined, where it looks at one pixel at a time and so knows no rows:
  /// a long row wastes fewer of the last tile's pixels than many short ones do.
  var withJoinedRows: Self {
    guard kernelHeight == 1, kernelWidth == 1, strideY == 1, strideX == 1, isInside,
      outHeight == inHeight, outWidth == inWidth,
      let rows = (1...outHeight).first(where: { outHeight.isMultiple(of: $0) && $0 * outWidth >= 48 })
        ?? (outHeight > 1 ? outHeight : nil)
    else { return self }
    var joined = self
    (joined.inHeight, joined.outHeight) = (outHeight / rows, outHeight / rows)
    (joined.inWidth, joined.outWidth) = (outWidth * rows, outWidth * rows)
    return joined
  }

  /// Operations (a multiply-add counts two) as direct convolution.
  public var operations: Int {
    2 * images * outChannels * outHeight * outWidth * kernelHeight * kernelWidth * (inChannels / groups)
  }
}
