internal import COpenBLAS

/// A model made ready to run: its optimised graph and its weights, shared by any number of threads.
public final class Network: Sendable {
  /// The values the caller supplies.
  public let inputs: [ValueInfo]
  /// The values a run computes.
  public let outputs: [ValueInfo]
  /// The free-form properties of the file.
  public let metadata: [String: String]

  let graph: Graph
  private let weights = PreparedWeights()

  /// Optimises the graph: constants are computed, batch norms and activations move into the convolution before
  /// them, and nodes nobody reads are dropped.
  ///
  /// - Throws: `ModelError` for an operator or a combination that is not supported.
  public init(_ model: Model) throws(ModelError) {
    // The library's own threads would multiply with ours.
    openblas_set_num_threads(1)
    graph = try Optimizer.optimized(model.graph)
    inputs = model.inputs
    outputs = model.outputs
    metadata = model.metadata
  }

  /// Plans a run for concrete input shapes.
  ///
  /// - Parameters:
  ///   - inputs: the shape of each floating-point input, filled before each run by `withInput`.
  ///   - constants: the values of further inputs that stay the same for all runs, and of all integer inputs.
  ///   - threads: how many threads share the work of one run, the calling one included.
  ///   - workspace: memory shared with other executions of the same thread, for one thread only; its own when nil.
  /// - Throws: `ModelError` for a missing input, a shape that the model cannot take, or too large a plan.
  public func execution(
    inputs: [String: Shape], constants: [String: Tensor] = [:], threads: Int = 1, workspace: Workspace? = nil
  ) throws(ModelError) -> Execution {
    Execution(
      try plan(inputs: inputs, constants: constants, threads: threads), threads: threads, workspace: workspace)
  }

  func plan(
    inputs: [String: Shape], constants: [String: Tensor], threads: Int, blocked: Bool = true
  ) throws(ModelError) -> Plan {
    let names = Dictionary(graph.inputs.map { (graph.name($0), $0) }) { first, _ in first }
    for name in inputs.keys.sorted() + constants.keys.sorted() where names[name] == nil {
      throw ModelError(
        .mismatch, "the model has no input `\(name)`; it has \(names.keys.sorted().joined(separator: ", "))")
    }
    var shapes: [ValueID: Shape] = [:]
    var values: [ValueID: Tensor] = [:]
    for info in self.inputs {
      guard let value = names[info.name] else { continue }
      if let tensor = constants[info.name] {
        try check(tensor.shape, of: info)
        values[value] = tensor
      } else if let shape = inputs[info.name] {
        _ = try Limits.shape(shape.dimensions, of: "input `\(info.name)`")
        try check(shape, of: info)
        if let type = info.elementType, !type.isFloatingPoint {
          throw ModelError(
            .unsupported, "input `\(info.name)` is of type \(type); give its values as a constant while planning")
        }
        shapes[value] = shape
      } else {
        throw ModelError(.mismatch, "the shape of input `\(info.name)` is missing")
      }
    }
    return try Planner(graph: graph, shapes: shapes, constants: values, weights: weights)
      .lower(threads: max(threads, 1), blocked: blocked)
  }

  private func check(_ shape: Shape, of info: ValueInfo) throws(ModelError) {
    guard let declared = info.dimensions else { return }
    let fits =
      declared.count == shape.rank
      && zip(declared, shape.dimensions).allSatisfy { declared, size in
        if case .fixed(let fixed) = declared { fixed == size } else { true }
      }
    guard fits else {
      throw ModelError(.mismatch, "input `\(info.name)`: the model declares \(info), got \(shape)")
    }
  }

  /// How many nodes of each operator are left after optimisation.
  public var operations: [String: Int] {
    graph.nodes.reduce(into: [:]) { counts, node in counts[node.operation, default: 0] += 1 }
  }

  /// Number of trained values left after optimisation.
  public var parameterCount: Int {
    graph.constants.values.reduce(0) { $0 + ($1.elementType.isFloatingPoint ? $1.count : 0) }
  }
}
