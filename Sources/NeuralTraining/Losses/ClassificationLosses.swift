internal import Glibc

/// Binary cross-entropy of logits: mean of max(z, 0) − z t + ln(1 + e^−|z|).
public struct BinaryCrossEntropy: Sendable, Hashable {
  /// Factor of the whole.
  public var weight: Double

  public init(weight: Double = 1) { self.weight = weight }

  /// The loss, and its gradient added to `gradient`.
  ///
  /// - Parameters:
  ///   - targets: in 0...1, as many as logits.
  ///   - weights: one for each sample; a sample's share of the logits is a run of neighbours. The sum is divided by
  ///     the number of logits, not by that of the weights. nil: 1.
  @discardableResult
  public func add(
    logits: Span<Float>, targets: Span<Float>, weights: [Float]? = nil, to gradient: inout MutableSpan<Float>
  ) -> Double {
    precondition(targets.count == logits.count && gradient.count == logits.count, "counts differ")
    let samples = weights?.count ?? 1
    precondition(samples > 0 && logits.count % samples == 0, "\(logits.count) logits and \(samples) weights")
    let size = max(logits.count / samples, 1)
    var sum = 0.0
    for i in 0..<logits.count {
      let (z, t) = (Double(logits[i]), Double(targets[i]))
      let factor = weight * Double(weights?[i / size] ?? 1) / Double(logits.count)
      sum += factor * (max(z, 0) - z * t + log1p(exp(-abs(z))))
      gradient[i] += Float(factor * (SegmentationLoss.sigmoid(z) - t))
    }
    return sum
  }
}

/// Cross-entropy of a softmax over logits (samples, classes): mean of −ln softmax(z)[label].
public struct SoftmaxCrossEntropy: Sendable, Hashable {
  public var weight: Double

  public init(weight: Double = 1) { self.weight = weight }

  /// The loss, and its gradient added to `gradient`.
  ///
  /// - Precondition: one label in `0..<classes` for each row of logits.
  @discardableResult
  public func add(logits: Span<Float>, labels: [Int], to gradient: inout MutableSpan<Float>) -> Double {
    precondition(!labels.isEmpty && logits.count % labels.count == 0 && gradient.count == logits.count, "counts differ")
    let classes = logits.count / labels.count
    var sum = 0.0
    for (sample, label) in labels.enumerated() {
      precondition(label >= 0 && label < classes, "label \(label) of \(classes) classes")
      let row = sample * classes..<(sample + 1) * classes
      var greatest = -Double.infinity
      for i in row { greatest = max(greatest, Double(logits[i])) }
      var total = 0.0
      for i in row { total += exp(Double(logits[i]) - greatest) }
      let logTotal = greatest + log(total)
      sum += logTotal - Double(logits[row.lowerBound + label])
      for i in row {
        let probability = exp(Double(logits[i]) - logTotal)
        let slope = probability - (i == row.lowerBound + label ? 1 : 0)
        gradient[i] += Float(weight * slope / Double(labels.count))
      }
    }
    return weight * sum / Double(labels.count)
  }
}

/// The logistic loss of a pair's order: mean of ln(1 + e^−(f − r)) over logits f of fakes and r of the real pictures
/// they were made from (Burges et al. 2005, "Learning to Rank using Gradient Descent"). Whatever a pair has in common
/// cancels out, so that nothing but the manipulation is learned from it.
public struct PairRankingLoss: Sendable, Hashable {
  public var weight: Double

  public init(weight: Double = 1) { self.weight = weight }

  /// The loss of logits that hold those of all real pictures first, then those of their fakes in the same order; its
  /// gradient is added to `gradient`.
  @discardableResult
  public func add(logits: Span<Float>, to gradient: inout MutableSpan<Float>) -> Double {
    precondition(!logits.isEmpty && logits.count % 2 == 0 && gradient.count == logits.count, "counts differ")
    let pairs = logits.count / 2
    var sum = 0.0
    for pair in 0..<pairs {
      let lead = Double(logits[pairs + pair]) - Double(logits[pair])
      sum += max(-lead, 0) + log1p(exp(-abs(lead)))
      let slope = Float(weight * SegmentationLoss.sigmoid(-lead) / Double(pairs))
      gradient[pairs + pair] -= slope
      gradient[pair] += slope
    }
    return weight * sum / Double(pairs)
  }
}
