import NeuralKernels

// Times every layer shape of the two U-Nets at 256×256 on one core:
//   kernel-bench [gradients] [FEATURES LEVELS]

@main
enum KernelBenchmark {
  static func main() {
    let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let peak = measuredPeak()
    print(
      "peak \(peak.text(1, width: 0)) GFLOP/s on one core; GFLOP/s below count the arithmetic of direct convolution")
    if CommandLine.arguments.contains("gradients") {
      GradientTimes(peak: peak, images: 8).measure(
        features: numbers.first ?? 16, levels: numbers.dropFirst().first ?? 6)
    } else if numbers.count >= 2 {
      measure(features: numbers[0], levels: numbers[1], peak: peak)
    } else {
      measure(features: 32, levels: 5, peak: peak)
      measure(features: 16, levels: 6, peak: peak)
    }
  }

  static func measure(features: Int, levels: Int, peak: Double) {
    print("\nU-Net of \(features) features and \(levels) levels")
    print("layer                          kernel       ms  GFLOP/s  of peak")
    var total = 0.0
    var channels = 3
    for level in 0..<levels {
      let out = features << level
      let side = 256 >> level
      total += convolution(channels, out, side, peak)
      total += convolution(out, out, side, peak)
      channels = out
    }
    for level in (0..<levels - 1).reversed() {
      let out = features << level
      let side = 256 >> level
      total += transposed(2 * out, out, side / 2, peak)
      total += convolution(2 * out, out, side, peak)
      total += convolution(out, out, side, peak)
    }
    total += head(features, 256, peak)
    print("sum of the fastest \((total * 1e3).text(2, width: 22)) ms")
  }

  static func convolution(_ inputs: Int, _ outputs: Int, _ side: Int, _ peak: Double) -> Double {
    let g = ConvolutionGeometry(
      inChannels: inputs, inHeight: side, inWidth: side, outChannels: outputs, outHeight: side, outWidth: side,
      kernelHeight: 3, kernelWidth: 3, padTop: 1, padLeft: 1)
    let name = "3×3 \(inputs)→\(outputs) \(side)×\(side)"
    let parameters = Parameters(weights: inputs * outputs * 9, outputs: outputs, .relu)
    let source = map(inputs, side)
    let target = map(outputs, side)
    var best = Double.infinity
    if inputs <= 4 || side <= 16 {
      let isPlanar = inputs <= 4
      let direct = DirectConvolution(
        geometry: g, isPlanar: isPlanar,
        weights: unsafe parameters.packed { unsafe DirectConvolution.pack($0, geometry: g, isPlanar: isPlanar) },
        epilogue: parameters.epilogue, threads: 1)
      let local = KernelMemory(count: direct.scratchPerThread)
      let time = shortest(runs: 15) {
        for unit in 0..<direct.units {
          unsafe direct.run(unit: unit, input: source.map, output: target.map, local: local.base)
        }
      }
      withExtendedLifetime(local) {}
      best = report(name, isPlanar ? "planar" : "direct", g.operations, time, peak)
    }
    for tile in [2, 4, 6] where inputs > 4 && (side <= 16 || tile > 2) {
      let winograd = WinogradConvolution(
        inChannels: inputs, outChannels: outputs, tile: tile,
        weights: unsafe parameters.packed {
          unsafe WinogradConvolution.pack($0, inChannels: inputs, outChannels: outputs, tile: tile)
        },
        epilogue: parameters.epilogue)
      let plan = winograd.plan(images: 1, outHeight: side, outWidth: side, padTop: 1, padLeft: 1, threads: 1)
      let local = KernelMemory(count: plan.scratchPerThread)
      let shared = KernelMemory(count: plan.sharedScratch)
      let time = shortest(runs: 15) {
        for unit in 0..<plan.transformUnits {
          unsafe winograd.transformInput(
            unit: unit, plan: plan, input: source.map, local: local.base, shared: shared.base)
        }
        for unit in 0..<plan.multiplyUnits {
          unsafe winograd.multiply(
            unit: unit, plan: plan, input: source.map, output: target.map, pooled: nil, local: local.base,
            shared: shared.base)
        }
      }
      withExtendedLifetime((local, shared)) {}
      best = min(best, report(name, "F(\(tile))\(plan.isSplit ? " split" : "")", g.operations, time, peak))
    }
    withExtendedLifetime((source, target)) {}
    return best
  }

  static func transposed(_ inputs: Int, _ outputs: Int, _ side: Int, _ peak: Double) -> Double {
    let parameters = Parameters(weights: inputs * outputs * 4, outputs: outputs, .none)
    let source = map(inputs, side)
    let target = map(outputs, side * 2)
    let layer = TransposedConvolution(
      images: 1, inChannels: inputs, outChannels: outputs, inHeight: side, inWidth: side, strideY: 2, strideX: 2,
      weights: unsafe parameters.packed {
        unsafe TransposedConvolution.pack($0, inChannels: inputs, outChannels: outputs, strideY: 2, strideX: 2)
      },
      epilogue: parameters.epilogue, threads: 1)
    let local = KernelMemory(count: layer.scratchPerThread)
    let time = shortest(runs: 15) {
      for unit in 0..<layer.units {
        unsafe layer.run(unit: unit, input: source.map, output: target.map, local: local.base)
      }
    }
    withExtendedLifetime((source, target, local)) {}
    return report("2×2 up \(inputs)→\(outputs) \(side)×\(side)", "product", layer.operations, time, peak)
  }

  static func head(_ inputs: Int, _ side: Int, _ peak: Double) -> Double {
    let parameters = Parameters(weights: inputs, outputs: 1, .sigmoid)
    let source = map(inputs, side)
    let target = KernelMemory(count: side * side)
    let layer = HeadConvolution(
      inChannels: inputs, outChannels: 1,
      weights: unsafe parameters.packed { unsafe HeadConvolution.pack($0, inChannels: inputs, outChannels: 1) },
      epilogue: parameters.epilogue)
    let time = shortest(runs: 15) {
      unsafe layer.run(pixels: 0..<side * side, of: side * side, UnsafePointer(source.map.base), target.base)
    }
    withExtendedLifetime((source, target)) {}
    return report("1×1 \(inputs)→1 \(side)×\(side)", "head", 2 * inputs * side * side, time, peak)
  }

  @discardableResult
  static func report(_ name: String, _ kernel: String, _ operations: Int, _ time: Double, _ peak: Double) -> Double {
    let rate = Double(operations) / time * 1e-9
    let pad = { (text: String, width: Int) in text + String(repeating: " ", count: max(0, width - text.count)) }
    print(
      pad(name, 28), pad(kernel, 11), (time * 1e3).text(3, width: 7), rate.text(1, width: 8),
      (rate / peak * 100).text(0, width: 6) + " %")
    return time
  }

  static func map(_ channels: Int, _ side: Int) -> (memory: KernelMemory, map: BlockedMap) {
    let blocks = (channels + 7) / 8
    let memory = KernelMemory(count: blocks * 8 * side * side)
    unsafe memory.base.update(repeating: 0.5, count: memory.count)
    return unsafe (
      memory, BlockedMap(base: memory.base, height: side, width: side, imageStride: memory.count)
    )
  }
}
