internal import Foundation

/// Which contents are in work: of two copies of a file only one is analysed, the other waits for what it finds.
final class ContentClaims: @unchecked Sendable {
  // Sendable: `claimed` is touched only with `condition` locked.
  private let condition = NSCondition()
  private var claimed: Set<String> = []

  /// Waits until nobody works on a content, then claims it.
  func claim(_ sha256: String) {
    condition.lock()
    while claimed.contains(sha256) { condition.wait() }
    claimed.insert(sha256)
    condition.unlock()
  }

  func release(_ sha256: String) {
    condition.lock()
    claimed.remove(sha256)
    condition.broadcast()
    condition.unlock()
  }
}
