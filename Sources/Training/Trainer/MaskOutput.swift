internal import Foundation
public import Neural

/// Which values of a graph are the picture, the mask, and, where there is one, the answer of a real/fake head.
public struct MaskOutput: Sendable, Hashable {
  public let input: String
  public let mask: String
  /// One logit a picture: above 0 is fake.
  public let head: String?

  /// - Throws: `TrainingError` for a graph that has no such values.
  public init(of model: Model) throws(TrainingError) {
    guard model.inputs.count == 1, let input = model.inputs.first else {
      throw TrainingError("the model has \(model.inputs.count) inputs; one that can be trained here has one, a picture")
    }
    let names = model.outputs.map(\.name)
    guard names.count == 1 || (names.count == 2 && names.contains("mask")) else {
      throw TrainingError(
        "the model has the outputs \(names.joined(separator: ", ")); one that can be trained here has `mask` and, if it has a head, `real_fake`"
      )
    }
    self.input = input.name
    let mask = names.count == 1 ? names[0] : "mask"
    self.mask = mask
    head = names.first { $0 != mask }
  }
}

extension Double {
  var logarithm: Double { log(self) }
}
