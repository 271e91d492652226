import Glibc
import Synchronization

/// How far a reader has come, for others to look at while it blocks: who watches a stream must be able to tell silence
/// from slowness without asking the thread that is stuck.
public final class ReaderProgress: Sendable {
  private let packetCount = Atomic<Int>(0)
  private let frameCount = Atomic<Int>(0)
  private let undecodableCount = Atomic<Int>(0)
  private let packetMicroseconds = Atomic<Int64>(0)
  private let frameMicroseconds = Atomic<Int64>(0)
  private let callMicroseconds = Atomic<Int64>(0)

  private let onFrame: (@Sendable (_ isSampled: Bool, _ decodeSeconds: Double) -> Void)?
  private let onDamage: (@Sendable () -> Void)?

  /// Both are called on the reading thread and should return within microseconds.
  /// - Parameters:
  ///   - onFrame: a frame came out of the decoder, which had computed for so long since the frame before.
  ///   - onDamage: a packet could not be decoded, or a frame came out damaged.
  public init(
    onFrame: (@Sendable (_ isSampled: Bool, _ decodeSeconds: Double) -> Void)? = nil,
    onDamage: (@Sendable () -> Void)? = nil
  ) {
    self.onFrame = onFrame
    self.onDamage = onDamage
  }

  /// Packets of the chosen video stream, and frames that came out of the decoder.
  public var packets: Int { packetCount.load(ordering: .relaxed) }
  public var frames: Int { frameCount.load(ordering: .relaxed) }
  /// Packets that could not be decoded, and frames that came out damaged.
  public var damaged: Int { undecodableCount.load(ordering: .relaxed) }

  /// When the last packet and the last frame came, in seconds of the monotonic clock; nil before the first.
  public var lastPacket: Double? { Self.seconds(packetMicroseconds.load(ordering: .relaxed)) }
  public var lastFrame: Double? { Self.seconds(frameMicroseconds.load(ordering: .relaxed)) }

  /// Since when the reader has computed or waited without a packet or a frame to show for it, in seconds of the monotonic
  /// clock; nil while nobody waits for it.
  public var busySince: Double? {
    guard let call = Self.seconds(callMicroseconds.load(ordering: .relaxed)) else { return nil }
    return max(call, lastPacket ?? 0, lastFrame ?? 0)
  }

  /// Seconds of the monotonic clock.
  public static var clock: Double { Double(now()) * 1e-6 }

  /// Somebody waits for the reader from now on, and does not any more.
  func enter() { callMicroseconds.store(Self.now(), ordering: .relaxed) }
  func leave() { callMicroseconds.store(0, ordering: .relaxed) }

  func notePacket() {
    packetCount.add(1, ordering: .relaxed)
    packetMicroseconds.store(Self.now(), ordering: .relaxed)
  }

  func noteFrame() {
    frameCount.add(1, ordering: .relaxed)
    frameMicroseconds.store(Self.now(), ordering: .relaxed)
  }

  func tell(isSampled: Bool, decodeSeconds: Double) { onFrame?(isSampled, decodeSeconds) }

  func noteDamage() {
    undecodableCount.add(1, ordering: .relaxed)
    onDamage?()
  }

  private static func seconds(_ microseconds: Int64) -> Double? {
    microseconds == 0 ? nil : Double(microseconds) * 1e-6
  }

  private static func now() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
