internal import Foundation

/// Runs blocking work on a thread of its own, off the cooperative pool.
/// - Parameter name: shown by debuggers and `top -H`; at most 15 characters are kept.
public func startThread(named name: String, _ work: @escaping @Sendable () -> Void) {
  let thread = Thread {
    // The name that Foundation gives a thread does not reach the system.
    try? FileHandle(forWritingAtPath: "/proc/thread-self/comm")?.write(contentsOf: Data(name.utf8))
    work()
  }
  // FFmpeg's and the network's deepest calls stay well below this; the default of the platform may be far larger.
  thread.stackSize = 4 << 20
  thread.start()
}
