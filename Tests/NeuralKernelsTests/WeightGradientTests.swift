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
      for unit in 0..<kernel.transformUnits {
        unsafe kernel.transform(
          unit: unit, input: input.map, gradient: gradient.map, local: local.base, shared: shared.base)
      }
      for unit in 0..<kernel.multiplyUnits {
        unsafe kernel.multiply(
          unit: unit, input: input.map, gradient: gradient.map, weights: weights.base, local: local.base,
          shared: shared.base)
      }
      for unit in 0..<kernel.finishUnits {
        unsafe kernel.finish(unit: unit, weights: weights.base, local: local.base, shared: shared.base)
      }
      withExtendedLifetime((input, gradient, local, shared)) {}
      let difference = relativeDifference(weights.values, naiveWeightGradient(g, x, dy))
      #expect(difference < (tile == 6 ? 2e-5 : 3e-6))
    }
  }
}
