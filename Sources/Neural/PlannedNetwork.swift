/// A network planned for one set of input shapes: its weights lie as its kernels want them, and no other way.
///
/// Any number of threads make their executions of it, which share the plan and the weights.
public struct PlannedNetwork: Sendable {
  private let plan: Plan

  fileprivate init(_ plan: Plan) { self.plan = plan }

  /// An execution for one thread.
  /// - Parameter workspace: memory shared with other executions of the same thread; its own when nil.
  public func execution(workspace: Workspace? = nil) -> Execution {
    Execution(plan, threads: 1, workspace: workspace)
  }
}

extension Network {
  /// Plans for these input shapes alone, one thread to a run. What the plan does not need of the weights goes with the
  /// network: as they are read they take about as much memory again as in their kernels' order.
  ///
  /// - Throws: `ModelError` for a missing input, a shape that the model cannot take, or too large a plan.
  public func planned(inputs: [String: Shape]) throws(ModelError) -> PlannedNetwork {
    PlannedNetwork(try plan(inputs: inputs, constants: [:], threads: 1))
  }
}
