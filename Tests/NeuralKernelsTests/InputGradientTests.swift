import NeuralKernels
import Testing

@Suite("Input gradients against their definition")
struct InputGradientTests {
  @Test(
    "a convolution with turned weights passes the gradient to its input",
    arguments: ConvolutionKernelTests.maps, [2, 4, 6])
  func winograd(map: MapCase, tile: Int) {
    let g = ConvolutionKernelTests.geometry(
      map.inputs, map.outputs, map.height, map.width, kernel: 3, pad: 1, images: map.images)
    let values = ConvolutionValues(g, seed: 3)
    var noise = Noise(seed: 4)
    let dy = noise.values(g.images * g.outChannels * g.outHeight * g.outWidth)
    let result = winogradOutput(
      values.weights, TestMap(dy, images: g.images, channels: g.outChannels, height: g.outHeight, width: g.outWidth),
      from: g.outChannels, to: g.inChannels, tile: tile, isTurned: true)
    #expect(
      relativeDifference(result, naiveInputGradient(g, values.weights, dy)) < (tile == 6 ? 4e-5 : 1e-5))
  }

  @Test("weights packed anew in each step are those packed once", arguments: ConvolutionKernelTests.maps, [2, 4, 6])
  func packing(map: MapCase, tile: Int) {
    var noise = Noise(seed: 9)
    let weights = noise.values(map.inputs * map.outputs * 9)
    let expected = unsafe weights.withUnsafeBufferPointer {
      unsafe WinogradConvolution.pack($0, inChannels: map.inputs, outChannels: map.outputs, tile: tile)
    }
    let packed = packedWeights(weights, from: map.inputs, to: map.outputs, tile: tile, isTurned: false)
    #expect(largestDifference(packed.values, expected.values) < 1e-6)
  }

  private func packedWeights(_ weights: [Float], from: Int, to: Int, tile: Int, isTurned: Bool) -> KernelMemory {
    let count = WinogradConvolution.packedFloats(inChannels: from, outChannels: to, tile: tile)
    let packed = KernelMemory.unwritten(count)
    unsafe weights.withUnsafeBufferPointer { weights in
      for unit in 0..<WinogradConvolution.packUnits(outChannels: to) {
        unsafe WinogradConvolution.pack(
          unit: unit, weights.baseAddress!, inChannels: from, outChannels: to, tile: tile, isTurned: isTurned,
          into: packed.base)
      }
    }
    return packed
  }

  private func winogradOutput(
    _ weights: [Float], _ input: TestMap, from: Int, to: Int, tile: Int, isTurned: Bool
  ) -> [Float] {
    let (height, width) = (input.map.height, input.map.width)
    let convolution = WinogradConvolution(
      inChannels: from, outChannels: to, tile: tile,
      weights: packedWeights(weights, from: from, to: to, tile: tile, isTurned: isTurned),
      epilogue: makeEpilogue(.none, bias: [Float](repeating: 0, count: to), slopes: []))
    let plan = convolution.plan(
      images: input.images, outHeight: height, outWidth: width, padTop: 1, padLeft: 1, threads: 1, split: false)
    let output = TestMap(images: input.images, channels: to, height: height, width: width)
    let local = KernelMemory(count: plan.scratchPerThread)
    for unit in 0..<plan.multiplyUnits {
      unsafe convolution.multiply(
        unit: unit, plan: plan, input: input.map, output: output.map, pooled: nil, local: local.base,
        shared: local.base)
    }
    withExtendedLifetime((input, local)) {}
    return output.planar
  }
}
