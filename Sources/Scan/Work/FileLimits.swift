internal import Media

/// What one file may cost. A file that reaches a limit is left; what was found in it until then stands.
public struct FileLimits: Sendable, Hashable {
  /// Seconds for everything that is done with it, its analysis included; nil for any number.
  public var seconds: Double?
  /// Seconds that FFmpeg may compute without a packet or a picture to show for it.
  public var patience = 60.0
  /// Seconds for which the end of a file that was told to end is waited for.
  public var grace = 5.0

  public init() {}
}

/// What is left of the time that a file may take. It runs while the file is in work, not while it waits for others.
struct FileClock: Sendable {
  private let clock = ContinuousClock()
  private let limit: Double?
  private var begin: ContinuousClock.Instant

  init(_ limits: FileLimits) {
    limit = limits.seconds
    begin = clock.now
  }

  /// Seconds that the file has taken.
  var spent: Double { (clock.now - begin) / .seconds(1) }

  /// Seconds that it may still take; nil where there is no limit.
  var left: Double? { limit.map { max(0, $0 - spent) } }

  var isOver: Bool { left == 0 }

  /// Does what is not the file's own fault.
  mutating func pause<T>(_ wait: () -> T) -> T {
    let before = clock.now
    defer { begin += clock.now - before }
    return wait()
  }

  /// Why a file was left that took too long.
  func failure(of path: String) -> LedgerFailure {
    LedgerFailure(
      .timeLimit, "\(path) took more than the \(ReportWords.short(limit ?? 0, 3)) s allowed; the rest is not looked at")
  }
}
