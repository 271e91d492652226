internal import Neural
internal import NeuralKernels

/// An exponential moving average of a network's parameters: average ← d · average + (1 − d) · parameters, where d
/// grows from 2/11 towards `decay` as (1 + n) / (10 + n), so that the start is soon forgotten.
public final class WeightAverage {
  public let decay: Double
  /// Updates so far.
  public internal(set) var updateCount = 0

  let values: FloatStorage
  private let network: TrainingNetwork

  /// Begins with the parameters as they are.
  public init(of network: TrainingNetwork, decay: Double) {
    (self.network, self.decay) = (network, decay)
    values = unsafe FloatStorage(count: network.parameters.count) { target in
      unsafe target.update(from: network.parameters.address, count: network.parameters.count)
    }
  }

  /// Takes in the parameters as they are now; once after each step.
  public func update() {
    updateCount += 1
    let decay = min(decay, Double(1 + updateCount) / Double(10 + updateCount))
    unsafe averageUpdate(values.address, network.parameters.address, decay: Float(decay), count: values.count)
  }
}
