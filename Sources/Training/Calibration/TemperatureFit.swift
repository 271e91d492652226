internal import Forensics
internal import Foundation

/// Fits the logistic map p = σ(logit(score) / temperature + bias) by maximum likelihood: logistic regression on the logit
/// of the score (Platt 1999; with the bias held at 0 it would be the temperature scaling of Guo et al.,
/// arXiv:1706.04599).
///
/// Fakes and reals weigh the same whatever their number, so the probabilities are those of footage that is fake as often
/// as it is real. Each file weighs the same within its kind, since its frames say nearly the same thing.
enum TemperatureFit {
  /// The scores of one file's frames.
  struct Series: Sendable {
    var scores: [Float]
    var isFake: Bool
  }

  /// A score of exactly 0 or 1 would have an infinite logit, and one such frame would decide alone.
  static let clip = 1e-6

  /// - Returns: nil when fakes or reals are missing, or when scores do not rise from reals to fakes: then no probability
  ///   can be made of them.
  static func fit(_ series: [Series]) -> ScoreCalibration? {
    let usable = series.filter { !$0.scores.isEmpty }
    let fakes = Double(usable.count(where: \.isFake))
    let reals = Double(usable.count) - fakes
    guard fakes > 0, reals > 0 else { return nil }
    // Platt's targets, by the number of files: certainty grows with the evidence, and separable scores have a finite fit.
    let targets = (fake: (fakes + 1) / (fakes + 2), real: 1 / (reals + 2))
    let points = usable.flatMap { file in
      let weight = 0.5 / ((file.isFake ? fakes : reals) * Double(file.scores.count))
      return file.scores.map { score in
        Point(x: logit(score), target: file.isFake ? targets.fake : targets.real, weight: weight)
      }
    }
    let (slope, bias) = newton(points)
    guard slope > 1e-3, slope < 1e3, abs(bias) <= 100 else { return nil }
    return ScoreCalibration(temperature: 1 / slope, bias: bias)
  }

  static func logit(_ score: Float) -> Double {
    let p = min(max(Double(score), clip), 1 - clip)
    return log(p / (1 - p))
  }

  private struct Point {
    var x: Double
    var target: Double
    var weight: Double
  }

  /// Minimises the mean cross-entropy over slope and bias by Newton's method; steps that would not lower it are halved.
  private static func newton(_ points: [Point]) -> (slope: Double, bias: Double) {
    var (slope, bias) = (1.0, 0.0)
    var loss = loss(points, slope, bias)
    for _ in 0..<200 {
      var gradient = SIMD2<Double>(0, 0)
      // A trace of ridge keeps the matrix invertible when all scores are one.
      var (xx, x1, one) = (1e-9, 0.0, 1e-9)
      for point in points {
        let p = 1 / (1 + exp(-(slope * point.x + bias)))
        gradient += point.weight * (p - point.target) * SIMD2(point.x, 1)
        let curvature = point.weight * p * (1 - p)
        xx += curvature * point.x * point.x
        x1 += curvature * point.x
        one += curvature
      }
      let determinant = max(xx * one - x1 * x1, 1e-18)
      let step = SIMD2(
        (one * gradient.x - x1 * gradient.y) / determinant, (xx * gradient.y - x1 * gradient.x) / determinant)
      var share = 1.0
      var better = false
      while share > 1e-8 {
        let next = self.loss(points, slope - share * step.x, bias - share * step.y)
        if next < loss {
          (slope, bias, loss, better) = (slope - share * step.x, bias - share * step.y, next, true)
          break
        }
        share /= 2
      }
      if !better || abs(step.x) + abs(step.y) < 1e-10 { break }
    }
    return (slope, bias)
  }

  private static func loss(_ points: [Point], _ slope: Double, _ bias: Double) -> Double {
    points.reduce(0) { sum, point in
      let z = slope * point.x + bias
      // ln(1 + e^z) − t·z, without overflow.
      return sum + point.weight * (max(z, 0) + log1p(exp(-abs(z))) - point.target * z)
    }
  }
}
