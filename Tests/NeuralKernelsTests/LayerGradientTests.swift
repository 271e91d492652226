import NeuralKernels
import Testing

@Suite("Normalization, pooling and head in training")
struct LayerGradientTests {
  @Test("moments survive a large mean and odd counts", arguments: [1, 3, 7, 63, 64, 65, 1000])
  func moments(pixels: Int) {
    var noise = Noise(seed: 21)
    let images = 3
    let values = noise.values(images * 8 * pixels).map { $0 + 100 }
    let map = TestMap(values, images: images, channels: 8, height: 1, width: pixels)
    let parts = KernelMemory.unwritten(images * 16)
    let (mean, variance) = (KernelMemory.unwritten(8), KernelMemory.unwritten(8))
    for image in 0..<images {
      unsafe blockMoments(map.map.base + image * map.map.imageStride, pixels: pixels, parts.base + image * 16)
    }
    unsafe joinMoments(
      parts.base, stride: 16, images: images, pixels: pixels, mean: mean.base, variance: variance.base)
    withExtendedLifetime((map, parts)) {}
    for channel in 0..<8 {
      var own: [Double] = []
      for image in 0..<images {
        let first = (image * 8 + channel) * pixels
        for value in values[first..<first + pixels] { own.append(Double(value)) }
      }
      let center = own.reduce(0, +) / Double(own.count)
      let spread = own.map { ($0 - center) * ($0 - center) }.reduce(0, +) / Double(own.count)
      let meanError = abs(Double(mean.values[channel]) - center)
      let varianceError = abs(Double(variance.values[channel]) - spread)
      #expect(meanError < 1e-5)
      #expect(varianceError < 2e-6 + spread * 1e-5)
    }
  }

  @Test("normalization and its gradient agree with their definition", arguments: [1, 2, 5, 256, 259], [true, false])
  func normalization(pixels: Int, rectifies: Bool) {
    var noise = Noise(seed: 23)
    let (x, dy, before) = (noise.values(8 * pixels), noise.values(8 * pixels), noise.values(8 * pixels))
    let (mean, scale, shift) = (noise.lanes(), noise.lanes(), noise.lanes())
    let (offset, slope) = (noise.lanes(), noise.lanes())
    let lanes = LaneNormalization(mean: mean, scale: scale, shift: shift)
    let (source, gradient) = (KernelMemory(copying: x), KernelMemory(copying: dy))
    let (y, sums) = (KernelMemory.unwritten(8 * pixels), KernelMemory.unwritten(16))
    let (written, added) = (KernelMemory.unwritten(8 * pixels), KernelMemory(copying: before))
    unsafe normalizeBlock(source.base, lanes, rectifies: rectifies, pixels: pixels, y.base)
    unsafe normalizationSums(
      x: source.base, dy: gradient.base, lanes, rectifies: rectifies, pixels: pixels, sums.base)
    for (target, adding) in [(written, false), (added, true)] {
      unsafe normalizationGradient(
        x: source.base, dy: gradient.base, lanes, offset: offset, slope: slope, rectifies: rectifies, adding: adding,
        pixels: pixels, target.base)
    }
    var totals = [Double](repeating: 0, count: 16)
    let (result, first, second) = (y.values, written.values, added.values)
    for index in 0..<8 * pixels {
      let lane = index % 8
      let distance = x[index] - mean[lane]
      let raw = distance * scale[lane] + shift[lane]
      let expected = rectifies ? max(raw, 0) : raw
      #expect(abs(result[index] - expected) < 1e-6)
      let dz = rectifies && result[index] <= 0 ? 0 : dy[index]
      totals[lane] += Double(dz)
      totals[8 + lane] += Double(dz) * Double(distance)
      let dx = scale[lane] * (dz - offset[lane] - distance * slope[lane])
      #expect(abs(first[index] - dx) < 1e-6)
      #expect(abs(second[index] - dx - before[index]) < 2e-6)
    }
    #expect(largestDifference(sums.values, totals.map(Float.init)) < 1e-5 * Float(pixels).squareRoot() + 1e-6)
    withExtendedLifetime((source, gradient)) {}
  }

  @Test("a maximum passes its gradient to the first of equals", arguments: [(4, 6), (5, 7), (2, 2), (3, 2)])
  func halving(size: (height: Int, width: Int)) {
    let (height, width) = size
    var noise = Noise(seed: 29)
    // Few different values: many ties.
    let x = noise.values(8 * height * width).map { ($0 * 2).rounded() }
    let dy = noise.values(8 * (height / 2) * (width / 2))
    let before = noise.values(x.count)
    let (source, gradient) = (KernelMemory(copying: x), KernelMemory(copying: dy))
    let (written, added) = (KernelMemory.unwritten(x.count), KernelMemory(copying: before))
    for (target, adding) in [(written, false), (added, true)] {
      unsafe halvingGradient(
        x: source.base, dy: gradient.base, height: height, width: width, adding: adding, target.base)
    }
    var expected = [Float](repeating: 0, count: x.count)
    for row in 0..<height / 2 {
      for column in 0..<width / 2 {
        for lane in 0..<8 {
          let places = [(0, 0), (0, 1), (1, 0), (1, 1)].map { dy, dx in
            ((2 * row + dy) * width + 2 * column + dx) * 8 + lane
          }
          let most = places.map { x[$0] }.max()!
          expected[places.first { x[$0] == most }!] = dy[(row * (width / 2) + column) * 8 + lane]
        }
      }
    }
    #expect(written.values == expected)
    #expect(largestDifference(added.values, zip(expected, before).map(+)) < 1e-6)
    withExtendedLifetime((source, gradient)) {}
  }

  @Test("the head's gradients agree with their definition", arguments: [1, 3, 8, 300], [1, 3])
  func head(pixels: Int, outputs: Int) {
    var noise = Noise(seed: 31)
    let (x, dy, weights) = (noise.values(8 * pixels), noise.values(outputs * pixels), noise.values(outputs * 8))
    let (source, gradient, kernel) = (
      KernelMemory(copying: x), KernelMemory(copying: dy), KernelMemory(copying: weights)
    )
    let (dx, dw, total) = (KernelMemory.unwritten(8 * pixels), KernelMemory.unwritten(8), KernelMemory.unwritten(8))
    unsafe headInputGradient(
      dy: gradient.base, planeStride: pixels, outputs: outputs, weights: kernel.base, inChannels: 8, lanes: 8,
      adding: false, pixels: pixels, dx.base)
    unsafe channelSums(source.base, pixels: pixels, total.base)
    for out in 0..<outputs {
      unsafe headWeightSums(x: source.base, dy: gradient.base + out * pixels, pixels: pixels, dw.base)
      for lane in 0..<8 {
        var expected = 0.0
        for pixel in 0..<pixels { expected += Double(x[pixel * 8 + lane]) * Double(dy[out * pixels + pixel]) }
        #expect(abs(Double(dw.values[lane]) - expected) < 2e-5)
      }
    }
    let (result, totals) = (dx.values, total.values)
    for lane in 0..<8 {
      var sum = 0.0
      for pixel in 0..<pixels {
        var expected = 0.0
        for out in 0..<outputs { expected += Double(weights[out * 8 + lane]) * Double(dy[out * pixels + pixel]) }
        #expect(abs(Double(result[pixel * 8 + lane]) - expected) < 1e-6)
        sum += Double(x[pixel * 8 + lane])
      }
      #expect(abs(Double(totals[lane]) - sum) < 2e-5)
    }
    withExtendedLifetime((source, gradient, kernel)) {}
  }
}

extension Noise {
  /// Eight values, one for each lane.
  mutating func lanes() -> SIMD8<Float> { SIMD8(values(8)) }
}
