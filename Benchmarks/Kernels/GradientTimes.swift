import NeuralKernels

/// Times the gradient kernels on every layer shape of a U-Net at 256×256, for a batch, on one core.
struct GradientTimes {
  let peak: Double
  let images: Int

  func measure(features: Int, levels: Int) {
    print("\nGradients of a U-Net of \(features) features and \(levels) levels, batch of \(images)")
    print("layer                          kernel       ms  GFLOP/s  of peak")
    var total = 0.0
    for level in 0..<levels {
      let out = features << level
      let side = 256 >> level
      if level > 0 { total += weights(out / 2, out, side) }
      total += weights(out, out, side)
    }
    for level in (0..<levels - 1).reversed() {
      let out = features << level
      let side = 256 >> level
      total += weights(2 * out, out, side)
      total += weights(out, out, side)
    }
    print("sum of the fastest \((total * 1e3 / Double(images)).text(2, width: 22)) ms an image")
  }

  private func weights(_ inputs: Int, _ outputs: Int, _ side: Int) -> Double {
    let input = map(inputs, side)
    let gradient = map(outputs, side)
    let target = KernelMemory(count: inputs * outputs * 9)
    var best = Double.infinity
    for tile in [2, 4, 6] where side <= 16 || tile > 2 {
      for split in [false, true] {
        let kernel = WinogradWeightGradient(
          images: images, inChannels: inputs, outChannels: outputs, height: side, width: side, padTop: 1, padLeft: 1,
          tile: tile, split: split)
        if kernel.sharedScratch > 1 << 28 { continue }
        let local = KernelMemory(count: kernel.scratchPerThread)
        let shared = KernelMemory(count: kernel.sharedScratch)
        let time = shortest(runs: 3) {
          for unit in 0..<kernel.transformUnits {
            unsafe kernel.transform(
              unit: unit, input: input.map, gradient: gradient.map, local: local.base, shared: shared.base)
          }
          for unit in 0..<kernel.multiplyUnits {
            unsafe kernel.multiply(
              unit: unit, input: input.map, gradient: gradient.map, weights: target.base, bias: nil,
              local: local.base,
              shared: shared.base)
          }
          for unit in 0..<kernel.finishUnits {
            unsafe kernel.finish(
              unit: unit, weights: target.base, bias: nil,
              local: local.base, shared: shared.base)
          }
        }
        withExtendedLifetime((local, shared)) {}
        KernelBenchmark.report(
          "dW \(inputs)→\(outputs) \(side)×\(side)", "F(\(tile))\(split ? " split" : "")", kernel.operations, time, peak
        )
        best = min(best, time)
      }
    }
    withExtendedLifetime((input, gradient, target)) {}
    return best
  }

  private func map(_ channels: Int, _ side: Int) -> (memory: KernelMemory, map: BlockedMap) {
    let imageFloats = (channels + 7) / 8 * 8 * side * side
    let memory = KernelMemory(count: images * imageFloats)
    unsafe memory.base.update(repeating: 0.5, count: memory.count)
    return unsafe (memory, BlockedMap(base: memory.base, height: side, width: side, imageStride: imageFloats))
  }
}
