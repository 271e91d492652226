internal import Foundation

/// A place that lines go to. Whoever writes owns it alone.
protocol RecordOutlet: AnyObject {
  /// How people are told of it.
  var name: String { get }
  /// Another number whenever lines go to another file than before.
  var generation: Int { get }
  /// Whether nothing was in it when it was opened, and nothing has been written since.
  var isEmpty: Bool { get }

  /// Makes ready for the next line: opens what is not open or has been moved away, rotates what is due.
  /// - Parameters:
  ///   - count: bytes of the line.
  ///   - isInMidLine: whether part of it has been written already.
  /// - Returns: what has to be written before the line, if anything.
  func prepare(for count: Int, at time: Timestamp, isInMidLine: Bool) throws(SinkError) -> Prelude?
  /// Whether bytes are taken at once.
  func isWritable(within milliseconds: Int32) -> Bool
  /// Writes what is taken; returns the number of bytes, which may be 0.
  func write(_ bytes: ArraySlice<UInt8>) throws(SinkError) -> Int
  /// Puts one whole line in the place of a broken one.
  func replace(_ broken: BrokenLine, by line: [UInt8]) throws(SinkError)
  /// Asks the system to bring everything to the disk.
  func sync() throws(SinkError)
  /// Opens the path anew if another file lies there by now.
  func reopen()
}

/// What a file asks for before the next line.
enum Prelude: Sendable, Hashable {
  /// The file is empty: it needs a head.
  case head(reason: String, previous: String?)
  /// An earlier run left a line unfinished.
  case repair(BrokenLine)
}

/// Standard output.
final class StandardOutput: RecordOutlet {
  let name = "standard output"
  let generation = 0
  private(set) var isEmpty: Bool
  private let file: OpenFile?
  /// A named pipe gets a new reader when the old one is gone; an unnamed one never.
  private let mayBeReadAgain: Bool

  init(descriptor: Int32 = STDOUT_FILENO) {
    file = OpenFile(descriptor)
    isEmpty = file?.form != .regular || file?.size == 0
    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
    mayBeReadAgain = file?.form == .pipe && target?.hasPrefix("/") == true
  }

  func prepare(for count: Int, at time: Timestamp, isInMidLine: Bool) throws(SinkError) -> Prelude? {
    if file == nil { throw SinkError("\(name): is closed", reason: "closed", passes: false) }
    return nil
  }

  func isWritable(within milliseconds: Int32) -> Bool { file?.isWritable(within: milliseconds) ?? true }

  func write(_ bytes: ArraySlice<UInt8>) throws(SinkError) -> Int {
    switch file?.write(bytes) {
    case .success(let count):
      if count > 0 { isEmpty = false }
      return count
    case .failure(let failure):
      let error = SinkError(name, "records cannot be written", code: failure.code)
      throw SinkError(
        error.description, reason: error.reason, passes: failure.code == EPIPE ? mayBeReadAgain : error.passes)
    case nil: return 0
    }
  }

  func replace(_ broken: BrokenLine, by line: [UInt8]) throws(SinkError) {}
  func sync() throws(SinkError) {}
  func reopen() {}
}
