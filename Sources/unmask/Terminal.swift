internal import Foundation

/// Standard error as a terminal that can be drawn on.
enum Terminal {
  /// Whether it is one.
  static var isDrawable: Bool {
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"].map { $0 != "dumb" } ?? true
  }

  /// Whether colours are welcome (no-color.org).
  static var isColoured: Bool { (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty }

  /// Asked anew each time: a window may be resized.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    let status = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
    return status == 0 && size.ws_col > 0 && size.ws_row > 0 ? (Int(size.ws_col), Int(size.ws_row)) : (80, 24)
  }

  static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
