import Neural

// Times a model with one image input: network-bench MODEL.onnx [threads [runs]]

@main
enum NetworkBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.first else { return print("usage: network-bench MODEL.onnx [threads [runs]]") }
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    let network = try Network(try Model(contentsOf: path))
    var shapes: [String: Shape] = [:]
    for input in network.inputs {
      shapes[input.name] = Shape((input.dimensions ?? []).map { if case .fixed(let size) = $0 { size } else { 1 } })
    }
    let execution = try network.execution(inputs: shapes, threads: numbers.first ?? 1)
    for input in network.inputs {
      execution.withInput(input.name) { span in for index in span.indices { span[index] = Float(index % 97) / 97 } }
    }
    var times: [Double] = []
    for _ in 0..<(numbers.count > 1 ? numbers[1] : 20) {
      let start = ContinuousClock().now
      execution.run()
      times.append((ContinuousClock().now - start) / .milliseconds(1))
    }
    times.sort()
    print(
      "{\"median_ms\":\(times[times.count / 2]),\"min_ms\":\(times[0]),\"gflops\":\(Double(execution.multiplyAdds) * 2e-6 / times[times.count / 2]),\"arena_bytes\":\(execution.arenaBytes)}"
    )
  }
}
