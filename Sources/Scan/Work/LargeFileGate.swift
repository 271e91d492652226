internal import Foundation
internal import Media

/// Lets one file at a time be decoded of those whose pictures are so large that two would not fit into the memory that a
/// scan may take.
final class LargeFileGate: @unchecked Sendable {
  // Sendable: `isTaken` is touched only with `condition` locked.
  private let condition = NSCondition()
  private var isTaken = false

  /// Bytes that a decoder may need for its pictures.
  private static let large = 160 << 20

  /// Whether a file has to pass here. A decoder of moving pictures holds those that others are made from.
  static func isLarge(_ info: VideoInfo) -> Bool {
    let pixels = info.codedSize?.pixels ?? 0
    return pixels * 4 * (info.isStill ? 1 : 3) > large
  }

  /// Waits for its turn.
  /// - Returns: false when the wait was given up.
  func enter(unless isStopped: () -> Bool) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while isTaken {
      if isStopped() { return false }
      _ = condition.wait(until: Date(timeIntervalSinceNow: 0.1))
    }
    isTaken = true
    return true
  }

  func leave() {
    condition.lock()
    isTaken = false
    condition.broadcast()
    condition.unlock()
  }
}
