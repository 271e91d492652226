internal import ArgumentParser

/// The options of commands that write records.
struct RecordOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Append records to a file instead of standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "Exit with 0 even when something manipulated was found.")
  var exitZero = false
}
