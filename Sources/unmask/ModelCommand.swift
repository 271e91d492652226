internal import ArgumentParser

struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look at a model, run its test vectors, time it.",
    subcommands: [ModelInspectCommand.self, ModelTestCommand.self, ModelBenchCommand.self])
}
