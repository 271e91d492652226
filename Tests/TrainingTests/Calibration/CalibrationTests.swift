import Foundation
import Testing

@testable import Forensics
@testable import Training

@Suite("Calibration")
struct CalibrationTests {
  private func calibrated(_ set: ScoreSet, alarms: Double = 1, falseShare: Double = 1, missedShare: Double = 1) throws
    -> Calibrated
  {
    var options = Calibration.Options()
    options.limits.perHour = alarms
    options.limits.shareOfFiles = falseShare
    options.limits.missedShare = missedShare
    options.rounds = 100
    options.threads = 2
    return try Calibration(set, options: options).run()
  }

  /// Scores about a middle, the same from the same seed.
  private func scores(about middle: Float, _ count: Int, seed: UInt64) -> [[Float]] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in [middle + Float(random.uniform(-0.05, 0.05))] }
  }

  /// Films of thirty frames with scores about a middle.
  private func films(_ count: Int, _ kind: (Int) -> (middle: Float, isFake: Bool)) -> [ScoredSource] {
    (0..<count).map { number in
      let (middle, isFake) = kind(number)
      return SyntheticScores.film("\(number)", isFake: isFake, scores(about: middle, 30, seed: UInt64(number)))
    }
  }

  /// The scores of the frames of fakes, or of reals.
  private func frameScores(_ films: [ScoredSource], fake: Bool) -> [Float] {
    films.filter { $0.item.isFake == fake }.flatMap(\.frames).compactMap { $0.people[0].scores?[0] }
  }

  @Test("puts the threshold into the gap between reals and fakes, halfway")
  func gap() throws {
    let films = films(6) { $0 % 2 == 0 ? (0.9, true) : (0.8, false) }
    // The model stands where it calls everything fake.
    let found = try calibrated(SyntheticScores.set(films, threshold: 0.2)).report
    let highestReal = try #require(frameScores(films, fake: false).max())
    let lowestFake = try #require(frameScores(films, fake: true).min())
    #expect(abs(found.after.threshold - (highestReal + lowestFake) / 2) < 1e-6)
    #expect(found.atPresent.files[.balancedAccuracy] == 0.5)
    #expect(found.inSample.files[.balancedAccuracy] == 1)
    #expect(found.heldOut.files[.balancedAccuracy] == 1)
    #expect(found.isFitted)
    #expect(found.after.reportedThreshold > 0.3 && found.after.reportedThreshold < 0.7)
  }

  @Test("takes the component size that tells fakes from reals")
  func component() throws {
    // Small components say nothing, components of 200 points do.
    let films = (0..<8).map { number in
      let noise = scores(about: 0.6, 24, seed: UInt64(number))
      return SyntheticScores.film(
        "\(number)", isFake: number < 4, noise.map { [$0[0], number < 4 ? 0.5 : 0.1] })
    }
    let found = try calibrated(SyntheticScores.set(films, components: [100, 200])).report
    #expect(found.after.minimumComponent == 200)
    #expect(found.heldOut.files[.balancedAccuracy] == 1)
  }

  @Test("moves the line where fakes show in fewer than half of their frames")
  func line() throws {
    // Every frame fires with the same score, but in fakes 45 of 100 frames do and in reals 20.
    func film(_ number: Int) -> ScoredSource {
      let isFake = number < 4
      let frames = (0..<120).map { frame in
        [Float((frame * 7 + number) % 20 < (isFake ? 9 : 4) ? 0.9 : 0.1)]
      }
      return SyntheticScores.film("\(number)", isFake: isFake, frames)
    }
    let found = try calibrated(SyntheticScores.set((0..<8).map(film))).report
    #expect(found.inSample.files[.balancedAccuracy] == 1)
    #expect(found.after.votes.line + found.after.votes.margin < 0.46)
    #expect(found.after.votes.line + found.after.votes.margin >= 0.2)
  }

  @Test("keeps to the limit of false alarms even where that costs recall")
  func limit() throws {
    // One real of four looks just like a fake: to find the fakes means an alarm on it.
    let films = films(8) { $0 < 4 ? (0.7, true) : $0 == 4 ? (0.8, false) : (0.2, false) }
    let strict = try calibrated(SyntheticScores.set(films)).report
    #expect(strict.inSample.alarms?.alarms == 0)
    #expect(strict.isWithinLimits)
    let lenient = try calibrated(SyntheticScores.set(films), alarms: 100_000).report
    #expect(lenient.inSample.files[.recall] == 1)
    #expect(lenient.inSample.alarms?.alarms == 1)
  }

  /// Pictures: fakes and reals with scores that overlap at the upper end.
  private func pictures(reals: [Float], fakes: [Float]) -> ScoreSet {
    SyntheticScores.set(
      (reals.map { ($0, false) } + fakes.map { ($0, true) }).enumerated().map { number, picture in
        var still = SyntheticScores.film("\(number)", isFake: picture.1, [[picture.0]])
        (still.isStill, still.seconds) = (true, 0)
        return still
      })
  }

  @Test("calls no larger share of real pictures fake than is allowed, though they raise no alarms by the hour")
  func share() throws {
    // Half of the fakes stand among the reals: to find them means to call two reals of ten fake.
    let set = pictures(
      reals: [0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.24, 0.55, 0.6], fakes: [0.5, 0.52, 0.54, 0.53, 0.9, 0.92, 0.94])
    let lenient = try calibrated(set, falseShare: 0.2).report
    #expect(lenient.inSample.files[.recall] == 1)
    #expect(lenient.inSample.files[.specificity] == 0.8)
    let strict = try calibrated(set, falseShare: 0.19).report
    #expect(strict.inSample.files[.specificity] == 1)
    #expect(strict.isWithinLimits)
    #expect(strict.after.threshold > 0.6 && strict.after.threshold < 0.9)
  }

  @Test(
    "calls no more fakes real than is allowed: with the highest clearance that keeps to it, and in the reported scores")
  func clearance() throws {
    let set = pictures(
      reals: [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5],
      fakes: [0.12, 0.22, 0.32, 0.42, 0.44, 0.46, 0.48, 0.52, 0.9, 0.95])
    // One fake of ten may be called real; the next one lies at .22.
    let report = try calibrated(set, falseShare: 0, missedShare: 0.1).report
    let raw = report.after.calibration.score(of: report.after.votes.clearance)
    #expect(raw > 0.12 && raw < 0.22)
    #expect(abs((report.inSample.cleared[.recall] ?? 0) - 0.9) < 1e-9)
    #expect((0.3...0.4).contains(report.inSample.cleared[.specificity] ?? 0))
    #expect(report.inSample.files[.specificity] == 1)
    let strict = try calibrated(set, falseShare: 0, missedShare: 0).report
    #expect(strict.inSample.cleared[.recall] == 1)
    #expect(strict.after.votes.clearance < report.after.votes.clearance)
    // Where all may be missed, the threshold alone divides, as before.
    let lenient = try calibrated(set, falseShare: 0, missedShare: 1).report
    #expect(lenient.after.votes.clearance == 1)
    #expect(lenient.after.threshold == report.after.threshold)
  }

  @Test("clears nobody, and says so, where too many fakes have no score at all")
  func unclear() throws {
    let found = try calibrated(
      pictures(reals: [0, 0.1, 0.2, 0.3], fakes: [0, 0, 0.8, 0.9]), falseShare: 0, missedShare: 0.25)
    #expect(found.report.after.votes.clearance == 0)
    #expect(found.text.contains("No clearance keeps to 25 % of the fakes"))
  }

  @Test("takes the fewest false calls, and says so, where no point keeps to the limit")
  func beyond() throws {
    // The highest score there can be: no threshold is above it.
    let found = try calibrated(pictures(reals: [0.1, 0.3, 1, 1], fakes: [0.2, 0.4, 1, 1]), falseShare: 0)
    #expect(!found.report.isWithinLimits)
    #expect(found.report.inSample.files[.specificity] == 0.5)
    #expect(found.text.contains("No point keeps to 1 false alarm an hour and 0 % of the real files"))
  }

  @Test("leaves the votes as they are where only pictures can tell")
  func pictures() throws {
    let pictures = (0..<8).map { number in
      var picture = SyntheticScores.film(
        "\(number)", isFake: number < 4, [[number < 4 ? 0.9 : 0.7]])
      (picture.isStill, picture.seconds) = (true, 0)
      return picture
    }
    let found = try calibrated(SyntheticScores.set(pictures)).report
    #expect(found.after.votes == found.before.votes)
    #expect(abs(found.after.threshold - 0.8) < 1e-6)
  }

  @Test("leaves the votes as they are where all videos are real, and says why")
  func realVideosAlone() throws {
    // Thirteen frames of twenty fire in the real videos: a stricter line would silence them, and cost no picture.
    let videos = (0..<4).map { number in
      SyntheticScores.film("v\(number)", isFake: false, (0..<60).map { [$0 % 20 < 13 ? 0.6 : 0.1] })
    }
    let set = pictures(reals: [0.1, 0.2, 0.3, 0.4], fakes: [0.5, 0.7, 0.8, 0.9])
    var joined = set
    joined.sources += videos
    let found = try calibrated(joined)
    #expect(
      found.report.after.votes.line == set.point.votes.line && found.report.after.votes.dwell == set.point.votes.dwell)
    #expect(!found.report.choosesVotes && found.text.contains("The vote stays as it is"))
    // Two manipulated ones are enough to choose by.
    joined.sources += (0..<2).map { number in
      SyntheticScores.film("f\(number)", isFake: true, (0..<60).map { _ in [0.9] })
    }
    #expect(try calibrated(joined).report.choosesVotes)
  }

  @Test("promises less on held-out files than on those it was made with, where scores are noise")
  func optimism() throws {
    let films = (0..<20).map { number in
      var random = SeededRandom(seed: UInt64(number) + 100)
      return SyntheticScores.film(
        "\(number)", isFake: number % 2 == 0, (0..<12).map { _ in [Float(random.unit())] })
    }
    let found = try calibrated(SyntheticScores.set(films), alarms: 1_000_000).report
    let (inSample, heldOut) = (found.inSample.files[.balancedAccuracy]!, found.heldOut.files[.balancedAccuracy]!)
    #expect(inSample > heldOut)
    #expect(heldOut < 0.75)
  }

  @Test("refuses to choose by too few, and says what is missing")
  func tooFew() {
    let one = [
      SyntheticScores.film("a", isFake: true, [[0.9]]), SyntheticScores.film("b", isFake: false, [[0.1]]),
      SyntheticScores.film("c", isFake: false, [[0.1]]),
    ]
    #expect(throws: EvaluationError.self) { try calibrated(SyntheticScores.set(one)) }
  }

  @Test("is the same on one thread and on several")
  func threads() throws {
    let films = films(6) { (0.5, $0 % 2 == 0) }
    var options = Calibration.Options()
    options.rounds = 100
    let scores = SyntheticScores.set(films)
    options.threads = 1
    let one = try Calibration(scores, options: options).run()
    options.threads = 4
    let four = try Calibration(scores, options: options).run()
    #expect(one.json == four.json)
  }
}
