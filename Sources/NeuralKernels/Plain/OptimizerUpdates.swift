/// One step of Adam over `count` parameters (Kingma and Ba, arXiv:1412.6980; decoupled decay: Loshchilov and Hutter,
/// arXiv:1711.05101):
///
/// g ← gradient + coupledDecay · p, p ← (1 − decoupledDecay) · p, m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²,
/// p ← p − rate · m / (√v · rootCorrection + ε)
public func adamUpdate(
  _ parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, first: UnsafeMutablePointer<Float>,
  second: UnsafeMutablePointer<Float>, count: Int, rate: Float, beta1: Float, beta2: Float, epsilon: Float,
  rootCorrection: Float, coupledDecay: Float, decoupledDecay: Float
) {
  let (rest1, rest2, kept) = (1 - beta1, 1 - beta2, 1 - decoupledDecay)
  for i in 0..<count {
    let gradient = gradients[i] + coupledDecay * parameters[i]
    let m = beta1 * first[i] + rest1 * gradient
    let v = beta2 * second[i] + rest2 * gradient * gradient
    first[i] = m
    second[i] = v
    parameters[i] = kept * parameters[i] - rate * m / (v.squareRoot() * rootCorrection + epsilon)
  }
}

/// One step of gradient descent with momentum over `count` parameters:
///
/// g ← gradient + decay · p, b ← momentum · b + g, p ← p − rate · (b, or g + momentum · b with Nesterov's)
public func momentumUpdate(
  _ parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, velocity: UnsafeMutablePointer<Float>,
  count: Int, rate: Float, momentum: Float, decay: Float, isNesterov: Bool
) {
  for i in 0..<count {
    let gradient = gradients[i] + decay * parameters[i]
    let speed = momentum * velocity[i] + gradient
    velocity[i] = speed
    parameters[i] -= rate * (isNesterov ? gradient + momentum * speed : speed)
  }
}

/// `average[i] ← decay · average[i] + (1 − decay) · values[i]`
public func averageUpdate(
  _ average: UnsafeMutablePointer<Float>, _ values: UnsafePointer<Float>, decay: Float, count: Int
) {
  let rest = 1 - decay
  for i in 0..<count { average[i] = decay * average[i] + rest * values[i] }
}
