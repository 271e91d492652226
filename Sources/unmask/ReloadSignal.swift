internal import Analysis
internal import Foundation

/// Turns SIGHUP into a call, on a thread of its own since a reload may wait for the disk. Signals that come while one is
/// under way make one more.
final class ReloadSignal: Sendable {
  // Only kept alive: nothing touches the source after `init`.
  private nonisolated(unsafe) let source: any DispatchSourceSignal

  /// From here on SIGHUP does not end the program any more.
  static func hold() { signal(SIGHUP, SIG_IGN) }

  init(reload: @escaping @Sendable () -> Void) {
    Self.hold()
    let wishes = DispatchSemaphore(value: 0)
    unsafe source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: DispatchQueue(label: "reload"))
    unsafe source.setEventHandler { wishes.signal() }
    unsafe source.resume()
    startThread(named: "reload") {
      while true {
        wishes.wait()
        while wishes.wait(timeout: .now()) == .success {}
        reload()
      }
    }
  }
}
