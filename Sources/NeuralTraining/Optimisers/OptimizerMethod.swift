/// How gradients become steps.
public enum OptimizerMethod: Sendable, Hashable {
  /// Adam (arXiv:1412.6980). `weightDecay` is added to the gradient, as an L2 penalty is.
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0)
  /// Adam whose weight decay shrinks the parameters directly (arXiv:1711.05101).
  case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01)
  /// Gradient descent with momentum, Nesterov's if wished. `weightDecay` is added to the gradient.
  case sgd(momentum: Double = 0.9, nesterov: Bool = false, weightDecay: Double = 0)

  /// Blocks of one number per parameter that it keeps between steps.
  var momentCount: Int {
    switch self {
    case .adam, .adamW: 2
    case .sgd: 1
    }
  }

  /// For a checkpoint: a number for the kind, then its settings.
  var settings: (kind: UInt8, values: [Double]) {
    switch self {
    case .adam(let beta1, let beta2, let epsilon, let decay): (1, [beta1, beta2, epsilon, decay])
    case .adamW(let beta1, let beta2, let epsilon, let decay): (2, [beta1, beta2, epsilon, decay])
    case .sgd(let momentum, let nesterov, let decay): (3, [momentum, nesterov ? 1 : 0, decay, 0])
    }
  }

  init?(kind: UInt8, values: [Double]) {
    guard values.count == 4 else { return nil }
    switch kind {
    case 1: self = .adam(beta1: values[0], beta2: values[1], epsilon: values[2], weightDecay: values[3])
    case 2: self = .adamW(beta1: values[0], beta2: values[1], epsilon: values[2], weightDecay: values[3])
    case 3: self = .sgd(momentum: values[0], nesterov: values[1] != 0, weightDecay: values[2])
    default: return nil
    }
  }
}
