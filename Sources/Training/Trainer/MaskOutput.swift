internal import Foundation
public import Neural
internal import NeuralTraining

/// Which values of a graph are the picture, the mask, and, where there is one, the answer of a real/fake head.
public struct MaskOutput: Sendable, Hashable {
  /// The name of the value that a real/fake head makes: one logit a picture, above 0 is fake. It need not be an output.
  public static let headName = "real_fake"

  public let input: String
  public let mask: String
  /// What goes into the mask's sigmoid; nil where none makes it.
  public let logits: String?
  public let head: String?

  /// - Throws: `TrainingError` for a graph that has no such values.
  public init(of model: Model) throws(TrainingError) {
    guard model.inputs.count == 1, let input = model.inputs.first else {
      throw TrainingError("the model has \(model.inputs.count) inputs; one that can be trained here has one, a picture")
    }
    guard model.outputs.count == 1, let mask = model.outputs.first else {
      let names = model.outputs.map(\.name).joined(separator: ", ")
      throw TrainingError("the model has the outputs \(names); one that can be trained here has one, a mask")
    }
    self.input = input.name
    self.mask = mask.name
    logits = model.logitsName(ofOutput: mask.name)
    head = model.makesValue(named: Self.headName) ? Self.headName : nil
  }
}

extension Double {
  var logarithm: Double { log(self) }
}
