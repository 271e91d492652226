internal import ArgumentParser
internal import Foundation
internal import Neural

struct ModelBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bench", abstract: "Time a model on one input.")

  @Argument(help: "An ONNX file.")
  var file: String

  @Option(help: "Threads that one run may use.")
  var threads = 1

  @Option(help: "Timed runs, after one that is not counted.")
  var runs = 10

  @Option(
    help: ArgumentHelp("Size of every axis that the model leaves open, other than the first.", valueName: "pixels"))
  var size: Int?

  @Flag(help: "List every layer's time before the whole.")
  var layers = false

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
    do {
      let benchmark = try measure()
      if layers { benchmark.layers.forEach { print(sentence(for: $0)) } }
      print(json ? object(for: benchmark) : sentence(for: benchmark))
    } catch {
      Diagnostics.say("\(error)")
      throw ExitStatus.fatal
    }
  }

  private func measure() throws -> Benchmark {
    let model = try Model(contentsOf: file)
    let shapes = Dictionary(model.inputs.map { ($0.name, shape(of: $0)) }) { first, _ in first }
    let execution = try Network(model).execution(inputs: shapes, threads: threads)
    var random = SystemRandomNumberGenerator()
    for name in shapes.keys {
      execution.withInput(name) { values in
        for index in values.indices { values[index] = Float.random(in: -1...1, using: &random) }
      }
    }
    return execution.benchmark(runs: runs)
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

  private func object(for benchmark: Benchmark) -> String {
    String(
      format: #"{"median_ms":%.3f,"min_ms":%.3f,"gflops":%.2f,"arena_bytes":%d}"#, benchmark.medianMilliseconds,
      benchmark.minimumMilliseconds, benchmark.gflops, benchmark.arenaBytes)
  }

  private func sentence(for benchmark: Benchmark) -> String {
    String(
      format: "median %.2f ms, minimum %.2f ms, %.1f GFLOP/s, %.1f MB of memory beside the weights, %d thread(s)",
      benchmark.medianMilliseconds, benchmark.minimumMilliseconds, benchmark.gflops,
      Double(benchmark.arenaBytes) / 1e6, threads)
  }

  private func sentence(for layer: LayerTime) -> String {
    String(format: "%8.3f ms %8.1f GFLOP/s  ", layer.milliseconds, layer.gflops)
      + "\(layer.operation) \(layer.output) \(layer.node)"
  }
}
