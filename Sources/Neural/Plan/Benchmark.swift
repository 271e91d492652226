/// How long one layer takes.
public struct LayerTime: Sendable {
  /// The node's name and operator, as in the file.
  public let node: String
  public let operation: String
  /// Shape of what it makes.
  public let output: Shape
  /// Median over the runs.
  public let milliseconds: Double
  /// Operations of a direct computation, a multiply-add counting two; 0 for layers that are no products.
  public let operations: Int

  /// Billions of those operations a second.
  public var gflops: Double { milliseconds > 0 ? Double(operations) / milliseconds * 1e-6 : 0 }
}

/// How long an execution takes, whole and by layer.
public struct Benchmark: Sendable {
  public let medianMilliseconds: Double
  public let minimumMilliseconds: Double
  /// Billions of operations a second in the median run, products counted as direct convolution does them.
  public let gflops: Double
  public let arenaBytes: Int
  public let layers: [LayerTime]
}

extension Execution {
  /// Runs `runs` times over whatever the inputs hold, then as often again with a clock at every layer.
  public func benchmark(runs: Int) -> Benchmark {
    let runs = max(runs, 1)
    run()
    let whole = (0..<runs).map { _ in milliseconds { run() } }.sorted()
    var times = [[Double]](repeating: [], count: plan.steps.count)
    for _ in 0..<runs {
      for (index, step) in plan.steps.enumerated() { times[index].append(milliseconds { perform(step) }) }
    }
    let layers = plan.steps.indices.map { index in
      let step = plan.steps[index]
      return LayerTime(
        node: step.node, operation: step.operation,
        output: step.writes.first.map { plan.tensors[$0.index].shape } ?? [],
        milliseconds: times[index].sorted()[runs / 2], operations: 2 * step.multiplyAdds)
    }
    let median = whole[runs / 2]
    return Benchmark(
      medianMilliseconds: median, minimumMilliseconds: whole[0], gflops: 2e-6 * Double(multiplyAdds) / median,
      arenaBytes: arenaBytes, layers: layers)
  }

  private func milliseconds(_ body: () -> Void) -> Double {
    let start = ContinuousClock().now
    body()
    return (ContinuousClock().now - start) / .milliseconds(1)
  }
}
