import NeuralKernels

/// The weight gradient of a convolution written as its definition, in double precision: `input` (N, C, H, W),
/// `gradient` (N, K, H', W'), result (K, C, kh, kw).
func naiveWeightGradient(_ g: ConvolutionGeometry, _ input: [Float], _ gradient: [Float]) -> [Float] {
  var result: [Float] = []
  for out in 0..<g.outChannels {
    for channel in 0..<g.inChannels {
      for ky in 0..<g.kernelHeight {
        for kx in 0..<g.kernelWidth {
          var sum = 0.0
          for image in 0..<g.images {
            let from = (image * g.inChannels + channel) * g.inHeight
            let by = (image * g.outChannels + out) * g.outHeight
            for y in 0..<g.outHeight {
              let row = y * g.strideY - g.padTop + ky * g.dilationY
              if row < 0 || row >= g.inHeight { continue }
              for x in 0..<g.outWidth {
                let column = x * g.strideX - g.padLeft + kx * g.dilationX
                if column < 0 || column >= g.inWidth { continue }
                sum +=
                  Double(input[(from + row) * g.inWidth + column]) * Double(gradient[(by + y) * g.outWidth + x])
              }
            }
          }
          result.append(Float(sum))
        }
      }
    }
  }
  return result
}

/// The input gradient of a convolution written as its definition, in double precision: `weights` (K, C, kh, kw),
/// `gradient` (N, K, H', W'), result (N, C, H, W).
func naiveInputGradient(_ g: ConvolutionGeometry, _ weights: [Float], _ gradient: [Float]) -> [Float] {
  var result = [Double](repeating: 0, count: g.images * g.inChannels * g.inHeight * g.inWidth)
  for image in 0..<g.images {
    for out in 0..<g.outChannels {
      for y in 0..<g.outHeight {
        for x in 0..<g.outWidth {
          let value = Double(gradient[((image * g.outChannels + out) * g.outHeight + y) * g.outWidth + x])
          for channel in 0..<g.inChannels {
            for ky in 0..<g.kernelHeight {
              let row = y * g.strideY - g.padTop + ky * g.dilationY
              if row < 0 || row >= g.inHeight { continue }
              for kx in 0..<g.kernelWidth {
                let column = x * g.strideX - g.padLeft + kx * g.dilationX
                if column < 0 || column >= g.inWidth { continue }
                let weight = weights[((out * g.inChannels + channel) * g.kernelHeight + ky) * g.kernelWidth + kx]
                result[((image * g.inChannels + channel) * g.inHeight + row) * g.inWidth + column] +=
                  value * Double(weight)
              }
            }
          }
        }
      }
    }
  }
  return result.map(Float.init)
}

/// The largest difference of two arrays of one length, as a part of the largest value expected.
func relativeDifference(_ a: [Float], _ expected: [Float]) -> Float {
  largestDifference(a, expected) / expected.reduce(1e-20) { max($0, abs($1)) }
}

extension KernelMemory {
  /// A copy of `values`.
  convenience init(copying values: [Float]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { unsafe base[index] = value }
  }

  var values: [Float] { (0..<count).map { unsafe base[$0] } }

  /// Memory that holds no number: whoever reads before writing is found out.
  static func unwritten(_ count: Int) -> KernelMemory {
    let memory = KernelMemory(count: count)
    unsafe memory.base.update(repeating: .nan, count: memory.count)
    return memory
  }
}
