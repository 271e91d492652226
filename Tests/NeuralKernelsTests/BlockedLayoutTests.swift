import NeuralKernels
import Testing

@Suite("Blocked layout and pooling")
struct BlockedLayoutTests {
  @Test("going there and back changes nothing", arguments: [1, 7, 8, 9, 17], [1, 5, 8, 9, 30])
  func roundTrip(channels: Int, pixels: Int) {
    var noise = Noise(seed: UInt64(channels * pixels))
    let values = noise.values(channels * pixels)
    #expect(TestMap(values, images: 1, channels: channels, height: 1, width: pixels).planar == values)
  }

  @Test("lanes past the last channel are zero")
  func paddingIsZero() {
    let map = TestMap([Float](repeating: 1, count: 30), images: 1, channels: 3, height: 1, width: 10)
    for pixel in 0..<10 {
      for lane in 0..<8 { #expect(unsafe map.map.base[pixel * 8 + lane] == (lane < 3 ? 1 : 0)) }
    }
    withExtendedLifetime(map) {}
  }

  @Test("pooling agrees with its definition, ceiling mode and padding included")
  func pooling() {
    // height, width, kernel, stride, pad before, output height and width
    for (h, w, k, s, p, oh, ow) in [
      (10, 7, 2, 2, 0, 5, 3), (9, 9, 3, 2, 0, 4, 4), (10, 22, 3, 2, 0, 5, 11), (5, 5, 3, 1, 1, 5, 5),
      (1, 1, 1, 1, 0, 1, 1),
    ] {
      var noise = Noise(seed: UInt64(h))
      let values = noise.values(8 * h * w)
      let input = TestMap(values, images: 1, channels: 8, height: h, width: w)
      let g = ConvolutionGeometry(
        inChannels: 8, inHeight: h, inWidth: w, outChannels: 8, outHeight: oh, outWidth: ow, kernelHeight: k,
        kernelWidth: k, strideY: s, strideX: s, padTop: p, padLeft: p)
      for kind in [BlockedPooling.maximum, .average(includesPadding: true), .average(includesPadding: false)] {
        let output = TestMap(images: 1, channels: 8, height: oh, width: ow)
        unsafe poolBlock(kind, g, UnsafePointer(input.map.base), output.map.base, padBottom: p, padRight: p)
        withExtendedLifetime((input, output)) {}
        var expected: [Float] = []
        for channel in 0..<8 {
          for y in 0..<oh {
            for x in 0..<ow {
              var best = -Float.infinity
              var sum: Float = 0
              var count = 0
              for row in y * s - p..<y * s - p + k {
                for column in x * s - p..<x * s - p + k {
                  let exists = row >= 0 && row < h && column >= 0 && column < w
                  if exists {
                    best = max(best, values[(channel * h + row) * w + column])
                    sum += values[(channel * h + row) * w + column]
                  }
                  if case .average(includesPadding: true) = kind, row < h + p, column < w + p { count += 1 }
                  if case .average(includesPadding: false) = kind, exists { count += 1 }
                }
              }
              if case .maximum = kind { expected.append(best) } else { expected.append(sum / Float(count)) }
            }
          }
        }
        #expect(largestDifference(output.planar, expected) < 1e-6)
      }
    }
  }
}
