internal import ArgumentParser
internal import Media
internal import Neural

struct ModelInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what a model file holds and says of itself.")

  @Argument(help: "An ONNX file.")
  var file: String

  func run() throws {
    let model: Model
    do {
      model = try Model(contentsOf: file)
      print("file          \(file)")
      print("sha256        \(try SHA256.hexDigest(ofFile: file))")
    } catch {
      Diagnostics.say("\(error)")
      throw ExitStatus.fatal
    }
    print("format        ONNX \(model.formatVersion), operator set \(model.operatorSet), by \(model.producer)")
    print("parameters    \(model.parameterCount)")
    for input in model.inputs { print("input         \(input)") }
    for output in model.outputs { print("output        \(output)") }
    let operators = model.operatorCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    print("operators     " + operators.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    let width = max(14, (model.metadata.keys.map(\.count).max() ?? 0) + 2)
    for (key, value) in model.metadata.sorted(by: { $0.key < $1.key }) {
      print(key.padding(to: width) + value)
    }
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
