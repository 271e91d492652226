import Neural

/// How the detector's networks get their executions: with threads of their own, or one thread's shared memory.
struct ExecutionPlanner {
  private let threads: Int
  private let workspace: Workspace?

  /// - Parameters:
  ///   - threads: how many threads share the work of one run.
  ///   - workspace: memory to share, for one thread; the detector's networks share one among themselves when nil.
  init(threads: Int, workspace: Workspace? = nil) {
    self.threads = threads
    self.workspace = threads > 1 ? nil : workspace ?? Workspace()
  }

  func execution(of network: Network, for input: Shape) throws(ModelError) -> Execution {
    try network.execution(inputs: ["input": input], threads: threads, workspace: workspace)
  }
}
