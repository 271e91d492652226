internal import Glibc

/// Binary cross-entropy minus the logarithm of the soft Dice coefficient, the loss of a mask:
///
/// L = bceWeight · mean(−t ln p − (1 − t) ln(1 − p)) − diceWeight · ln D,
/// D = (2 Σ p t + ε) / (Σ p + Σ t + ε)
///
/// where p = σ(logit), t the target in 0...1. The smoothing ε keeps D at 1 for an empty mask that is left empty;
/// without it such images have an infinite loss. D is taken over the whole batch, or for each sample and averaged.
/// From logits, cross-entropy is computed as max(z, 0) − z t + ln(1 + e^−|z|), which neither overflows nor loses
/// digits; all sums are in double precision.
public struct SegmentationLoss: Sendable, Hashable {
  /// Over which pixels the Dice coefficient is taken.
  public enum Extent: String, Sendable, Hashable, Codable {
    case batch, sample
  }

  public var smoothing: Double
  public var extent: Extent
  public var bceWeight: Double
  public var diceWeight: Double

  public init(smoothing: Double = 1, extent: Extent = .batch, bceWeight: Double = 1, diceWeight: Double = 1) {
    (self.smoothing, self.extent, self.bceWeight, self.diceWeight) = (smoothing, extent, bceWeight, diceWeight)
  }

  /// What a loss has to say of a batch.
  public struct Value: Sendable, Hashable {
    public let total: Double
    public let crossEntropy: Double
    /// The soft Dice coefficient, averaged over the samples if it was taken for each.
    public let dice: Double
  }

  /// The loss of logits (samples, …), row-major, and its gradient added to `gradient`.
  ///
  /// - Parameters:
  ///   - weights: one factor for each sample's cross-entropy; the mean is over all pixels all the same. nil: 1.
  /// - Precondition: targets and gradient have as many elements as logits, a multiple of `samples`.
  @discardableResult
  public func add(
    logits: Span<Float>, targets: Span<Float>, samples: Int, weights: [Float]? = nil,
    to gradient: inout MutableSpan<Float>
  ) -> Value {
    add(logits, targets, samples, weights, &gradient, areLogits: true)
  }

  /// The same from probabilities, which are taken as no closer to 0 or 1 than 1e-7.
  @discardableResult
  public func add(
    probabilities: Span<Float>, targets: Span<Float>, samples: Int, weights: [Float]? = nil,
    to gradient: inout MutableSpan<Float>
  ) -> Value {
    add(probabilities, targets, samples, weights, &gradient, areLogits: false)
  }

  private struct Sums {
    var (entropy, product, probability, target) = (0.0, 0.0, 0.0, 0.0)
  }

  private func add(
    _ values: Span<Float>, _ targets: Span<Float>, _ samples: Int, _ weights: [Float]?,
    _ gradient: inout MutableSpan<Float>, areLogits: Bool
  ) -> Value {
    precondition(samples > 0 && values.count % samples == 0, "\(values.count) values of \(samples) samples")
    precondition(targets.count == values.count && gradient.count == values.count, "counts differ")
    precondition(weights.map { $0.count == samples } ?? true, "one weight for each sample")
    let size = values.count / samples
    var sums = [Sums](repeating: Sums(), count: samples)
    for sample in 0..<samples {
      var sum = Sums()
      for i in sample * size..<(sample + 1) * size {
        let t = Double(targets[i])
        let p: Double
        if areLogits {
          let z = Double(values[i])
          let decay = exp(-abs(z))
          p = z >= 0 ? 1 / (1 + decay) : decay / (1 + decay)
          sum.entropy += max(z, 0) - z * t + log1p(decay)
        } else {
          p = Self.bounded(values[i])
          sum.entropy -= t * log(p) + (1 - t) * log1p(-p)
        }
        sum.product += p * t
        sum.probability += p
        sum.target += t
      }
      sums[sample] = sum
    }
    var crossEntropy = 0.0
    for sample in 0..<samples { crossEntropy += sums[sample].entropy * Double(weights?[sample] ?? 1) }
    crossEntropy /= Double(values.count)
    if extent == .batch {
      let whole = sums.reduce(into: Sums()) { whole, sum in
        whole.product += sum.product
        whole.probability += sum.probability
        whole.target += sum.target
      }
      for sample in 0..<samples { sums[sample] = whole }
    }
    let terms = sums.map { sum in
      (overlap: 2 * sum.product + smoothing, total: sum.probability + sum.target + smoothing)
    }
    let parts = extent == .batch ? 1 : samples
    var (dice, logarithm) = (0.0, 0.0)
    for term in terms.prefix(parts) {
      dice += term.overlap / term.total / Double(parts)
      logarithm += log(term.overlap / term.total) / Double(parts)
    }
    for sample in 0..<samples {
      let term = terms[sample]
      let entropyFactor = bceWeight * Double(weights?[sample] ?? 1) / Double(values.count)
      let diceFactor = diceWeight / Double(parts)
      for i in sample * size..<(sample + 1) * size {
        let t = Double(targets[i])
        let p: Double
        let slope: Double
        let entropySlope: Double
        if areLogits {
          p = Self.sigmoid(Double(values[i]))
          (slope, entropySlope) = (p * (1 - p), p - t)
        } else {
          p = Self.bounded(values[i])
          (slope, entropySlope) = (1, (p - t) / (p * (1 - p)))
        }
        // −∂ ln D / ∂p = 1 / total − 2 t / overlap
        let diceSlope = 1 / term.total - 2 * t / term.overlap
        gradient[i] += Float(entropyFactor * entropySlope + diceFactor * diceSlope * slope)
      }
    }
    return Value(total: bceWeight * crossEntropy - diceWeight * logarithm, crossEntropy: crossEntropy, dice: dice)
  }

  private static func bounded(_ probability: Float) -> Double { min(max(Double(probability), 1e-7), 1 - 1e-7) }

  static func sigmoid(_ z: Double) -> Double {
    let decay = exp(-abs(z))
    return z >= 0 ? 1 / (1 + decay) : decay / (1 + decay)
  }
}
