public import Neural

/// Forward and backward pass of a network, planned for one set of input shapes, with its memory.
///
/// A step of training is: fill the inputs, `forward`, read outputs and fill their gradients (`addLoss`), `backward`.
/// The parameters' gradients then lie in the network. One thread at a time; neither pass allocates.
public final class TrainingExecution {
  /// Whose parameters it works with.
  public let network: TrainingNetwork
  let plan: TrainingPlan
  private let arena: Arena
  private let team: WorkerTeam?

  init(_ network: TrainingNetwork, _ plan: TrainingPlan, threads: Int, sharesEverything: Bool = false) {
    self.network = network
    self.plan = plan
    arena = Arena(
      tensors: plan.tensors, steps: plan.steps, memory: plan.memory, workers: threads, workspace: Workspace())
    team =
      threads > 1
      ? WorkerTeam(
        workers: threads, memories: (0..<threads).map(arena.memory(worker:)), sharesEverything: sharesEverything) : nil
  }

  deinit { team?.dismiss() }

  /// Lends the elements of an input, row-major, to be filled before `forward`; they keep their values.
  ///
  /// - Precondition: the model has that input.
  public func withInput<R>(_ name: String, _ body: (inout MutableSpan<Float>) throws -> R) rethrows -> R {
    guard let tensor = plan.inputs[name] else {
      preconditionFailure("the model has no input `\(name)`; it has \(plan.inputs.keys.sorted())")
    }
    return try arena.withMutableSpan(tensor) { span in try body(&span) }
  }

  /// Computes all outputs, as in training: batch statistics, active dropout. Running statistics move.
  /// The gradients of the outputs are zero afterwards. Blocks until done; not for the cooperative pool.
  public func forward() {
    unsafe network.keys.address.withMemoryRebound(to: UInt64.self, capacity: TrainingLowering.mostKeys) { keys in
      for index in 0..<plan.keyCount { unsafe keys[index] = network.generator.next() }
    }
    run(plan.steps[..<plan.forwardCount])
  }

  /// Lends the elements of an output, row-major; they are those of the last `forward`.
  ///
  /// - Precondition: the network was made with that output.
  public func withOutput<R>(_ name: String, _ body: (Span<Float>) throws -> R) rethrows -> R {
    try arena.withSpan(output(name), body)
  }

  /// Lends the gradient of a loss for an output, row-major, to be filled or added to between `forward` and `backward`.
  ///
  /// - Precondition: the network was made with that output.
  public func withOutputGradient<R>(_ name: String, _ body: (inout MutableSpan<Float>) throws -> R) rethrows -> R {
    guard let tensor = plan.outputGradients[name] else { preconditionFailure(unknown(name)) }
    return try arena.withMutableSpan(tensor) { span in try body(&span) }
  }

  /// Lends an output and its gradient together: to one of the losses, which returns its value and adds its gradient.
  ///
  /// - Precondition: the network was made with that output.
  public func addLoss<R>(
    to name: String, _ body: (Span<Float>, inout MutableSpan<Float>) throws -> R
  ) rethrows -> R {
    try withOutput(name) { output in try withOutputGradient(name) { gradient in try body(output, &gradient) } }
  }

  /// Computes the gradients of all parameters from those of the outputs. Once per `forward`: the memory of the
  /// activations is used up.
  public func backward() {
    for range in plan.unreached {
      unsafe (network.gradients.address + range.lowerBound).update(repeating: 0, count: range.count)
    }
    run(plan.steps[plan.forwardCount...])
  }

  /// Lends the gradient of an input after `backward`.
  ///
  /// - Precondition: the execution was made with `inputGradients`, and the model has that input.
  public func withInputGradient<R>(_ name: String, _ body: (Span<Float>) throws -> R) rethrows -> R {
    guard let tensor = plan.inputGradients[name] else {
      preconditionFailure("there is no gradient of an input `\(name)`; plan with inputGradients: true")
    }
    return try arena.withSpan(tensor, body)
  }

  /// - Precondition: the network was made with that output.
  public func shape(ofOutput name: String) -> Shape { plan.tensors[output(name).index].shape }

  /// Bytes of all intermediate values and scratch memory: what this execution holds beside the network's parameters,
  /// gradients and statistics.
  public var arenaBytes: Int { arena.bytes }

  /// Multiply-adds of one forward and one backward pass, products counted as direct convolution does them.
  public var multiplyAdds: Int { plan.steps.reduce(0) { $0 + $1.multiplyAdds } }

  private func output(_ name: String) -> TensorID {
    guard let tensor = plan.outputs[name] else { preconditionFailure(unknown(name)) }
    return tensor
  }

  private func unknown(_ name: String) -> String {
    "the network was made without an output `\(name)`; it has \(plan.outputs.keys.sorted())"
  }

  private func run(_ steps: ArraySlice<Step>) {
    if let team {
      for step in steps { team.run(step) }
    } else {
      arena.run(steps)
    }
  }

  /// Milliseconds of each step of one forward and backward pass, in order, with node and operator: to see where the
  /// time goes. The gradients of the outputs are zero.
  public func profile() -> [(node: String, operation: String, isBackward: Bool, milliseconds: Double)] {
    plan.steps.enumerated().map { index, step in
      let start = ContinuousClock().now
      run([step])
      let time = (ContinuousClock().now - start) / .milliseconds(1)
      return (step.node, step.operation, index >= plan.forwardCount, time)
    }
  }
}
