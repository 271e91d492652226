/// Everything an execution needs besides memory: steps, tensors, and where inputs and outputs lie.
package struct Plan: Sendable {
  package enum Output: Sendable {
    case computed(TensorID)
    /// Known while planning.
    case constant(Tensor)
  }

  package let steps: [Step]
  package let tensors: [PlannedTensor]
  package let memory: MemoryPlan
  package let inputs: [String: TensorID]
  package let outputs: [String: Output]

  package init(
    _ graph: Graph, _ types: [ValueID: TensorType], _ known: [ValueID: Tensor], _ lowering: Lowering
  ) throws(ModelError) {
    var inputs: [String: TensorID] = [:]
    for input in graph.inputs { inputs[graph.name(input)] = lowering.tensor(of: input) }
    var outputs: [String: Output] = [:]
    for output in graph.outputs {
      if let tensor = known[output] {
        outputs[graph.name(output)] = .constant(tensor)
      } else if let tensor = lowering.tensor(of: output) {
        outputs[graph.name(output)] = .computed(tensor)
      }
    }
    let computed = outputs.values.compactMap { if case .computed(let tensor) = $0 { tensor } else { nil } }
    steps = lowering.steps.map { step in
      var step = step
      step.isShared = Self.isWorthSharing(step, lowering.tensors)
      return step
    }
    tensors = lowering.tensors
    self.inputs = inputs
    self.outputs = outputs
    memory = try MemoryPlan(
      tensors: tensors, steps: steps, inputs: Array(inputs.values), outputs: computed)
  }

  /// Handing a step to other threads and waiting for them takes about as long as some hundred thousand multiply-adds.
  package static func isWorthSharing(_ step: Step, _ tensors: [PlannedTensor]) -> Bool {
    let written = step.writes.reduce(0) { $0 + tensors[$1.index].elements }
    // An element that is moved, or goes through an exponential, costs about as much as this many multiply-adds.
    return step.multiplyAdds > 500_000 || written > 500_000 / 16
  }

  package var multiplyAdds: Int {
    steps.reduce(0) { sum, step in
      let (value, overflow) = sum.addingReportingOverflow(step.multiplyAdds)
      return overflow ? .max : value
    }
  }
}
