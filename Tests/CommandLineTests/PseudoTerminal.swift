import Foundation
import Synchronization
import Testing

/// A terminal of a test's own: what a program writes to it is kept.
final class PseudoTerminal: Sendable {
  private let master: Int32
  /// The end that a program writes to.
  let slave: FileHandle
  private let received: Received

  private final class Received: Sendable {
    let bytes = Mutex([UInt8]())
    let isOver = DispatchSemaphore(value: 0)
  }

  init(columns: UInt16, rows: UInt16) throws {
    var ends: (master: Int32, slave: Int32) = (-1, -1)
    let status = unsafe openpty(&ends.master, &ends.slave, nil, nil, nil)
    try #require(status == 0)
    master = ends.master
    slave = FileHandle(fileDescriptor: ends.slave, closeOnDealloc: true)
    received = Received()
    resize(columns: columns, rows: rows)
    Thread.detachNewThread { [master, received] in Self.read(master, into: received) }
  }

  deinit { close(master) }

  func resize(columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// Everything so far.
  var text: String { received.bytes.withLock { String(decoding: $0, as: UTF8.self) } }

  /// Waits until everything is here that was written by programs that have ended.
  func finish() throws {
    try slave.close()
    try #require(received.isOver.wait(timeout: .now() + 20) == .success, "somebody still writes")
  }

  private static func read(_ master: Int32, into received: Received) {
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes { unsafe Foundation.read(master, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      received.bytes.withLock { $0 += piece[..<count] }
    }
    received.isOver.signal()
  }
}
