/// Why a detector cannot be used.
public enum DetectorError: Error, Sendable, CustomStringConvertible {
  /// The model's metadata do not say how to run it.
  case card(String)
  /// The file is not a model this engine can run.
  case model(String)
  /// The engine's answer to the golden input differs from the expected mask.
  case selfTest(String)

  public var description: String {
    switch self {
    case .card(let problem): "the model \(problem); export it again with its model card"
    case .model(let problem): problem
    case .selfTest(let problem): problem
    }
  }
}
