internal import ArgumentParser
internal import Records

/// The options of commands that write records.
struct RecordOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Append records to a file or named pipe instead of standard output (-).", valueName: "file"))
  var output: String?

  @Flag(help: "Exit with 0 even when something manipulated was found.")
  var exitZero = false

  /// Where records go; nothing is asked of the disk.
  var destination: OutputConfiguration {
    OutputConfiguration(path: output == "-" ? nil : output, sync: .never)
  }
}
