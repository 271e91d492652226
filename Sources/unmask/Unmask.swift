internal import ArgumentParser
internal import CMalloc
internal import Foundation
internal import Media

/// The command line; each subcommand has its own file.
@main
struct Unmask: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "unmask",
    abstract: "Watches video and tells, for each person on screen, whether the face has been manipulated.",
    discussion: """
      Records go to standard output, one JSON object a line; everything else goes to standard error.

      Exit status: 0 done and nothing found, 1 something manipulated was found, 2 usage or fatal error, 3 some inputs \
      could not be read, 78 bad configuration, 130 interrupted.
      """,
    version: version,
    subcommands: [
      ScanCommand.self, ReportCommand.self, WatchCommand.self, CheckCommand.self, TrainCommand.self,
      EvaluateCommand.self, CalibrateCommand.self, ForgeCommand.self, ModelCommand.self,
    ])

  static func main() {
    keepFreedMemorySmall()
    hushThreadPool()
    hearOfFullFiles()
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch let status as ExitStatus {
      Foundation.exit(status.rawValue)
    } catch {
      // The parser's own exit code for wrong usage is 64; the table says 2.
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if code.isSuccess {
        print(text)
        Foundation.exit(0)
      }
      Diagnostics.say(text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text)
      Foundation.exit(ExitStatus.fatal.rawValue)
    }
  }

  /// What follows the program's name. Names of files may be of any bytes, which the standard library would repair.
  private static var arguments: [String] {
    unsafe UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc)).dropFirst().compactMap {
      guard let argument = unsafe $0 else { return nil }
      return unsafe PathText.text(of: UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
    }
  }

  /// Weights and pictures are blocks of megabytes that come and go while models load. glibc raises the size from which
  /// blocks are mapped, and so given back when freed, each time such a block is freed; fixed, it stays low.
  private static func keepFreedMemorySmall() {
    _ = mallopt(M_MMAP_THRESHOLD, 256 << 10)
  }

  /// For work whose threads come and go, one with each connection: glibc would spread them over heaps of their own, and
  /// what is freed in one of those no thread of another can use.
  static func shareFreedMemory() { _ = mallopt(M_ARENA_MAX, 2) }

  /// Dispatch asks for another priority for its threads, and says so on standard error whenever it does not get it, as in
  /// a service's sandbox. Nothing here depends on it.
  private static func hushThreadPool() { unsafe setenv("LIBDISPATCH_LOG", "NO", 0) }

  /// Where the system limits the size of files, what is written beyond is an error to be told of, as a full disk is, and
  /// not the end of the program.
  private static func hearOfFullFiles() { signal(SIGXFSZ, SIG_IGN) }

  /// For work that makes and drops pictures all the time: mapped anew, each would be filled with zeros by the kernel,
  /// page by page, which takes longer than what is then done with it.
  static func keepFreedMemory() {
    _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
    _ = mallopt(M_TRIM_THRESHOLD, 256 << 20)
  }
}
