import NeuralKernels

/// Repeatable values in -1...1.
struct Noise {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 2 &+ 1 }

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 33) & 0xFFFF) / 32768 - 1
  }

  mutating func values(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}

extension Activation {
  /// The scalar twin of every activation.
  func scalar(_ x: Float, slope: Float) -> Float {
    switch self {
    case .none: x
    case .relu: max(x, 0)
    case .sloped: x < 0 ? x * slope : x
    case .sigmoid: Float(1 / (1 + exponential(-Double(x))))
    case .relu6: min(max(x, 0), 6)
    case .swish: Float(Double(x) / (1 + exponential(-Double(x))))
    case .hardSwish: x * min(max(x / 6 + 0.5, 0), 1)
    }
  }
}

/// eˣ by its series, after halving x until it is small.
private func exponential(_ x: Double) -> Double {
  var halvings = 0
  var small = x
  while abs(small) > 0.01 {
    small /= 2
    halvings += 1
  }
  var sum = 1.0
  var term = 1.0
  for n in 1...12 {
    term *= small / Double(n)
    sum += term
  }
  for _ in 0..<halvings { sum *= sum }
  return sum
}

/// A convolution written as its definition, in double precision: planar input and output.
func naiveConvolution(
  _ g: ConvolutionGeometry, _ input: [Float], _ weights: [Float], _ bias: [Float], _ slopes: [Float],
  _ activation: Activation
) -> [Float] {
  let inputs = g.inChannels / g.groups
  let outputs = g.outChannels / g.groups
  var result: [Float] = []
  for image in 0..<g.images {
    for out in 0..<g.outChannels {
      for y in 0..<g.outHeight {
        for x in 0..<g.outWidth {
          var sum = Double(bias[out])
          for channel in 0..<inputs {
            let plane = (image * g.inChannels + out / outputs * inputs + channel) * g.inHeight
            for ky in 0..<g.kernelHeight {
              let row = y * g.strideY - g.padTop + ky * g.dilationY
              if row < 0 || row >= g.inHeight { continue }
              for kx in 0..<g.kernelWidth {
                let column = x * g.strideX - g.padLeft + kx * g.dilationX
                if column < 0 || column >= g.inWidth { continue }
                let weight = weights[((out * inputs + channel) * g.kernelHeight + ky) * g.kernelWidth + kx]
                sum += Double(weight) * Double(input[(plane + row) * g.inWidth + column])
              }
            }
          }
          result.append(activation.scalar(Float(sum), slope: slopes.isEmpty ? 0 : slopes[out]))
        }
      }
    }
  }
  return result
}

/// The epilogue of a layer with as many channels as `bias` has values.
func makeEpilogue(_ activation: Activation, bias: [Float], slopes: [Float]) -> Epilogue {
  unsafe bias.withUnsafeBufferPointer { bias in
    unsafe slopes.withUnsafeBufferPointer { slopes in
      unsafe Epilogue(activation, bias: bias, slopes: slopes, channels: bias.count)
    }
  }
}

/// The largest difference of two arrays of one length.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  precondition(a.count == b.count)
  return zip(a, b).reduce(0) { largest, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

/// A blocked map that owns its memory, for tests.
final class TestMap {
  let images: Int
  let channels: Int
  let memory: KernelMemory
  let map: BlockedMap

  /// `extraBlocks`: blocks of another tensor before this one in every image, as in a concatenation.
  init(images: Int, channels: Int, height: Int, width: Int, extraBlocks: Int = 0) {
    let blocks = (channels + 7) / 8
    let stride = (blocks + extraBlocks) * 8 * height * width
    self.images = images
    self.channels = channels
    memory = KernelMemory(count: images * stride)
    unsafe memory.base.update(repeating: .nan, count: memory.count)
    map = unsafe BlockedMap(
      base: memory.base + extraBlocks * 8 * height * width, height: height, width: width, imageStride: stride)
  }

  convenience init(_ values: [Float], images: Int, channels: Int, height: Int, width: Int) {
    self.init(images: images, channels: channels, height: height, width: width)
    unsafe values.withUnsafeBufferPointer { source in
      for image in 0..<images {
        unsafe convertToBlocked(
          source.baseAddress! + image * channels * height * width, channels: channels, pixels: height * width,
          map.base + image * map.imageStride)
      }
    }
  }

  /// Image, channel, row, column.
  var planar: [Float] {
    let pixels = map.height * map.width
    var result = [Float](repeating: .nan, count: images * channels * pixels)
    unsafe result.withUnsafeMutableBufferPointer { target in
      for image in 0..<images {
        unsafe convertFromBlocked(
          map.base + image * map.imageStride, channels: channels, pixels: pixels,
          target.baseAddress! + image * channels * pixels)
      }
    }
    return result
  }
}
