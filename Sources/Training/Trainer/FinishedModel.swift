internal import Forensics
internal import Foundation

/// What a trained model says of itself in its file (DESIGN.md §2, *Weights*).
struct FinishedModel {
  let state: RunState
  /// What the pairs were made from.
  let material: String
  let heldOut: HeldOutSet
  let findings: HeldOutSet.Findings

  var metadata: [String: String] {
    let recipe = state.recipe
    return [
      "task": "segmentation", "name": state.identity.name, "version": state.identity.version,
      "input.layout": "NCHW", "input.colour": "RGB", "input.size": "\(recipe.size)",
      "input.mean": "\(PicturePlanes.mean)", "input.scale": "\(PicturePlanes.scale)", "crop.scale": "1.3",
      "crop.edge": CropEdge.inside.rawValue,
      ModelCard.Key.threshold: "\(findings.threshold)",
      ModelCard.Key.minimumComponent: "\(heldOut.minimumComponent)",
      "output": "manipulated-probability", "training": "\(material); \(recipe.words); \(length)",
      "figures": figures, "licence": state.identity.licence,
    ]
  }

  private var length: String {
    let images = state.step * state.recipe.batch
    return
      "\(images) pictures at \(state.recipe.size)×\(state.recipe.size) in \(Int((state.seconds / 60).rounded())) minutes"
  }

  /// Figures on forged fakes are no figures on real deepfakes, and the sentence says so.
  private var figures: String {
    let interval = findings.aurocInterval.map { String(format: " (95%% interval %.3f to %.3f)", $0.low, $0.high) } ?? ""
    return String(
      format:
        "on %d forged fakes of held-out people and as many real pictures: AUROC %.3f%@, Dice %.3f; not measured on genuine deepfakes",
      heldOut.pairs.count, findings.auroc, interval, findings.dice)
  }
}
