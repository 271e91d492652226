internal import Neural

/// Everything a training run needs to go on as if it had never stopped: parameters, running statistics, moments and
/// step of the optimiser, the average, the state of the generator, and notes of the caller's own. On one number of
/// threads or another, the numbers that follow are the same, bit for bit.
public struct Checkpoint: Sendable {
  /// Whatever the caller wants to find again: the epoch, the state of its own generators.
  public var notes: [String: String]
  /// Steps the optimiser had taken.
  public var stepCount: Int { optimizer.stepCount }
  /// How gradients became steps.
  public var method: OptimizerMethod { optimizer.method }

  let parameters: Block
  let buffers: Block
  let optimizer: OptimizerState
  let average: AverageState?
  let generator: UInt64

  /// Parameters with their names and shapes.
  struct Block: Sendable, Hashable {
    var names: [String]
    var shapes: [Shape]
    /// In the order of the names, without gaps.
    var values: [Float]
  }

  struct OptimizerState: Sendable, Hashable {
    var method: OptimizerMethod
    var sparesVectors: Bool
    var stepCount: Int
    /// Without gaps, as the parameters.
    var moments: [[Float]]
  }

  struct AverageState: Sendable, Hashable {
    var decay: Double
    var updateCount: Int
    var values: [Float]
  }

  /// Takes down the state as it is now.
  public init(
    _ network: TrainingNetwork, _ optimizer: Optimizer, average: WeightAverage? = nil, notes: [String: String] = [:]
  ) {
    precondition(optimizer.network === network, "an optimiser of another network")
    self.notes = notes
    parameters = Block(network.layout, network.parameters)
    buffers = Block(network.bufferLayout, network.buffers)
    self.optimizer = OptimizerState(
      method: optimizer.method, sparesVectors: optimizer.sparesVectors, stepCount: optimizer.stepCount,
      moments: optimizer.moments.map { network.layout.packed($0) })
    self.average = average.map {
      AverageState(decay: $0.decay, updateCount: $0.updateCount, values: network.layout.packed($0.values))
    }
    generator = network.generator.state
  }

  init(
    parameters: Block, buffers: Block, optimizer: OptimizerState, average: AverageState?, generator: UInt64,
    notes: [String: String]
  ) {
    (self.parameters, self.buffers, self.optimizer, self.average) = (parameters, buffers, optimizer, average)
    (self.generator, self.notes) = (generator, notes)
  }

  /// Whether an average of the parameters was kept.
  public var hasAverage: Bool { average != nil }

  /// Brings a network, its optimiser and its average into the state taken down.
  ///
  /// - Throws: `TrainingError` (`mismatch`) if they are not of the same make: other parameters, another method, an
  ///   average on one side only. Nothing is changed then.
  public func restore(
    _ network: TrainingNetwork, _ optimizer: Optimizer, average: WeightAverage? = nil
  ) throws(TrainingError) {
    precondition(optimizer.network === network, "an optimiser of another network")
    try parameters.check(network.layout, "parameter")
    try buffers.check(network.bufferLayout, "running statistic")
    guard optimizer.method == self.optimizer.method, optimizer.sparesVectors == self.optimizer.sparesVectors else {
      throw TrainingError(
        .mismatch,
        "the checkpoint was trained with \(self.optimizer.method), this run is to use \(optimizer.method); give the same settings, or begin anew from its weights"
      )
    }
    guard (average == nil) == (self.average == nil), average?.decay == self.average?.decay else {
      throw TrainingError(
        .mismatch,
        "the checkpoint keeps \(self.average.map { "an average of decay \($0.decay)" } ?? "no average") of the weights, this run \(average.map { "one of decay \($0.decay)" } ?? "none"); give the same settings"
      )
    }
    network.layout.unpack(parameters.values, into: network.parameters)
    network.bufferLayout.unpack(buffers.values, into: network.buffers)
    for (values, storage) in zip(self.optimizer.moments, optimizer.moments) {
      network.layout.unpack(values, into: storage)
    }
    optimizer.stepCount = self.optimizer.stepCount
    if let average, let state = self.average {
      network.layout.unpack(state.values, into: average.values)
      average.updateCount = state.updateCount
    }
    network.generator = SeededGenerator(state: generator)
  }

  /// Gives a network the checkpoint's weights and running statistics alone, to begin a new run from them.
  ///
  /// - Parameter useAverage: takes the average's weights if the checkpoint keeps one.
  public func restoreWeights(_ network: TrainingNetwork, useAverage: Bool = false) throws(TrainingError) {
    try parameters.check(network.layout, "parameter")
    try buffers.check(network.bufferLayout, "running statistic")
    network.layout.unpack(
      useAverage ? average?.values ?? parameters.values : parameters.values, into: network.parameters)
    network.bufferLayout.unpack(buffers.values, into: network.buffers)
  }
}

extension Checkpoint.Block {
  init(_ layout: ParameterLayout, _ storage: FloatStorage) {
    names = layout.entries.map(\.name)
    shapes = layout.entries.map(\.shape)
    values = layout.packed(storage)
  }

  fileprivate func check(_ layout: ParameterLayout, _ kind: String) throws(TrainingError) {
    for (name, shape) in zip(names, shapes) {
      guard let entry = layout[name] else {
        throw TrainingError(
          .mismatch, "the checkpoint has a \(kind) `\(name)`, the model has none; is it another model's?")
      }
      guard entry.shape == shape else {
        throw TrainingError(.mismatch, "\(kind) `\(name)`: the checkpoint's is \(shape), the model's \(entry.shape)")
      }
    }
    guard names == layout.entries.map(\.name) else {
      throw TrainingError(
        .mismatch,
        "the checkpoint has \(names.count) \(kind)s, the model \(layout.entries.count), or in another order; is it another model's?"
      )
    }
  }
}

extension ParameterLayout {
  /// A copy of a block without its gaps.
  fileprivate func packed(_ storage: FloatStorage) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(parameterCount)
    for entry in entries {
      unsafe values.append(
        contentsOf: UnsafeBufferPointer(start: storage.address + entry.range.lowerBound, count: entry.range.count))
    }
    return values
  }

  fileprivate func unpack(_ values: [Float], into storage: FloatStorage) {
    precondition(values.count == parameterCount && storage.count == count)
    var start = 0
    for entry in entries {
      for index in 0..<entry.range.count {
        unsafe storage.address[entry.range.lowerBound + index] = values[start + index]
      }
      start += entry.range.count
    }
  }
}
