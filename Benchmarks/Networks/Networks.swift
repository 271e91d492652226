import Neural

// Times a model: network-bench MODEL.onnx [threads [runs [layers [size]]]]
// `layers`: any number, to list every layer's time. `size`: what stands for symbolic dimensions, such as the batch.

@main
enum NetworkBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.first else {
      return print("usage: network-bench MODEL.onnx [threads [runs [layers [size]]]]")
    }
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    let network = try Network(try Model(contentsOf: path))
    let symbolic = numbers.count > 3 ? numbers[3] : 1
    var shapes: [String: Shape] = [:]
    for input in network.inputs {
      shapes[input.name] = Shape(
        (input.dimensions ?? []).map { if case .fixed(let size) = $0 { size } else { symbolic } })
    }
    let execution = try network.execution(inputs: shapes, threads: numbers.first ?? 1)
    for input in network.inputs {
      execution.withInput(input.name) { span in for index in span.indices { span[index] = Float(index % 97) / 97 } }
    }
    let benchmark = execution.benchmark(runs: numbers.count > 1 ? numbers[1] : 20)
    if numbers.count > 2 {
      for layer in benchmark.layers {
        print(layer.milliseconds, "ms", layer.gflops, "GFLOP/s", layer.operation, layer.output, layer.node)
      }
    }
    print(
      "{\"median_ms\":\(benchmark.medianMilliseconds),\"min_ms\":\(benchmark.minimumMilliseconds),"
        + "\"gflops\":\(benchmark.gflops),\"arena_bytes\":\(benchmark.arenaBytes)}")
  }
}
