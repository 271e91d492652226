internal import Foundation
internal import Synchronization

/// One line on a terminal's standard error that is drawn over and over; silent where standard error is no terminal.
final class ProgressBar: Sendable {
  private let isShown: Bool
  private let clock = ContinuousClock()
  private let drawn = Mutex<ContinuousClock.Instant?>(nil)

  init() {
    isShown = Terminal.isDrawable
  }

  /// Draws the bar, at most five times a second.
  /// - Parameters:
  ///   - fraction: what lies behind, 0...1.
  ///   - words: what stands beside the bar.
  func show(_ fraction: Double, _ words: @autoclosure () -> String) {
    guard isShown else { return }
    let now = clock.now
    let isDue = drawn.withLock { drawn in
      if let last = drawn, last.duration(to: now) < .milliseconds(200) { return false }
      drawn = now
      return true
    }
    guard isDue else { return }
    let line = Self.line(fraction, words(), width: Terminal.size.columns)
    Terminal.write("\r\u{1B}[K" + line)
  }

  /// Says a sentence on a line of its own; the bar is drawn again below it with the next step.
  func say(_ sentence: String) {
    clear()
    Diagnostics.say(sentence)
  }

  /// Takes the bar away.
  func clear() {
    guard isShown, drawn.withLock({ $0.take() }) != nil else { return }
    Terminal.write("\r\u{1B}[K")
  }

  /// `████████░░░░ 62% words`, cut to the terminal's width.
  static func line(_ fraction: Double, _ words: String, width: Int) -> String {
    let share = min(max(fraction, 0), 1)
    let cells = 20
    let full = Int(share * Double(cells))
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
    return String("\(bar) \(Int(share * 100))% \(words)".prefix(max(width - 1, 1)))
  }
}
