internal import Foundation
internal import Synchronization

/// Turns SIGINT and SIGTERM into a call: the first asks for an orderly end, the second ends the program at once.
final class StopSignals: Sendable {
  // Only kept alive: nothing touches the sources after `init`.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]
  private let received: Mutex<Int32?>

  /// The first signal that came, if any.
  var signal: Int32? { received.withLock { $0 } }

  init(stop: @escaping @Sendable () -> Void) {
    received = Mutex(nil)
    let queue = DispatchQueue(label: "signals")
    unsafe sources = [SIGINT, SIGTERM].map { number in
      // The default action would end the program before the source hears of it.
      Foundation.signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (source, number) in unsafe zip(sources, [SIGINT, SIGTERM]) {
      source.setEventHandler { [weak self] in
        let isFirst = self?.received.withLock { received in
          defer { received = received ?? number }
          return received == nil
        }
        if isFirst == true { stop() } else { exit(ExitStatus.interrupted.rawValue) }
      }
      source.resume()
    }
  }
}
