internal import ArgumentParser
internal import Neural

struct ModelTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run ONNX test folders: a model.onnx beside test_data_set_*/{input,output}_*.pb.",
    discussion: "Closes with the line `N passed, M failed, K unsupported`; exits with 2 when a case failed.")

  @Argument(help: "Test folders, or folders that hold test folders.")
  var folders: [String]

  func run() throws {
    var passed = 0
    var failed = 0
    var unsupported = 0
    for folder in folders {
      let cases = ConformanceCase.cases(in: folder)
      if cases.isEmpty {
        Diagnostics.say("\(folder): no test folder; one holds model.onnx and test_data_set_0")
        throw ExitStatus.fatal
      }
      for testCase in cases {
        switch testCase.run() {
        case .passed: passed += 1
        case .failed(let why):
          failed += 1
          print("failed       \(testCase.name): \(why)")
        case .unsupported(let why):
          unsupported += 1
          print("unsupported  \(testCase.name): \(why)")
        }
      }
    }
    print("\(passed) passed, \(failed) failed, \(unsupported) unsupported")
    if failed > 0 { throw ExitStatus.fatal }
  }
}
