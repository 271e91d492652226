import Neural
import NeuralTraining
import Testing

extension TrainingExecution {
  func set(_ name: String, _ values: [Float]) {
    withInput(name) { input in for index in values.indices { input[index] = values[index] } }
  }

  func values(_ name: String) -> [Float] { withOutput(name) { span in span.indices.map { span[$0] } } }

  func setGradient(_ name: String, _ values: [Float]) {
    withOutputGradient(name) { gradient in for index in values.indices { gradient[index] = values[index] } }
  }

  func inputGradient(_ name: String) -> [Float] { withInputGradient(name) { span in span.indices.map { span[$0] } } }
}

/// Expects two lists to agree to `tolerance` times the greatest element (or 1, if that is more).
func expectClose(
  _ actual: [Float]?, _ expected: [Float], _ tolerance: Float, _ what: String,
  location: SourceLocation = #_sourceLocation
) {
  guard let actual, actual.count == expected.count else {
    Issue.record("\(what): \(actual?.count ?? -1) values for \(expected.count)", sourceLocation: location)
    return
  }
  let scale = max(expected.reduce(0) { max($0, abs($1)) }, 1e-3)
  var worst: (index: Int, error: Float) = (0, 0)
  for index in actual.indices {
    let error = abs(actual[index] - expected[index])
    if !(error <= worst.error) { worst = (index, error) }
  }
  #expect(
    worst.error <= tolerance * scale,
    "\(what): element \(worst.index) is \(actual.isEmpty ? 0 : actual[worst.index]), not \(expected.isEmpty ? 0 : expected[worst.index])",
    sourceLocation: location)
}
