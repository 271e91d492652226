/// A network planned for one set of input shapes, with its memory. One thread at a time; `run` allocates nothing.
public final class Execution {
  let plan: Plan
  private let arena: Arena
  private let team: WorkerTeam?

  /// `sharesEverything`: tests hand even the smallest steps to several threads.
  init(_ plan: Plan, threads: Int, workspace: Workspace? = nil, sharesEverything: Bool = false) {
    let workers = max(threads, 1)
    precondition(workers == 1 || workspace == nil, "a shared workspace serves one thread")
    self.plan = plan
    arena = Arena(
      tensors: plan.tensors, steps: plan.steps, memory: plan.memory, workers: workers,
      workspace: workspace ?? Workspace())
    team =
      workers > 1
      ? WorkerTeam(
        workers: workers, memories: (0..<workers).map(arena.memory(worker:)), sharesEverything: sharesEverything) : nil
  }

  deinit { team?.dismiss() }

  /// Lends the elements of an input, row-major, to be filled before `run`. They keep their values across runs, unless
  /// another execution in the same workspace runs in between.
  ///
  /// - Precondition: the model has that input, and it was not given as a constant.
  public func withInput<R>(_ name: String, _ body: (inout MutableSpan<Float>) throws -> R) rethrows -> R {
    guard let tensor = plan.inputs[name] else {
      preconditionFailure("the model has no input `\(name)` to be filled; it has \(plan.inputs.keys.sorted())")
    }
    return try arena.withMutableSpan(tensor) { span in try body(&span) }
  }

  /// Computes all outputs from the inputs. Blocks until done; not for the cooperative pool.
  public func run() {
    guard let team else { return arena.run(plan.steps) }
    for step in plan.steps { team.run(step) }
  }

  /// Runs one step of the plan.
  func perform(_ step: Step) {
    if let team { team.run(step) } else { arena.run([step]) }
  }

  /// Lends the elements of an output, row-major; they are those of the last `run`.
  ///
  /// - Precondition: the model has that output, and its elements are floating-point numbers.
  public func withOutput<R>(_ name: String, _ body: (Span<Float>) throws -> R) rethrows -> R {
    switch plan.outputs[name] {
    case .computed(let tensor): return try arena.withSpan(tensor, body)
    case .constant(let tensor):
      guard let storage = tensor.floatStorage else {
        preconditionFailure("output `\(name)` is of type \(tensor.elementType); use constant(ofOutput:)")
      }
      return try storage.withSpan(body)
    case nil: preconditionFailure("the model has no output `\(name)`; it has \(plan.outputs.keys.sorted())")
    }
  }

  /// - Precondition: the model has that output.
  public func shape(ofOutput name: String) -> Shape {
    switch plan.outputs[name] {
    case .computed(let tensor): plan.tensors[tensor.index].shape
    case .constant(let tensor): tensor.shape
    case nil: preconditionFailure("the model has no output `\(name)`; it has \(plan.outputs.keys.sorted())")
    }
  }

  /// The value of an output that depends on shapes and constants only, such as that of a `Shape` node; else nil.
  public func constant(ofOutput name: String) -> Tensor? {
    if case .constant(let tensor)? = plan.outputs[name] { tensor } else { nil }
  }

  /// Names of the inputs that `withInput` lends.
  public var inputNames: [String] { plan.inputs.keys.sorted() }

  /// Bytes of all intermediate values and scratch memory; weights are shared and not counted.
  /// In a workspace: what this execution needs of it.
  public var arenaBytes: Int { arena.bytes }

  /// Multiply-adds of one run.
  public var multiplyAdds: Int { plan.multiplyAdds }
}
