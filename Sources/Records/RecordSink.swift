internal import Foundation
internal import Synchronization

/// Where records go: standard output or a file, one `write` a line.
///
/// Shared by all threads of a run; lines keep the order of their sequence numbers.
public final class RecordSink: Sendable {
  private struct State {
    var encoder: RecordEncoder
    var failure: SinkError?
  }

  private let descriptor: Int32
  private let name: String
  private let closesDescriptor: Bool
  private let state: Mutex<State>

  /// Writes to standard output.
  public init(standardOutput encoder: RecordEncoder) {
    descriptor = STDOUT_FILENO
    name = "standard output"
    closesDescriptor = false
    state = Mutex(State(encoder: encoder))
    // A reader that went away is an error to report, not a reason to die unheard.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Appends to a file, which is created when it does not exist, readable by its owner and group alone.
  public init(appendingTo path: String, encoder: RecordEncoder) throws(SinkError) {
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else {
      throw SinkError("\(path): cannot be opened for writing: \(SinkError.reason(errno))")
    }
    name = path
    closesDescriptor = true
    state = Mutex(State(encoder: encoder))
  }

  deinit {
    if closesDescriptor { close(descriptor) }
  }

  /// Writes one record. After a failure, which every later call repeats, nothing more is written: half a line may
  /// stand at the end.
  public func write(_ record: Record) throws(SinkError) {
    try state.withLock { state throws(SinkError) in
      if let failure = state.failure { throw failure }
      let line = state.encoder.line(for: record)
      do throws(SinkError) {
        try writeAll(line)
      } catch {
        state.failure = error
        throw error
      }
    }
  }

  /// What made the sink give up, if anything did.
  public var failure: SinkError? { state.withLock { $0.failure } }

  private func writeAll(_ line: [UInt8]) throws(SinkError) {
    var rest = line[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { bytes in
        unsafe Foundation.write(descriptor, bytes.baseAddress, bytes.count)
      }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if written < 0 && errno == EAGAIN {
        // Somebody else made the pipe non-blocking: wait until it takes more.
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        unsafe poll(&wait, 1, 1000)
      } else if written < 0 && errno != EINTR {
        throw SinkError("\(name): records cannot be written: \(SinkError.reason(errno))")
      }
    }
  }
}

/// Why records cannot be written.
public struct SinkError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }

  static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
