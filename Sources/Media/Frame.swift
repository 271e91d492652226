import CFFmpeg
import Synchronization

/// One sampled picture, still in the decoder's own planes. Immutable; keeps one reference to the decoder's memory.
///
/// Unchecked: nobody writes to the AVFrame after `init`, and reference counts of its buffers are atomic.
@safe public final class Frame: @unchecked Sendable {
  /// Seconds of media time since the source's start. Never decreases from frame to frame.
  public let time: Double
  /// When it was decoded, in Unix seconds.
  public let arrival: Double
  /// The picture as it is to be shown: turned upright, with square pixels.
  public let size: PixelSize
  public let isKeyFrame: Bool
  /// The decoder flagged it or had to conceal errors in it, or it is built upon such a frame.
  public let isCorrupt: Bool
  /// The number of the section that it belongs to; 0 where the source is not divided.
  public let section: Int
  /// Bytes of picture memory that this frame keeps alive.
  public let byteCount: Int
  /// Unlike that of any other frame of this process.
  let serial: Int
  let orientation: Orientation
  private let shell: UnsafeMutablePointer<AVFrame>

  private static let alive = Atomic<Int>(0)
  private static let serials = Atomic<Int>(0)

  /// Frames not yet released, in the whole process: for tests and metrics.
  public static var liveCount: Int { alive.load(ordering: .relaxed) }

  /// Takes the reference out of `decoded`, which is empty afterwards. `pixelAspect` is width over height of one pixel.
  init(
    taking decoded: UnsafeMutablePointer<AVFrame>, time: Double, arrival: Double, orientation: Orientation,
    pixelAspect: Double, refersToDamage: Bool = false, section: Int = 0
  ) {
    unsafe shell = FrameShells.shared.take()
    unsafe av_frame_move_ref(shell, decoded)
    self.time = time
    self.arrival = arrival
    self.section = section
    self.orientation = orientation
    size = DisplayGeometry.size(
      stored: unsafe PixelSize(width: Int(shell.pointee.width), height: Int(shell.pointee.height)),
      orientation: orientation, pixelAspect: pixelAspect)
    isKeyFrame = unsafe unmask_frame_is_key(shell) != 0
    isCorrupt = unsafe refersToDamage || unmask_frame_is_corrupt(shell) != 0
    byteCount = Int(unsafe unmask_frame_bytes(shell))
    serial = Self.serials.add(1, ordering: .relaxed).newValue
    Self.alive.add(1, ordering: .relaxed)
  }

  deinit {
    unsafe FrameShells.shared.put(shell)
    Self.alive.subtract(1, ordering: .relaxed)
  }

  /// Lends the planes. The pointer is good inside `body` only.
  func withPlanes<R>(_ body: (UnsafePointer<AVFrame>) -> R) -> R { unsafe body(shell) }

  /// The picture as stored.
  public var codedSize: PixelSize {
    unsafe PixelSize(width: Int(shell.pointee.width), height: Int(shell.pointee.height))
  }
}

/// Empty AVFrames kept for reuse.
///
/// Unchecked: the pointers are only touched by whoever took them out.
@safe private final class FrameShells: @unchecked Sendable {
  static let shared = FrameShells()
  private let most = 64
  private let lock = Mutex(())
  private var shells: [UnsafeMutablePointer<AVFrame>] = unsafe []

  func take() -> UnsafeMutablePointer<AVFrame> {
    if let shell = unsafe lock.withLock({ _ in unsafe shells.popLast() }) { return unsafe shell }
    guard let shell = unsafe av_frame_alloc() else { fatalError("out of memory") }
    return unsafe shell
  }

  /// Drops the reference to the picture and keeps the shell.
  func put(_ shell: UnsafeMutablePointer<AVFrame>) {
    unsafe av_frame_unref(shell)
    let isKept = lock.withLock { _ in
      guard unsafe shells.count < most else { return false }
      unsafe shells.append(shell)
      return true
    }
    guard !isKept else { return }
    var surplus: UnsafeMutablePointer<AVFrame>? = unsafe shell
    unsafe av_frame_free(&surplus)
  }
}

/// How stored pixels become shown ones.
enum DisplayGeometry {
  /// The shown size: the shorter pixel side is stretched, so that no stored pixel is lost, then the picture is turned.
  static func size(stored: PixelSize, orientation: Orientation, pixelAspect: Double) -> PixelSize {
    var size = stored
    if pixelAspect > 1 {
      size.width = Int((Double(size.width) * pixelAspect).rounded())
    } else if pixelAspect < 1, pixelAspect > 0 {
      size.height = Int((Double(size.height) / pixelAspect).rounded())
    }
    return orientation.swapsAxes ? PixelSize(width: size.height, height: size.width) : size
  }

  /// `ratio` as a number, 1 when it is unknown or so far from square that it must be a mistake.
  static func pixelAspect(_ ratio: AVRational) -> Double {
    guard ratio.num > 0, ratio.den > 0 else { return 1 }
    let aspect = Double(ratio.num) / Double(ratio.den)
    return (1.0 / 8...8).contains(aspect) ? aspect : 1
  }
}
