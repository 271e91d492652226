internal import Glibc
internal import Neural
internal import NeuralKernels

/// Steps the parameters of one network along their gradients, and keeps the moments between steps.
public final class Optimizer {
  /// Adam, AdamW or momentum, with its settings.
  public let method: OptimizerMethod
  /// Whether weight decay spares biases and the parameters of normalisations: those of fewer than two axes.
  public let sparesVectors: Bool
  /// Steps taken so far.
  public internal(set) var stepCount = 0

  let network: TrainingNetwork
  let moments: [FloatStorage]

  public init(_ method: OptimizerMethod, for network: TrainingNetwork, sparesVectors: Bool = false) {
    (self.method, self.network, self.sparesVectors) = (method, network, sparesVectors)
    moments = (0..<method.momentCount).map { _ in unsafe FloatStorage(count: network.layout.count) { _ in } }
  }

  /// Takes one step with the gradients of the last backward pass.
  public func update(learningRate: Double) {
    stepCount += 1
    // Without decay, or with the same for all, the block is stepped as a whole: the gaps hold zeros and stay so.
    guard sparesVectors else { return update(0..<network.layout.count, learningRate, decays: true) }
    for entry in network.layout.entries { update(entry.range, learningRate, decays: entry.shape.rank >= 2) }
  }

  private func update(_ range: Range<Int>, _ rate: Double, decays: Bool) {
    let first = range.lowerBound
    let parameters = unsafe network.parameters.address + first
    let gradients = unsafe network.gradients.address + first
    switch method {
    case .adam(let beta1, let beta2, let epsilon, let decay):
      unsafe adam(
        parameters, gradients, range, rate, beta1, beta2, epsilon, coupled: decays ? decay : 0, decoupled: 0)
    case .adamW(let beta1, let beta2, let epsilon, let decay):
      unsafe adam(
        parameters, gradients, range, rate, beta1, beta2, epsilon, coupled: 0, decoupled: decays ? rate * decay : 0)
    case .sgd(let momentum, let nesterov, let decay):
      unsafe momentumUpdate(
        parameters, gradients: gradients, velocity: moments[0].address + first, count: range.count, rate: Float(rate),
        momentum: Float(momentum), decay: Float(decays ? decay : 0), isNesterov: nesterov)
    }
  }

  @unsafe private func adam(
    _ parameters: UnsafeMutablePointer<Float>, _ gradients: UnsafeMutablePointer<Float>, _ range: Range<Int>,
    _ rate: Double, _ beta1: Double, _ beta2: Double, _ epsilon: Double, coupled: Double, decoupled: Double
  ) {
    // The moments begin at zero; these factors make up for that.
    let first = 1 - pow(beta1, Double(stepCount))
    let second = 1 - pow(beta2, Double(stepCount))
    unsafe adamUpdate(
      parameters, gradients: gradients, first: moments[0].address + range.lowerBound,
      second: moments[1].address + range.lowerBound, count: range.count, rate: Float(rate / first), beta1: Float(beta1),
      beta2: Float(beta2), epsilon: Float(epsilon), rootCorrection: Float(1 / second.squareRoot()),
      coupledDecay: Float(coupled), decoupledDecay: Float(decoupled))
  }
}

extension TrainingNetwork {
  /// The Euclidean norm of all gradients together.
  public var gradientNorm: Double {
    unsafe lineSquares(gradients.address, mean: 0, count: gradients.count).squareRoot()
  }

  /// Shrinks all gradients by one factor so that their norm is at most `norm`; returns what it was.
  /// Gradients with an infinite or undefined norm are set to zero: such a step is better not taken.
  @discardableResult
  public func clipGradients(toNorm norm: Double) -> Double {
    let length = gradientNorm
    if !length.isFinite {
      unsafe gradients.address.update(repeating: 0, count: gradients.count)
    } else if length > norm {
      unsafe scaleInto(
        gradients.address, gradients.address, factor: Float(norm / length), adding: false, count: gradients.count)
    }
    return length
  }
}
