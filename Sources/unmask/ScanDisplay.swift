internal import Analysis
internal import ArgumentParser
internal import Forensics
internal import Foundation
internal import Scan
internal import Synchronization

/// Shows how far a scan has come: drawn over and over on a terminal, or as a line of JSON each second. Everything goes to
/// standard error, from a thread of its own; who does the work only notes what happened.
final class ScanDisplay: ScanObserver {
  /// What the user asked for.
  enum Choice: String, ExpressibleByArgument, CaseIterable {
    case auto, json, none
  }

  private enum Form: Sendable { case drawing, json }

  private struct Screen {
    /// What stands there now, as it was drawn.
    var lines: [String] = []
    /// Whether others write to the same screen.
    var isAside = false
    var isOver = false
  }

  private let form: Form
  /// Whether records go to the screen that is drawn on.
  private let sharesScreen: Bool
  private let progress: Mutex<ScanProgress>
  private let screen = Mutex(Screen())
  private let wakeUp = DispatchSemaphore(value: 0)
  private let hasEnded = DispatchSemaphore(value: 0)

  /// Nil where nothing is to be shown.
  /// - Parameter writesToStandardOutput: whether that is where records go.
  init?(_ choice: Choice, writesToStandardOutput: Bool) {
    switch choice {
    case .none: return nil
    case .json: form = .json
    case .auto:
      guard Terminal.isDrawable else { return nil }
      form = .drawing
    }
    sharesScreen = form == .drawing && writesToStandardOutput && isatty(STDOUT_FILENO) == 1
    progress = Mutex(ScanProgress(at: Self.now))
  }

  func start() {
    startThread(named: "progress") { [self] in
      let pause = form == .json ? 1.0 : 0.2
      while wakeUp.wait(timeout: .now() + pause) == .timedOut { show() }
      hasEnded.signal()
    }
  }

  /// Says a sentence on a line of its own.
  func say(_ sentence: String) {
    screen.withLock { screen in
      erase(&screen)
      Diagnostics.say(sentence)
    }
  }

  /// The scan is over: takes the drawing away and leaves one line.
  func finish() {
    wakeUp.signal()
    hasEnded.wait()
    screen.withLock { screen in
      erase(&screen)
      screen.isOver = true
      let (progress, now) = (progress.withLock { $0 }, Self.now)
      switch form {
      case .json: Terminal.write(progress.line(at: now, isOver: true) + "\n")
      // Where the records are on the screen, they have said it.
      case .drawing: if !sharesScreen { Terminal.write(Self.layout.lastLine(of: progress, at: now) + "\n") }
      }
    }
  }

  private static var now: Double { ProcessInfo.processInfo.systemUptime }

  private static var layout: ProgressLines {
    let size = Terminal.size
    return ProgressLines(columns: size.columns, rows: size.rows, isColoured: Terminal.isColoured)
  }

  private func show() {
    let now = Self.now
    let progress = progress.withLock { progress in
      progress.mark(at: now)
      return progress
    }
    screen.withLock { screen in
      guard !screen.isAside, !screen.isOver else { return }
      switch form {
      case .json: Terminal.write(progress.line(at: now, isOver: false) + "\n")
      case .drawing: draw(Self.layout.lines(of: progress, at: now), on: &screen)
      }
    }
  }

  /// Draws over what stands there, in one piece, so that nothing flickers.
  private func draw(_ lines: [String], on screen: inout Screen) {
    let old = Self.rows(of: screen.lines)
    Terminal.write(Self.up(old) + lines.map { $0 + "\u{1B}[K\n" }.joined() + Self.cleared(old - lines.count))
    screen.lines = lines
  }

  private func erase(_ screen: inout Screen) {
    let rows = Self.rows(of: screen.lines)
    Terminal.write(Self.up(rows) + Self.cleared(rows))
    screen.lines = []
  }

  /// Rows that lines take. A window made narrower since has broken them.
  private static func rows(of lines: [String]) -> Int {
    let columns = Terminal.size.columns
    return lines.reduce(0) { $0 + max(1, (TerminalText.width(ofDrawn: $1) + columns - 1) / columns) }
  }

  private static func up(_ rows: Int) -> String { rows > 0 ? "\r\u{1B}[\(rows)A" : "" }

  /// Empties rows and comes back. One by one: a screen that is emptied as a whole goes to some terminals' history.
  private static func cleared(_ rows: Int) -> String {
    rows > 0 ? String(repeating: "\u{1B}[K\n", count: rows) + up(rows) : ""
  }

  // What happens

  func found(files: Int, bytes: Int, isComplete: Bool) {
    progress.withLock { $0.find(files: files, bytes: bytes, isComplete: isComplete) }
  }

  func began(_ path: String, bytes: Int, worker: Int) {
    progress.withLock { $0.begin(path, bytes: bytes, worker: worker) }
  }

  func opened(duration: Double?, worker: Int) { progress.withLock { $0.open(duration: duration, worker: worker) } }

  func reached(_ time: Double, worker: Int) { progress.withLock { $0.reach(time, worker: worker) } }

  func finished(label: Label?, hasFailed: Bool, isCached: Bool, worker: Int) {
    progress.withLock { $0.finish(label: label, hasFailed: hasFailed, isCached: isCached, worker: worker) }
  }

  func passedOver(worker: Int) { progress.withLock { $0.passOver(worker: worker) } }

  func willTell() {
    guard sharesScreen else { return }
    screen.withLock { screen in
      erase(&screen)
      screen.isAside = true
    }
  }

  func didTell() {
    guard sharesScreen else { return }
    screen.withLock { $0.isAside = false }
  }
}
