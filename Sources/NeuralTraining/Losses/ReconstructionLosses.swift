internal import Glibc

/// The squared error Σ (x − t)², or its mean over all elements.
public struct SquaredError: Sendable, Hashable {
  public var weight: Double
  /// Whether the mean is taken over all elements, rather than the sum divided by the number of samples.
  public var isMean: Bool

  public init(weight: Double = 1, isMean: Bool = true) { (self.weight, self.isMean) = (weight, isMean) }

  /// The loss, and its gradient added to `gradient`. `samples` matters only where no mean is taken.
  @discardableResult
  public func add(
    values: Span<Float>, targets: Span<Float>, samples: Int = 1, to gradient: inout MutableSpan<Float>
  ) -> Double {
    precondition(targets.count == values.count && gradient.count == values.count, "counts differ")
    precondition(samples > 0, "no samples")
    let factor = weight / Double(isMean ? max(values.count, 1) : samples)
    var sum = 0.0
    for i in 0..<values.count {
      let distance = Double(values[i]) - Double(targets[i])
      sum += factor * distance * distance
      gradient[i] += Float(2 * factor * distance)
    }
    return sum
  }
}

/// The divergence of a diagonal Gaussian from the standard one, −½ Σ (1 + ln σ² − μ² − σ²), divided by the number of
/// samples (Kingma and Welling, arXiv:1312.6114).
public struct GaussianDivergence: Sendable, Hashable {
  public var weight: Double

  public init(weight: Double = 1) { self.weight = weight }

  /// The loss, and its gradients added to those of mean and logarithm of the variance.
  @discardableResult
  public func add(
    means: Span<Float>, logVariances: Span<Float>, samples: Int, toMeans meanGradient: inout MutableSpan<Float>,
    toLogVariances logVarianceGradient: inout MutableSpan<Float>
  ) -> Double {
    precondition(means.count == logVariances.count && samples > 0, "counts differ")
    precondition(meanGradient.count == means.count && logVarianceGradient.count == means.count, "counts differ")
    let factor = weight / Double(samples)
    var sum = 0.0
    for i in 0..<means.count {
      let (mean, logVariance) = (Double(means[i]), Double(logVariances[i]))
      let variance = exp(logVariance)
      sum -= 0.5 * factor * (1 + logVariance - mean * mean - variance)
      meanGradient[i] += Float(factor * mean)
      logVarianceGradient[i] += Float(0.5 * factor * (variance - 1))
    }
    return sum
  }
}
