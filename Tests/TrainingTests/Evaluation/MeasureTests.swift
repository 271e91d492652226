import Foundation
import Testing

@testable import Forensics
@testable import Training

@Suite("The measures of an evaluation")
struct MeasureTests {
  private func observations(seed: UInt64, count: Int = 40) -> [Observation] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { number in
      let isFake = random.chance(0.4)
      // Few distinct values, so that there are ties.
      let score = (Double(random.integer(0, 12)) + (isFake ? 3 : 0)) / 16
      return Observation(score: score, isFake: isFake, isCalledFake: score > 0.5, cluster: number / 4)
    }
  }

  @Test("count AUROC as the share of pairs in which the fake scores higher, ties half", arguments: 1...8)
  func auroc(seed: UInt64) throws {
    let all = observations(seed: seed)
    var (won, pairs) = (0.0, 0.0)
    for fake in all where fake.isFake {
      for real in all where !real.isFake {
        pairs += 1
        won += fake.score! > real.score! ? 1 : fake.score! == real.score! ? 0.5 : 0
      }
    }
    #expect(abs(try #require(RankCurve(all)).areaUnderROC - won / pairs) < 1e-12)
  }

  @Test("know the textbook's average precision and equal error rate")
  func textbook() throws {
    func seen(_ score: Double, _ isFake: Bool) -> Observation {
      Observation(score: score, isFake: isFake, isCalledFake: false, cluster: 0)
    }
    // Ranked: fake, real, fake, real. AP = ½·1 + ½·⅔; at the second place one of two of each is wrong.
    let curve = try #require(RankCurve([seen(0.9, true), seen(0.8, false), seen(0.7, true), seen(0.1, false)]))
    #expect(abs(curve.averagePrecision - (0.5 + 1.0 / 3)) < 1e-12)
    #expect(abs(curve.equalErrorRate - 0.5) < 1e-12)
    let perfect = try #require(RankCurve([seen(0.9, true), seen(0.1, false)]))
    #expect(perfect.areaUnderROC == 1 && perfect.averagePrecision == 1 && perfect.equalErrorRate == 0)
  }

  @Test("weigh clusters as if they were there as often", arguments: 1...4)
  func weights(seed: UInt64) {
    let all = observations(seed: seed)
    let weights = (0..<10).map { Double($0 % 3) }
    let repeated = all.flatMap { Array(repeating: $0, count: Int(weights[$0.cluster])) }
    let (weighed, counted) = (Sample(all).figures(weights: weights), Sample(repeated).figures())
    for figure in Figure.allCases {
      #expect(abs((weighed[figure] ?? -1) - (counted[figure] ?? -1)) < 1e-9, "\(figure)")
    }
  }

  @Test("have intervals that hold the figure, are the same from the same seed, and narrow with more files")
  func intervals() throws {
    let sample = Sample(observations(seed: 3, count: 80))
    let bootstrap = Bootstrap(rounds: 300, seed: 5)
    let intervals = bootstrap.intervals(of: sample)
    #expect(intervals == bootstrap.intervals(of: sample))
    let (value, interval) = (try #require(sample.figures()[.auroc]), try #require(intervals[.auroc]))
    #expect(interval.low < value && value < interval.high)
    let many = try #require(bootstrap.intervals(of: Sample(observations(seed: 3, count: 2000)))[.auroc])
    #expect(many.high - many.low < interval.high - interval.low)
  }

  @Test("bound the rate of false alarms by the rule of three where there was none")
  func alarms() throws {
    let quiet = AlarmRate([(0, 3600, 0), (0, 3600, 1)], bootstrap: Bootstrap(rounds: 100))
    #expect(quiet.perHour == 0)
    #expect(quiet.interval == Interval(low: 0, high: 1.5))
    let loud = AlarmRate([(3, 1800, 0), (1, 1800, 1)], bootstrap: Bootstrap(rounds: 100))
    #expect(loud.perHour == 4)
    let interval = try #require(loud.interval)
    #expect(interval.low >= 2 && interval.high <= 6)
  }

  @Test("thin fakes out to the wanted shares and keep all reals")
  func unbalanced() throws {
    var random = SeededRandom(seed: 9)
    let all = (0..<500).map { number in
      let isFake = number < 300
      let score = random.unit() * 0.8 + (isFake ? 0.2 : 0)
      return Observation(score: score, isFake: isFake, isCalledFake: score > 0.5, cluster: number)
    }
    let mixes = UnbalancedProtocol(draws: 20).mixes(of: Sample(all))
    #expect(mixes.map(\.fakes) == [200, 67, 11, 2])
    #expect(mixes.allSatisfy { $0.reals == 200 })
    let precisions = mixes.compactMap { $0.means[.precision] }
    #expect(precisions == precisions.sorted(by: >))
    for mix in mixes {
      #expect(abs(try #require(mix.expectedPrecision) - (try #require(mix.means[.precision]))) < 0.05)
    }
  }

  @Test("find scores that are probabilities reliable, and others not")
  func reliability() throws {
    // Of a hundred things scored 0.3, thirty are fake.
    func scored(_ score: Double) -> [Observation] {
      (0..<100).map { Observation(score: score, isFake: $0 < 30, isCalledFake: false, cluster: 0) }
    }
    let (good, bad) = (Reliability(scored(0.3)), Reliability(scored(0.9)))
    #expect(abs(try #require(good.expectedCalibrationError)) < 1e-9)
    #expect(abs(try #require(bad.expectedCalibrationError) - 0.6) < 1e-9)
    #expect(abs(try #require(good.brierScore) - 0.21) < 1e-9)
    let entropy = -(0.3 * log(0.3) + 0.7 * log(0.7))
    #expect(abs(try #require(good.negativeLogLikelihood) - entropy) < 1e-9)
  }
}
