import CFFmpeg

/// Ends a reader's blocking calls: at its deadline, or when any thread calls `cancel()`.
///
/// Unchecked: the memory behind `watchdog` is two C atomics, and the pointer never changes.
@safe public final class Canceller: @unchecked Sendable {
  private let watchdog: OpaquePointer

  enum State { case calm, expired, cancelled }

  public init() {
    guard let watchdog = unsafe unmask_watchdog_alloc() else { fatalError("out of memory") }
    unsafe self.watchdog = watchdog
  }

  deinit { unsafe unmask_watchdog_free(watchdog) }

  /// Makes the call that blocks now, and every later one, throw `.cancelled`. Not undone.
  public func cancel() { unsafe unmask_watchdog_cancel(watchdog) }

  public var isCancelled: Bool { state == .cancelled }

  var state: State {
    switch unsafe unmask_watchdog_state(watchdog) {
    case Int32(UNMASK_WATCHDOG_CANCELLED): .cancelled
    case Int32(UNMASK_WATCHDOG_EXPIRED): .expired
    default: .calm
    }
  }

  /// Allows `seconds` from now.
  func arm(seconds: Double) { unsafe unmask_watchdog_arm(watchdog, Int64(min(max(seconds, 0), 1e9) * 1_000_000)) }

  /// Lets what must still be said at the end be said, also after a cancellation, within `seconds`.
  func allowClosing(seconds: Double) {
    unsafe unmask_watchdog_allow_closing(watchdog, Int64(seconds * 1_000_000))
  }

  func disarm() { unsafe unmask_watchdog_arm(watchdog, -1) }

  /// Whether whatever blocks has to end, by the clock or because someone cancelled.
  func interrupts() -> Bool { unsafe unmask_watchdog_check(watchdog) != 0 }

  /// The context must be closed before this object goes.
  func attach(to context: UnsafeMutablePointer<AVFormatContext>) {
    unsafe unmask_watchdog_attach(watchdog, context)
  }

  /// Takes over `descriptor`, on failure too.
  func input(from descriptor: Int32, seekable: Bool) -> UnsafeMutablePointer<AVIOContext>? {
    unsafe unmask_io_alloc(descriptor, seekable ? 1 : 0, watchdog)
  }
}
