import Foundation
import Testing

/// Threads of a running program that are held still, as a debugger does, while its others go on.
final class HeldThreads {
  private static let script = Program.root + "/Tests/Support/hold_threads.py"
  /// What starts a program so that its threads may be held.
  static let permission = ["/usr/bin/python3", script, "--allow"]

  private let process = Process()
  private let input = Pipe()

  /// Returns when every thread of that name is still.
  init(named name: String, of running: Program.Running) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [Self.script, "\(running.processIdentifier)", name]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let greeting = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    try #require(greeting.hasPrefix("HELD"), "the threads could not be held")
  }

  /// Lets go of them.
  func release() throws {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  deinit { if process.isRunning { process.terminate() } }
}
