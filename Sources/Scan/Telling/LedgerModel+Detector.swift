internal import Forensics

extension LedgerModel {
  init(_ detector: DetectorModel) {
    let card = detector.card
    let own = card.calibration.score(of: card.rule.threshold)
    self.init(
      name: card.name, version: card.version, sha256: detector.sha256, rule: card.rule, calibration: card.calibration,
      cropScale: card.cropScale, inputSize: card.inputSize,
      areaLevels: Set(Self.usualLevels + [own]).sorted(), figures: card.figures, training: card.training,
      licence: card.licence)
  }

  /// Close together where thresholds usually are; with the model's own no more than 16.
  private static let usualLevels: [Float] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99]
}
