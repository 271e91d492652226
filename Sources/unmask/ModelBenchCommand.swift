internal import ArgumentParser
internal import Foundation
internal import Neural

struct ModelBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bench", abstract: "Time a model on one input.")

  @Argument(help: "An ONNX file.")
  var file: String

  @Option(help: "Threads that one run may use.")
  var threads = 1

  @Option(help: "Timed runs, after two that are not counted.")
  var runs = 10

  @Option(
    help: ArgumentHelp("Size of every axis that the model leaves open, other than the first.", valueName: "pixels"))
  var size: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (1...256).contains(threads) else {
      throw ValidationError("--threads \(threads) should lie between 1 and 256")
    }
    guard (1...100_000).contains(runs) else { throw ValidationError("--runs \(runs) should lie between 1 and 100000") }
    if let size, !(1...16_384).contains(size) {
      throw ValidationError("--size \(size) should lie between 1 and 16384")
    }
  }

  func run() throws {
    let timing: Timing
    do {
      timing = try measure()
    } catch {
      Diagnostics.say("\(error)")
      throw ExitStatus.fatal
    }
    if json {
      print(timing.json)
    } else {
      print(timing.sentence)
    }
  }

  private func measure() throws -> Timing {
    let model = try Model(contentsOf: file)
    let shapes = Dictionary(model.inputs.map { ($0.name, shape(of: $0)) }) { first, _ in first }
    let execution = try Network(model).execution(inputs: shapes, threads: threads)
    var random = SystemRandomNumberGenerator()
    for name in shapes.keys {
      execution.withInput(name) { values in
        for index in values.indices { values[index] = Float.random(in: -1...1, using: &random) }
      }
    }
    let clock = ContinuousClock()
    for _ in 0..<2 { execution.run() }
    let milliseconds = (0..<runs).map { _ in clock.measure { execution.run() } / .milliseconds(1) }
    return Timing(
      milliseconds: milliseconds, multiplyAdds: execution.multiplyAdds, arenaBytes: execution.arenaBytes,
      threads: threads)
  }

  /// One image; axes left open take `--size`, or 256.
  private func shape(of input: ValueInfo) -> Shape {
    Shape(
      (input.dimensions ?? []).enumerated().map { axis, dimension in
        switch dimension {
        case .fixed(let size): size
        case .symbolic: axis == 0 ? 1 : size ?? 256
        }
      })
  }
}

private struct Timing {
  let median, minimum, gflops: Double
  let arenaBytes, threads: Int

  init(milliseconds: [Double], multiplyAdds: Int, arenaBytes: Int, threads: Int) {
    let sorted = milliseconds.sorted()
    let middle = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    minimum = sorted[0]
    // Two operations a multiply-add, counted as direct convolution does them.
    gflops = 2 * Double(multiplyAdds) / (median * 1e6)
    self.arenaBytes = arenaBytes
    self.threads = threads
  }

  var json: String {
    String(
      format: #"{"median_ms":%.3f,"min_ms":%.3f,"gflops":%.2f,"arena_bytes":%d}"#, median, minimum, gflops, arenaBytes)
  }

  var sentence: String {
    String(
      format: "median %.2f ms, minimum %.2f ms, %.1f GFLOP/s, %.1f MB of memory beside the weights, %d thread(s)",
      median,
      minimum, gflops, Double(arenaBytes) / 1e6, threads)
  }
}
