import Neural
import Testing

@testable import NeuralTraining

@Suite("Gradients of operators") struct OperatorGradientTests {
  private static func plan(
    _ golden: Golden.Operator, threads: Int
  ) throws -> (network: TrainingNetwork, execution: TrainingExecution) {
    let network = try TrainingNetwork(try Model(bytes: [UInt8](golden.model)), seed: 1)
    let execution = try network.execution(
      inputs: golden.inputs.mapValues { Shape($0.shape) }, threads: threads, inputGradients: true)
    for (name, values) in golden.inputs { execution.set(name, values.floats) }
    return (network, execution)
  }

  /// Sums of up to a few hundred products of numbers below 1: a few units in the last place of the greatest.
  private static let tolerance: Float = 1e-5

  @Test("agree with PyTorch's, and so do the results", arguments: Golden.operators, [1, 2])
  func agreesWithPyTorch(name: String, threads: Int) throws {
    let golden: Golden.Operator = try Golden.read(name)
    let (network, execution) = try Self.plan(golden, threads: threads)
    for round in 1...2 {
      execution.forward()
      expectClose(execution.values("y"), golden.result.floats, Self.tolerance, "result, round \(round)")
      execution.setGradient("y", golden.direction.floats)
      execution.backward()
      for (input, gradient) in golden.gradients {
        let actual =
          golden.inputs[input] == nil ? network.gradient(input)?.floats : execution.inputGradient(input)
        expectClose(actual, gradient.floats, Self.tolerance, "gradient of \(input), round \(round)")
      }
      // The second round moves the running statistics on.
      guard round == 1 else { continue }
      for (buffer, values) in golden.buffers ?? [:] {
        expectClose(network.parameter(buffer)?.floats, values.floats, Self.tolerance, "running \(buffer)")
      }
    }
  }

  @Test("agree with central differences", arguments: Golden.operators)
  func agreesWithDifferences(name: String) throws {
    let golden: Golden.Operator = try Golden.read(name)
    let (network, execution) = try Self.plan(golden, threads: 1)
    var noise = Noise(7)
    let direction = noise.values(golden.direction.floats.count)
    func loss() -> Double {
      execution.forward()
      return zip(execution.values("y"), direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    _ = loss()
    execution.setGradient("y", direction)
    execution.backward()
    for input in golden.gradients.keys.sorted() {
      let isInput = golden.inputs[input] != nil
      let analytic = isInput ? execution.inputGradient(input) : network.gradient(input)?.floats ?? []
      let entry = network.layout[input]
      func read(_ index: Int) -> Float {
        isInput
          ? execution.withInput(input) { $0[index] }
          : network.withParameters { $0[(entry?.range.lowerBound ?? 0) + index] }
      }
      func write(_ index: Int, _ value: Float) {
        if isInput {
          execution.withInput(input) { $0[index] = value }
        } else {
          network.withParameters { $0[(entry?.range.lowerBound ?? 0) + index] = value }
        }
      }
      // Inputs are multiples of 1/1024: a smaller step crosses no corner, and no two change places.
      let step: Float = 0x1p-12
      var corners = 0
      for index in analytic.indices {
        let old = read(index)
        write(index, old + step)
        let up = loss()
        write(index, old - step)
        let down = loss()
        write(index, old)
        let middle = loss()
        // At a corner the two sides differ, and there is no one right answer.
        if abs(up + down - 2 * middle) > 0.02 * Double(step) {
          corners += 1
          continue
        }
        let numeric = (up - down) / Double(2 * step)
        #expect(
          abs(numeric - Double(analytic[index])) <= 2e-2 * max(1, abs(numeric)),
          "\(input)[\(index)]: \(analytic[index]), by differences \(numeric)")
      }
      #expect(corners <= analytic.count / 4, "\(corners) corners among \(analytic.count) elements of \(input)")
    }
  }

  @Test(
    "each operator that has a rule has a golden file, but for those whose result is random or the same by another name")
  func coverage() throws {
    var seen: Set<String> = []
    for name in Golden.operators {
      let golden: Golden.Operator = try Golden.read(name)
      seen.formUnion(try Model(bytes: [UInt8](golden.model)).operatorCounts.keys)
    }
    let wanted: Set = [
      "Conv", "ConvTranspose", "BatchNormalization", "Gemm", "MatMul", "MaxPool", "AveragePool", "GlobalAveragePool",
      "Relu", "LeakyRelu", "PRelu", "Clip", "Sigmoid", "Tanh", "Softmax", "Add", "Mul", "Sub", "Concat", "Resize",
      "Flatten", "Reshape", "Transpose", "Pad", "ReduceMean", "Exp",
    ]
    #expect(wanted.subtracting(seen).isEmpty)
    #expect(seen.subtracting(TrainingRules.table.keys).isEmpty)
  }
}
