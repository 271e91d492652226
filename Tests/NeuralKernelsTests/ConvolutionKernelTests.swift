import NeuralKernels
import Testing

/// One case: input channels, output channels, height, width, images.
struct MapCase: CustomTestStringConvertible, Sendable {
  let inputs: Int
  let outputs: Int
  let height: Int
  let width: Int
  let images: Int
  var testDescription: String { "\(inputs)→\(outputs) \(height)×\(width) ×\(images)" }
}

@Suite("Blocked convolutions against their definition")
struct ConvolutionKernelTests {
  static let maps = [
    MapCase(inputs: 3, outputs: 5, height: 9, width: 11, images: 1),
    MapCase(inputs: 8, outputs: 16, height: 8, width: 8, images: 1),
    MapCase(inputs: 20, outputs: 40, height: 14, width: 10, images: 3),
    MapCase(inputs: 16, outputs: 24, height: 13, width: 17, images: 2),
    MapCase(inputs: 33, outputs: 33, height: 6, width: 4, images: 1),
    MapCase(inputs: 9, outputs: 64, height: 3, width: 3, images: 5),
  ]

  @Test("Winograd agrees at every tile size, fused and split, with padding and without", arguments: maps, [2, 4, 6])
  func winograd(map: MapCase, tile: Int) {
    for (pad, split, threads) in [(1, false, 1), (0, false, 2), (1, true, 2)] {
      let g = ConvolutionGeometry(
        images: map.images, inChannels: map.inputs, inHeight: map.height, inWidth: map.width,
        outChannels: map.outputs, outHeight: map.height + 2 * pad - 2, outWidth: map.width + 2 * pad - 2,
        kernelHeight: 3, kernelWidth: 3, padTop: pad, padLeft: pad)
      let values = ConvolutionValues(g, seed: UInt64(map.inputs))
      let convolution = WinogradConvolution(
        inChannels: map.inputs, outChannels: map.outputs, tile: tile,
        weights: unsafe values.packed {
          unsafe WinogradConvolution.pack($0, inChannels: map.inputs, outChannels: map.outputs, tile: tile)
        }, epilogue: values.epilogue(.sloped))
      let plan = convolution.plan(
        images: g.images, outHeight: g.outHeight, outWidth: g.outWidth, padTop: pad, padLeft: pad, threads: threads,
        split: split)
      #expect(plan.isSplit == split)
      let input = TestMap(
        values.input, images: g.images, channels: g.inChannels, height: g.inHeight, width: g.inWidth)
      let output = TestMap(
        images: g.images, channels: g.outChannels, height: g.outHeight, width: g.outWidth, extraBlocks: 1)
      let local = KernelMemory(count: plan.scratchPerThread)
      let shared = KernelMemory(count: plan.sharedScratch)
      for unit in 0..<plan.transformUnits {
        unsafe convolution.transformInput(
          unit: unit, plan: plan, input: input.map, local: local.base, shared: shared.base)
      }
      for unit in 0..<plan.multiplyUnits {
        unsafe convolution.multiply(
          unit: unit, plan: plan, input: input.map, output: output.map, pooled: nil, local: local.base,
          shared: shared.base)
      }
      withExtendedLifetime((input, output, local, shared)) {}
      let difference = largestDifference(output.planar, values.expected(.sloped))
      #expect(difference < (tile == 6 ? 4e-5 : 1e-5))
    }
  }

  @Test("Winograd stores the 2×2 maximum beside the map", arguments: [2, 4, 6])
  func winogradPools(tile: Int) {
    let g = ConvolutionGeometry(
      images: 2, inChannels: 8, inHeight: 14, inWidth: 10, outChannels: 24, outHeight: 14, outWidth: 10,
      kernelHeight: 3, kernelWidth: 3, padTop: 1, padLeft: 1)
    let values = ConvolutionValues(g, seed: 3)
    let convolution = WinogradConvolution(
      inChannels: 8, outChannels: 24, tile: tile,
      weights: unsafe values.packed { unsafe WinogradConvolution.pack($0, inChannels: 8, outChannels: 24, tile: tile) },
      epilogue: values.epilogue(.relu))
    let plan = convolution.plan(images: 2, outHeight: 14, outWidth: 10, padTop: 1, padLeft: 1, threads: 1)
    let input = TestMap(values.input, images: 2, channels: 8, height: 14, width: 10)
    let output = TestMap(images: 2, channels: 24, height: 14, width: 10)
    let pooled = TestMap(images: 2, channels: 24, height: 7, width: 5)
    let local = KernelMemory(count: plan.scratchPerThread)
    let shared = KernelMemory(count: plan.sharedScratch)
    for unit in 0..<plan.transformUnits {
      unsafe convolution.transformInput(
        unit: unit, plan: plan, input: input.map, local: local.base, shared: shared.base)
    }
    for unit in 0..<plan.multiplyUnits {
      unsafe convolution.multiply(
        unit: unit, plan: plan, input: input.map, output: output.map, pooled: pooled.map, local: local.base,
        shared: shared.base)
    }
    withExtendedLifetime((input, output, pooled, local, shared)) {}
    let full = output.planar
    var expected: [Float] = []
    for plane in 0..<48 {
      for y in 0..<7 {
        for x in 0..<5 {
          let corner = (plane * 14 + 2 * y) * 10 + 2 * x
          expected.append(max(full[corner], full[corner + 1], full[corner + 10], full[corner + 11]))
        }
      }
    }
    #expect(pooled.planar == expected)
  }

  static let direct: [ConvolutionGeometry] = [
    // 1×1, odd sizes
    geometry(24, 17, 7, 5, kernel: 1), geometry(8, 8, 1, 1, kernel: 1), geometry(64, 32, 3, 8, kernel: 1),
    // 1×1, rows that are joined: all of them, in twos, in fours, none
    geometry(16, 24, 6, 8, kernel: 1), geometry(16, 16, 8, 24, kernel: 1), geometry(24, 40, 16, 16, kernel: 1),
    geometry(8, 16, 3, 50, kernel: 1), geometry(16, 32, 12, 12, kernel: 1, groups: 4),
    // strided, padded, dilated, asymmetric
    geometry(16, 16, 9, 10, kernel: 3, stride: 2, pad: 1), geometry(10, 40, 11, 7, kernel: 5, pad: 2),
    geometry(8, 24, 12, 9, kernel: 3, pad: 2, dilation: 2), geometry(20, 16, 6, 13, kernel: 2),
    geometry(16, 16, 5, 5, kernel: 7, stride: 2, pad: 3),
    // groups: whole blocks, and joined
    geometry(32, 64, 6, 7, kernel: 3, pad: 1, groups: 2), geometry(32, 32, 5, 6, kernel: 3, pad: 1, groups: 8),
    geometry(16, 32, 5, 4, kernel: 1, groups: 4),
  ]

  static func geometry(
    _ inputs: Int, _ outputs: Int, _ height: Int, _ width: Int, kernel: Int, stride: Int = 1, pad: Int = 0,
    dilation: Int = 1, groups: Int = 1, images: Int = 2
  ) -> ConvolutionGeometry {
    let reach = (kernel - 1) * dilation + 1
    return ConvolutionGeometry(
      images: images, inChannels: inputs, inHeight: height, inWidth: width, outChannels: outputs,
      outHeight: (height + 2 * pad - reach) / stride + 1, outWidth: (width + 2 * pad - reach) / stride + 1,
      kernelHeight: kernel, kernelWidth: kernel, strideY: stride, strideX: stride, dilationY: dilation,
      dilationX: dilation, padTop: pad, padLeft: pad, groups: groups)
  }

  @Test("direct convolution on blocked input agrees", arguments: direct, [1, 2])
  func directBlocked(g: ConvolutionGeometry, threads: Int) {
    #expect(DirectConvolution.supports(g))
    for activation in [Activation.none, .relu, .sloped, .sigmoid, .relu6, .swish, .hardSwish] {
      let values = ConvolutionValues(g, seed: 7)
      let convolution = DirectConvolution(
        geometry: g, isPlanar: false,
        weights: unsafe values.packed { unsafe DirectConvolution.pack($0, geometry: g, isPlanar: false) },
        epilogue: values.epilogue(activation), threads: threads)
      let input = TestMap(
        values.input, images: g.images, channels: g.inChannels, height: g.inHeight, width: g.inWidth)
      let output = TestMap(
        images: g.images, channels: g.outChannels, height: g.outHeight, width: g.outWidth, extraBlocks: 2)
      let local = KernelMemory(count: convolution.scratchPerThread)
      for unit in 0..<convolution.units {
        unsafe convolution.run(unit: unit, input: input.map, output: output.map, local: local.base)
      }
      withExtendedLifetime((input, output, local)) {}
      #expect(largestDifference(output.planar, values.expected(activation)) < 5e-6)
    }
  }

  @Test(
    "direct convolution on planar input agrees",
    arguments: [
      geometry(3, 16, 9, 13, kernel: 3, pad: 1), geometry(3, 10, 12, 12, kernel: 3),
      geometry(1, 32, 16, 7, kernel: 5, stride: 2, pad: 2), geometry(4, 24, 300, 5, kernel: 3, pad: 1, images: 1),
      geometry(3, 64, 23, 22, kernel: 7, stride: 2, pad: 3), geometry(3, 7, 4, 4, kernel: 1),
    ])
  func directPlanar(g: ConvolutionGeometry) {
    let values = ConvolutionValues(g, seed: 11)
    let convolution = DirectConvolution(
      geometry: g, isPlanar: true,
      weights: unsafe values.packed { unsafe DirectConvolution.pack($0, geometry: g, isPlanar: true) },
      epilogue: values.epilogue(.relu), threads: 2)
    let input = KernelMemory(count: values.input.count)
    for (index, value) in values.input.enumerated() { unsafe input.base[index] = value }
    let map = unsafe BlockedMap(
      base: input.base, height: g.inHeight, width: g.inWidth, imageStride: g.inChannels * g.inHeight * g.inWidth)
    let output = TestMap(images: g.images, channels: g.outChannels, height: g.outHeight, width: g.outWidth)
    let local = KernelMemory(count: convolution.scratchPerThread)
    for unit in 0..<convolution.units {
      unsafe convolution.run(unit: unit, input: map, output: output.map, local: local.base)
    }
    withExtendedLifetime((input, output, local)) {}
    #expect(largestDifference(output.planar, values.expected(.relu)) < 5e-6)
  }

  @Test(
    "depthwise convolution agrees",
    arguments: [
      geometry(8, 8, 9, 9, kernel: 3, pad: 1, groups: 8), geometry(20, 20, 7, 3, kernel: 3, pad: 1, groups: 20),
      geometry(16, 16, 10, 11, kernel: 5, stride: 2, pad: 2, groups: 16),
      geometry(9, 9, 12, 8, kernel: 3, groups: 9), geometry(12, 12, 9, 9, kernel: 3, pad: 2, dilation: 2, groups: 12),
      geometry(8, 8, 2, 2, kernel: 5, pad: 2, groups: 8), geometry(8, 8, 1, 6, kernel: 7, pad: 3, groups: 8),
      // What TensorFlow calls "same": one more row and column at the end than at the beginning.
      ConvolutionGeometry(
        inChannels: 16, inHeight: 12, inWidth: 14, outChannels: 16, outHeight: 6, outWidth: 7, kernelHeight: 5,
        kernelWidth: 5, strideY: 2, strideX: 2, padTop: 1, padLeft: 1, groups: 16),
    ])
  func depthwise(g: ConvolutionGeometry) {
    let values = ConvolutionValues(g, seed: 13)
    let convolution = DepthwiseConvolution(
      geometry: g, weights: unsafe values.packed { unsafe DepthwiseConvolution.pack($0, geometry: g) },
      epilogue: values.epilogue(.swish))
    let input = TestMap(
      values.input, images: g.images, channels: g.inChannels, height: g.inHeight, width: g.inWidth)
    let output = TestMap(images: g.images, channels: g.outChannels, height: g.outHeight, width: g.outWidth)
    let local = KernelMemory(count: convolution.scratchPerThread)
    for unit in 0..<convolution.units {
      unsafe convolution.run(unit: unit, input: input.map, output: output.map, local: local.base)
    }
    withExtendedLifetime((input, output, local)) {}
    #expect(largestDifference(output.planar, values.expected(.swish)) < 5e-6)
  }

  @Test("the head agrees on and around eight pixels", arguments: [1, 7, 8, 9, 16, 23], [1, 4])
  func head(pixels: Int, outputs: Int) {
    let g = Self.geometry(20, outputs, 1, pixels, kernel: 1, images: 1)
    let values = ConvolutionValues(g, seed: 17)
    let convolution = HeadConvolution(
      inChannels: 20, outChannels: outputs,
      weights: unsafe values.packed { unsafe HeadConvolution.pack($0, inChannels: 20, outChannels: outputs) },
      epilogue: values.epilogue(.sigmoid))
    let input = TestMap(values.input, images: 1, channels: 20, height: 1, width: pixels)
    let output = KernelMemory(count: outputs * pixels)
    unsafe convolution.run(pixels: 0..<pixels / 2, of: pixels, UnsafePointer(input.map.base), output.base)
    unsafe convolution.run(pixels: pixels / 2..<pixels, of: pixels, UnsafePointer(input.map.base), output.base)
    withExtendedLifetime((input, output)) {}
    let result = (0..<output.count).map { unsafe output.base[$0] }
    #expect(largestDifference(result, values.expected(.sigmoid)) < 2e-6)
  }

  @Test(
    "transposed convolution agrees",
    arguments: [
      MapCase(inputs: 16, outputs: 8, height: 3, width: 7, images: 2),
      MapCase(inputs: 20, outputs: 33, height: 8, width: 8, images: 1),
      MapCase(inputs: 9, outputs: 16, height: 5, width: 13, images: 1),
      MapCase(inputs: 300, outputs: 24, height: 5, width: 7, images: 2),
    ], [(2, 2), (1, 3)])
  func transposed(map: MapCase, stride: (y: Int, x: Int)) {
    var noise = Noise(seed: 19)
    let taps = stride.y * stride.x
    let input = noise.values(map.images * map.inputs * map.height * map.width)
    let scale = 3 / Float(map.inputs).squareRoot()
    let weights = noise.values(map.inputs * map.outputs * taps).map { $0 * scale }
    let bias = noise.values(map.outputs)
    let packed = unsafe weights.withUnsafeBufferPointer {
      unsafe TransposedConvolution.pack(
        $0, inChannels: map.inputs, outChannels: map.outputs, strideY: stride.y, strideX: stride.x)
    }
    let convolution = TransposedConvolution(
      images: map.images, inChannels: map.inputs, outChannels: map.outputs, inHeight: map.height, inWidth: map.width,
      strideY: stride.y, strideX: stride.x, weights: packed,
      epilogue: makeEpilogue(.relu, bias: bias, slopes: []), threads: 2)
    let source = TestMap(input, images: map.images, channels: map.inputs, height: map.height, width: map.width)
    let output = TestMap(
      images: map.images, channels: map.outputs, height: map.height * stride.y, width: map.width * stride.x,
      extraBlocks: 3)
    let local = KernelMemory(count: convolution.scratchPerThread)
    for unit in 0..<convolution.units {
      unsafe convolution.run(unit: unit, input: source.map, output: output.map, local: local.base)
    }
    withExtendedLifetime((source, output, local)) {}
    var expected: [Float] = []
    for image in 0..<map.images {
      for out in 0..<map.outputs {
        for y in 0..<map.height * stride.y {
          for x in 0..<map.width * stride.x {
            var sum = bias[out]
            let tap = y % stride.y * stride.x + x % stride.x
            for channel in 0..<map.inputs {
              let pixel = ((image * map.inputs + channel) * map.height + y / stride.y) * map.width + x / stride.x
              sum += input[pixel] * weights[(channel * map.outputs + out) * taps + tap]
            }
            expected.append(max(sum, 0))
          }
        }
      }
    }
    #expect(largestDifference(output.planar, expected) < 2e-5)
  }
}

/// Input, weights, bias and slopes of one geometry, scaled so that sums stay near one.
struct ConvolutionValues {
  let geometry: ConvolutionGeometry
  let input: [Float]
  let weights: [Float]
  let bias: [Float]
  let slopes: [Float]

  init(_ geometry: ConvolutionGeometry, seed: UInt64) {
    var noise = Noise(seed: seed)
    let g = geometry
    let fan = g.inChannels / g.groups * g.kernelHeight * g.kernelWidth
    let scale = 1 / Float(fan).squareRoot()
    self.geometry = g
    input = noise.values(g.images * g.inChannels * g.inHeight * g.inWidth)
    weights = noise.values(g.outChannels * fan).map { $0 * scale }
    bias = noise.values(g.outChannels)
    slopes = noise.values(g.outChannels)
  }

  func packed(_ pack: (UnsafeBufferPointer<Float>) -> KernelMemory) -> KernelMemory {
    unsafe weights.withUnsafeBufferPointer { unsafe pack($0) }
  }

  func epilogue(_ activation: Activation) -> Epilogue {
    makeEpilogue(activation, bias: bias, slopes: activation == .sloped ? slopes : [])
  }

  func expected(_ activation: Activation) -> [Float] {
    naiveConvolution(geometry, input, weights, bias, slopes, activation)
  }
}
