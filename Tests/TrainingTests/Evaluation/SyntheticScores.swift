import Foundation

@testable import Forensics
@testable import Training

/// Score sets made up for a purpose.
enum SyntheticScores {
  /// A film of one person whose frames, three a second, have these scores for each component size.
  static func film(
    _ name: String, isFake: Bool, cluster: String? = nil, condition: String = "original", _ frames: [[Float]]
  ) -> ScoredSource {
    ScoredSource(
      item: EvaluationItem(path: "/set/\(name)", name: name, isFake: isFake, group: nil, cluster: cluster ?? name),
      condition: condition, isStill: false, seconds: Double(frames.count) / 3,
      frames: frames.enumerated().map { number, scores in
        ScoredFrame(time: Double(number) / 3, people: [ScoredPerson(track: 1, scores: scores)], ended: [])
      })
  }

  static func set(
    _ sources: [ScoredSource], components: [Int] = [100], threshold: Float = 0.5, votes: VoteRule = VoteRule()
  ) -> ScoreSet {
    ScoreSet(
      model: "synthetic", version: "1", sha256: String(repeating: "a", count: 64),
      calibratedFrom: String(repeating: "b", count: 64), minimumComponents: components,
      point: OperatingPoint(threshold: threshold, minimumComponent: components[0], votes: votes),
      sampling: "3 frames a second", hasListedGroups: false,
      circumstances: Circumstances(
        program: "unmask 0", set: "made up", smallestFace: "40 pixels", faceModels: ["pnet 1, SHA-256 b"]),
      sources: sources)
  }

  static func report(_ set: ScoreSet) -> EvaluationReport { EvaluationReport(set, rounds: 100) }
}
