import Testing

@testable import Forensics

@Suite("A model's card")
struct ModelCardTests {
  private static let plain = [
    "task": "segmentation", "name": "m", "version": "1", "input.size": "64", "input.layout": "NCHW",
    "input.colour": "RGB", "input.mean": "127.5", "input.scale": "0.0078", "crop.scale": "1.3", "threshold": "0.8",
    "min_component": "100",
  ]

  private func card(_ more: [String: String] = [:]) throws(DetectorError) -> ModelCard {
    try ModelCard(Self.plain.merging(more) { $1 })
  }

  @Test("that leaves out what came later is one of before it: grey beyond the picture, no clearance, no probabilities")
  func plain() throws {
    let card = try card()
    #expect(card.cropEdge == .grey)
    #expect(card.clearance == nil && card.line == nil && card.calibration == .none)
    #expect(card.rule.threshold == 0.8)
    #expect(try self.card(["crop.edge": "inside"]).cropEdge == .inside)
  }

  @Test("tells its threshold and its clearance in the same probabilities")
  func probabilities() throws {
    let card = try card(["score.temperature": "2", "score.bias": "0.3", "vote.clearance": "0.4"])
    #expect(card.rule.threshold == card.calibration.probability(of: 0.8))
    #expect(card.clearance == card.calibration.probability(of: 0.4))
    // Logit(.4)/2 + .3 by hand.
    #expect(abs((card.clearance ?? 0) - 0.5243) < 1e-4)
  }

  @Test(
    "is refused with the name of the key that cannot be obeyed",
    arguments: [("crop.edge", "mirror"), ("vote.clearance", "1.5"), ("crop.scale", ""), ("task", "detection")])
  func refused(key: String, value: String) {
    let error = #expect(throws: DetectorError.self) { try card([key: value]) }
    #expect(error?.description.contains("'\(key)'") == true)
  }
}
