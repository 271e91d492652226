internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// How far a computed value may lie from the recorded one: |computed − recorded| ≤ absolute + relative · |recorded|.
public struct Tolerance: Sendable, Hashable {
  /// Share of the recorded value.
  public let relative: Double
  /// What is allowed besides, also where the recorded value is 0.
  public let absolute: Double

  /// Both parts are added.
  public init(relative: Double, absolute: Double) {
    self.relative = relative
    self.absolute = absolute
  }

  /// That of the ONNX project's own test runner.
  public static let onnx = Tolerance(relative: 1e-3, absolute: 1e-7)

  func admits(_ computed: Double, _ recorded: Double) -> Bool {
    if computed == recorded || (computed.isNaN && recorded.isNaN) { return true }
    return abs(computed - recorded) <= absolute + relative * abs(recorded)
  }
}

/// A folder in the ONNX project's test layout: `model.onnx` beside `test_data_set_N/{input,output}_M.pb`.
public struct ConformanceCase: Sendable, Hashable {
  /// What became of a case.
  public enum Outcome: Sendable, Hashable {
    /// All outputs of all data sets agree.
    case passed
    /// An output differs, or the case cannot be read: one sentence.
    case failed(String)
    /// The model asks for something this engine does not have: one sentence.
    case unsupported(String)
  }

  /// Path of the folder.
  public let folder: String

  /// For tests of the kernels: hand even the smallest steps to several threads.
  var sharesEverything = false

  /// Reads nothing yet.
  public init(folder: String) { self.folder = folder }

  /// The folder's own name.
  public var name: String { URL(filePath: folder).lastPathComponent }

  /// The cases in `directory`, sorted by name: itself if it holds a `model.onnx`, else those of its folders that do.
  public static func cases(in directory: String) -> [ConformanceCase] {
    func isCase(_ folder: String) -> Bool { FileManager.default.fileExists(atPath: folder + "/model.onnx") }
    if isCase(directory) { return [ConformanceCase(folder: directory)] }
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return entries.sorted().map { directory + "/" + $0 }.filter(isCase).map(ConformanceCase.init(folder:))
  }

  /// Runs every data set of the case and compares every output.
  public func run(tolerance: Tolerance = .onnx, threads: Int = 1) -> Outcome {
    do {
      let network = try Network(try Model(contentsOf: folder + "/model.onnx"))
      try check(network, tolerance: tolerance, threads: threads)
      return .passed
    } catch {
      switch error.code {
      case .unsupported, .needsConstant: return .unsupported(error.message)
      default: return .failed(error.message)
      }
    }
  }

  /// Runs every data set on a network that is already loaded.
  ///
  /// - Throws: `ModelError`; `.wrongResult` names the first output that differs, and by how much.
  public func check(_ network: Network, tolerance: Tolerance, threads: Int = 1) throws(ModelError) {
    let sets = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasPrefix("test_data_set_") }.sorted()
    guard !sets.isEmpty else {
      throw ModelError(.unreadable, "\(folder): no `test_data_set_0` beside the model; restore the folder")
    }
    if let info = network.inputs.first(where: { $0.elementType == nil }) {
      throw ModelError(.unsupported, "\(folder): input `\(info.name)` is no tensor of numbers")
    }
    for set in sets {
      let inputs = try tensors(in: folder + "/" + set, "input")
      let outputs = try tensors(in: folder + "/" + set, "output")
      guard inputs.count == network.inputs.count, outputs.count == network.outputs.count, !outputs.isEmpty else {
        throw ModelError(
          .mismatch,
          "\(folder)/\(set): \(inputs.count) inputs and \(outputs.count) outputs for a model of \(network.inputs.count) and \(network.outputs.count)"
        )
      }
      let execution = try execution(of: network, inputs, threads: threads)
      for (info, tensor) in zip(network.inputs, inputs) where execution.plan.inputs[info.name] != nil {
        execution.fill(info.name, from: tensor)
      }
      execution.run()
      for (info, expected) in zip(network.outputs, outputs) {
        let computed = execution.tensor(ofOutput: info.name)
        if let difference = Self.difference(computed, expected, tolerance) {
          throw ModelError(.wrongResult, "\(folder)/\(set): output `\(info.name)` \(difference)")
        }
      }
    }
  }

  /// Floating-point inputs go through the arena, so that the kernels run. Where an operator must know one while
  /// planning (a bound, a scale), all but the first become constants.
  private func execution(of network: Network, _ inputs: [Tensor], threads: Int) throws(ModelError) -> Execution {
    let named = Array(zip(network.inputs.map(\.name), inputs))
    func plan(_ isConstant: (Int) -> Bool) throws(ModelError) -> Execution {
      var shapes: [String: Shape] = [:]
      var constants: [String: Tensor] = [:]
      for (index, (name, tensor)) in named.enumerated() {
        if isConstant(index) { constants[name] = tensor } else { shapes[name] = tensor.shape }
      }
      let plan = try network.plan(inputs: shapes, constants: constants, threads: threads)
      return Execution(plan, threads: threads, sharesEverything: sharesEverything)
    }
    do {
      return try plan { !inputs[$0].elementType.isFloatingPoint }
    } catch {
      guard error.code == .needsConstant else { throw error }
      return try plan { $0 > 0 || !inputs[$0].elementType.isFloatingPoint }
    }
  }

  private func tensors(in folder: String, _ kind: String) throws(ModelError) -> [Tensor] {
    var tensors: [Tensor] = []
    while true {
      let path = "\(folder)/\(kind)_\(tensors.count).pb"
      guard FileManager.default.fileExists(atPath: path) else { return tensors }
      tensors.append(try Tensor(contentsOf: path))
    }
  }

  /// What is wrong with a computed output, or nil.
  static func difference(_ computed: Tensor, _ expected: Tensor, _ tolerance: Tolerance) -> String? {
    guard computed.shape == expected.shape else { return "has shape \(computed.shape), recorded is \(expected.shape)" }
    if let left = computed.integers, let right = expected.integers {
      guard let index = left.indices.first(where: { left[$0] != right[$0] }) else { return nil }
      return "differs at element \(index): \(left[index]), recorded is \(right[index])"
    }
    guard computed.elementType.isFloatingPoint == expected.elementType.isFloatingPoint else {
      return "is of type \(computed.elementType), recorded is \(expected.elementType)"
    }
    let (left, right) = (computed.doubles, expected.doubles)
    let wrong = left.indices.filter { !tolerance.admits(left[$0], right[$0]) }
    guard let worst = wrong.max(by: { abs(left[$0] - right[$0]) < abs(left[$1] - right[$1]) }) else { return nil }
    return
      "differs in \(wrong.count) of \(left.count) elements, most at \(worst): \(left[worst]), recorded is \(right[worst])"
  }
}

extension Tensor {
  /// Reads a tensor that lies alone in a file (`.pb`).
  public init(contentsOf path: String) throws(ModelError) {
    let bytes = try Model.read(path)
    let proto: Onnx_TensorProto
    do {
      proto = try Onnx_TensorProto(serializedBytes: bytes)
    } catch {
      throw ModelError(.malformed, "\(path): it is no whole ONNX tensor; restore the file")
    }
    try self.init(proto, role: path)
  }
}

extension Execution {
  /// Copies the values of a tensor into an input.
  func fill(_ name: String, from tensor: Tensor) {
    guard let storage = tensor.floatStorage else { return }
    withInput(name) { input in
      storage.withSpan { values in
        for index in 0..<min(values.count, input.count) { input[index] = values[index] }
      }
    }
  }

  /// A copy of an output.
  public func tensor(ofOutput name: String) -> Tensor {
    if let constant = constant(ofOutput: name) { return constant }
    let values = withOutput(name) { span in span.indices.map { span[$0] } }
    return Tensor(shape(ofOutput: name), floats: values)
  }
}
