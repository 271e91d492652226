import NeuralKernels
import Testing

@Suite("Weight gradients against their definition")
struct WeightGradientTests {
  @Test(
    "Winograd's transpose agrees at every tile size, fused and split, with padding and without",
    arguments: ConvolutionKernelTests.maps, [2, 4, 6])
  func winograd(map: MapCase, tile: Int) {
    for (pad, split) in [(1, false), (0, false), (1, true)] {
      let g = ConvolutionKernelTests.geometry(
        map.inputs, map.outputs, map.height, map.width, kernel: 3, pad: pad, images: map.images)
      var noise = Noise(seed: UInt64(tile))
      let x = noise.values(g.images * g.inChannels * g.inHeight * g.inWidth)
      let dy = noise.values(g.images * g.outChannels * g.outHeight * g.outWidth)
      let input = TestMap(x, images: g.images, channels: g.inChannels, height: g.inHeight, width: g.inWidth)
      let gradient = TestMap(dy, images: g.images, channels: g.outChannels, height: g.outHeight, width: g.outWidth)
      let kernel = WinogradWeightGradient(
        images: g.images, inChannels: g.inChannels, outChannels: g.outChannels, height: g.outHeight,
        width: g.outWidth, padTop: pad, padLeft: pad, tile: tile, split: split)
      let local = KernelMemory.unwritten(kernel.scratchPerThread)
      let shared = KernelMemory.unwritten(kernel.sharedScratch)
      let weights = KernelMemory.unwritten(g.outChannels * g.inChannels * 9)
      let bias = KernelMemory.unwritten(g.outChannels)
      for unit in 0..<kernel.transformUnits {
        unsafe kernel.transform(
          unit: unit, input: input.map, gradient: gradient.map, local: local.base, shared: shared.base)
      }
      for unit in 0..<kernel.multiplyUnits {
        unsafe kernel.multiply(
          unit: unit, input: input.map, gradient: gradient.map, weights: weights.base, bias: bias.base,
          local: local.base, shared: shared.base)
      }
      for unit in 0..<kernel.finishUnits {
        unsafe kernel.finish(unit: unit, weights: weights.base, bias: bias.base, local: local.base, shared: shared.base)
      }
      withExtendedLifetime((input, gradient, local, shared)) {}
      let difference = relativeDifference(weights.values, naiveWeightGradient(g, x, dy))
      #expect(difference < (tile == 6 ? 2e-5 : 3e-6))
      #expect(relativeDifference(bias.values, channelTotals(dy, g)) < 1e-5)
    }
  }

  @Test(
    "the direct sum agrees for every kernel, stride and dilation",
    arguments: [
      ConvolutionKernelTests.geometry(24, 17, 7, 5, kernel: 1), ConvolutionKernelTests.geometry(8, 8, 1, 1, kernel: 1),
      ConvolutionKernelTests.geometry(16, 16, 9, 10, kernel: 3, stride: 2, pad: 1),
      ConvolutionKernelTests.geometry(10, 40, 11, 7, kernel: 5, pad: 2),
      ConvolutionKernelTests.geometry(8, 24, 12, 9, kernel: 3, pad: 2, dilation: 2),
      ConvolutionKernelTests.geometry(16, 300, 8, 12, kernel: 2, stride: 2, images: 3),
      ConvolutionKernelTests.geometry(9, 16, 70, 33, kernel: 3, pad: 1, images: 1),
    ])
  func direct(g: ConvolutionGeometry) {
    var noise = Noise(seed: 5)
    let x = noise.values(g.images * g.inChannels * g.inHeight * g.inWidth)
    let dy = noise.values(g.images * g.outChannels * g.outHeight * g.outWidth)
    let input = TestMap(x, images: g.images, channels: g.inChannels, height: g.inHeight, width: g.inWidth)
    let result = directGradient(g, input.map, dy, isPlanar: false)
    withExtendedLifetime(input) {}
    #expect(relativeDifference(result, naiveWeightGradient(g, x, dy)) < 3e-6)
  }

  @Test(
    "the direct sum agrees on planar input",
    arguments: [
      ConvolutionKernelTests.geometry(3, 16, 9, 13, kernel: 3, pad: 1),
      ConvolutionKernelTests.geometry(1, 32, 16, 7, kernel: 5, stride: 2, pad: 2),
      ConvolutionKernelTests.geometry(4, 24, 300, 5, kernel: 3, pad: 1, images: 1),
      ConvolutionKernelTests.geometry(3, 7, 4, 4, kernel: 1),
    ])
  func directPlanar(g: ConvolutionGeometry) {
    var noise = Noise(seed: 6)
    let x = noise.values(g.images * g.inChannels * g.inHeight * g.inWidth)
    let dy = noise.values(g.images * g.outChannels * g.outHeight * g.outWidth)
    let memory = KernelMemory(copying: x)
    let map = unsafe BlockedMap(
      base: memory.base, height: g.inHeight, width: g.inWidth, imageStride: g.inChannels * g.inHeight * g.inWidth)
    let result = directGradient(g, map, dy, isPlanar: true)
    withExtendedLifetime(memory) {}
    #expect(relativeDifference(result, naiveWeightGradient(g, x, dy)) < 3e-6)
  }

  private func directGradient(
    _ g: ConvolutionGeometry, _ input: BlockedMap, _ dy: [Float], isPlanar: Bool
  ) -> [Float] {
    let gradient = TestMap(dy, images: g.images, channels: g.outChannels, height: g.outHeight, width: g.outWidth)
    let kernel = DirectWeightGradient(geometry: g, isPlanar: isPlanar)
    let local = KernelMemory.unwritten(kernel.scratchPerThread)
    let shared = KernelMemory.unwritten(kernel.sharedScratch)
    let weights = KernelMemory.unwritten(g.outChannels * g.inChannels * g.kernelHeight * g.kernelWidth)
    for unit in 0..<kernel.multiplyUnits {
      unsafe kernel.multiply(unit: unit, input: input, gradient: gradient.map, local: local.base, shared: shared.base)
    }
    for unit in 0..<kernel.finishUnits {
      unsafe kernel.finish(unit: unit, weights: weights.base, shared: shared.base)
    }
    withExtendedLifetime((gradient, local, shared)) {}
    return weights.values
  }

  private func channelTotals(_ dy: [Float], _ g: ConvolutionGeometry) -> [Float] {
    let pixels = g.outHeight * g.outWidth
    return (0..<g.outChannels).map { channel in
      var sum = 0.0
      for image in 0..<g.images {
        let first = (image * g.outChannels + channel) * pixels
        for value in dy[first..<first + pixels] { sum += Double(value) }
      }
      return Float(sum)
    }
  }
}
