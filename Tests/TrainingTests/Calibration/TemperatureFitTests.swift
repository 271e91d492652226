import Foundation
import Testing

@testable import Forensics
@testable import Training

@Suite("The fit of temperature and bias")
struct TemperatureFitTests {
  typealias Series = TemperatureFit.Series

  /// Weighted cross-entropy of a map, written down anew.
  private func loss(_ series: [Series], slope: Double, bias: Double) -> Double {
    let fakes = Double(series.count(where: \.isFake))
    let reals = Double(series.count) - fakes
    return series.reduce(0) { sum, file in
      let target = file.isFake ? (fakes + 1) / (fakes + 2) : 1 / (reals + 2)
      let each = file.scores.reduce(0) { total, score in
        let p = 1 / (1 + exp(-(slope * TemperatureFit.logit(score) + bias)))
        return total - target * log(p) - (1 - target) * log(1 - p)
      }
      return sum + each / Double(file.scores.count) / (file.isFake ? fakes : reals)
    }
  }

  @Test("has the closed form where all fakes have one score and all reals another")
  func closedForm() throws {
    // Then the fit meets Platt's targets exactly: σ(slope · logit(s) + bias) = (n + 1) / (n + 2) for fakes.
    let series =
      Array(repeating: Series(scores: [0.8, 0.8], isFake: true), count: 8)
      + Array(repeating: Series(scores: [0.6], isFake: false), count: 3)
    let fit = try #require(TemperatureFit.fit(series))
    #expect(abs(Double(fit.probability(of: 0.8)) - 9.0 / 10) < 1e-5)
    #expect(abs(Double(fit.probability(of: 0.6)) - 1.0 / 5) < 1e-5)
    let slope = (log(9.0) - log(0.25)) / (TemperatureFit.logit(0.8) - TemperatureFit.logit(0.6))
    #expect(abs(fit.temperature - 1 / slope) < 1e-5)
  }

  @Test("is as good as the best of a fine grid", arguments: 1...5)
  func bruteForce(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let series = (0..<24).map { number in
      let isFake = number % 3 == 0
      return Series(
        scores: (0..<random.integer(1, 6)).map { _ in
          let logit = (isFake ? 0.8 : -0.4) + 1.3 * random.normal()
          return Float(1 / (1 + exp(-3 * logit - 1)))
        }, isFake: isFake)
    }
    let fit = try #require(TemperatureFit.fit(series))
    let found = loss(series, slope: 1 / fit.temperature, bias: fit.bias)
    var best = Double.infinity
    for slope in stride(from: 0.02, through: 2, by: 0.02) {
      for bias in stride(from: -4.0, through: 4, by: 0.04) {
        best = min(best, loss(series, slope: slope, bias: bias))
      }
    }
    #expect(found <= best + 1e-9)
    #expect(found > best - 0.01, "the grid is fine enough to come near")
  }

  @Test("stays finite where scores are apart, or are 0 and 1")
  func separable() throws {
    let series = [Series(scores: [1, 1], isFake: true), Series(scores: [0, 0.1], isFake: false)]
    let fit = try #require(TemperatureFit.fit(series))
    #expect(fit.temperature.isFinite && fit.bias.isFinite)
    #expect(fit.probability(of: 0.5) > 0.1 && fit.probability(of: 0.5) < 0.9)
  }

  @Test("makes nothing of scores that fall from reals to fakes, or of one kind alone")
  func hopeless() {
    #expect(
      TemperatureFit.fit([Series(scores: [0.2], isFake: true), Series(scores: [0.8], isFake: false)]) == nil)
    #expect(TemperatureFit.fit([Series(scores: [0.2, 0.9], isFake: true)]) == nil)
    #expect(TemperatureFit.fit([]) == nil)
  }

  @Test("weighs fakes and reals, and files within them, the same")
  func weights() throws {
    let few = [
      Series(scores: [0.7, 0.4], isFake: true), Series(scores: [0.3, 0.6], isFake: false),
    ]
    let long = [
      Series(scores: Array(repeating: [0.7, 0.4], count: 50).flatMap(\.self), isFake: true),
      Series(scores: [0.3, 0.6], isFake: false),
    ]
    let (a, b) = (try #require(TemperatureFit.fit(few)), try #require(TemperatureFit.fit(long)))
    #expect(abs(a.temperature - b.temperature) < 1e-6)
    #expect(abs(a.bias - b.bias) < 1e-6)
  }
}
