import Glibc
import NeuralKernels

/// Seconds on the monotonic clock.
func seconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The shortest of `runs` runs, in seconds: what the machine can do when nothing interferes.
func shortest(runs: Int, _ body: () -> Void) -> Double {
  body()
  var best = Double.infinity
  for _ in 0..<runs {
    let start = seconds()
    body()
    best = min(best, seconds() - start)
  }
  return best
}

/// GFLOP/s of one core on nothing but independent fused multiply-adds.
func measuredPeak() -> Double {
  let c = KernelMemory(count: 96)
  // A product that never leaves the first-level cache reaches what a register-only loop does (within 1 %).
  let deep = KernelMemory(count: 48 * 32)
  let wide = KernelMemory(count: 128 * 32)
  let time = shortest(runs: 200) {
    for _ in 0..<20 {
      unsafe multiply6x16(
        UnsafePointer(deep.base), UnsafePointer(wide.base), blocks: 32, c.base, next: UnsafePointer(wide.base), lines: 0
      )
    }
  }
  withExtendedLifetime((c, deep, wide)) {}
  return Double(20 * 2 * 96 * 256) / time * 1e-9
}

/// Weights and biases of a layer; their values do not matter for its speed.
struct Parameters {
  private let weights: [Float]
  let epilogue: Epilogue

  init(weights count: Int, outputs: Int, _ activation: Activation) {
    weights = [Float](repeating: 0.01, count: count)
    let bias = [Float](repeating: 0.1, count: outputs)
    epilogue = unsafe bias.withUnsafeBufferPointer { bias in
      unsafe Epilogue(
        activation, bias: bias, slopes: UnsafeBufferPointer(start: nil, count: 0), channels: outputs)
    }
  }

  func packed(_ pack: (UnsafeBufferPointer<Float>) -> KernelMemory) -> KernelMemory {
    unsafe weights.withUnsafeBufferPointer { unsafe pack($0) }
  }
}

extension Double {
  /// With `digits` after the point, right-aligned in `width`.
  func text(_ digits: Int, width: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (self * scale).rounded()
    let whole = Int(scaled / scale)
    let rest = String(Int(scaled) - whole * Int(scale))
    let text = digits == 0 ? "\(whole)" : "\(whole)." + String(repeating: "0", count: digits - rest.count) + rest
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
