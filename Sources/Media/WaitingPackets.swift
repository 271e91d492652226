import CFFmpeg

/// Packets of a live stream that wait until a picture is due. When a key picture comes meanwhile, those before it are
/// never decoded: of two seconds with one key picture, one sample a second needs but half.
///
/// The pictures that are taken are the same to the bit. It works for streams without pictures that are shown in another
/// order than they are decoded in, which is what cameras send; for others it steps aside.
struct WaitingPackets {
  /// Seconds after which something is decoded although nothing is due: damage must not stay hidden.
  static let longest = 1.0

  private let keyPicture: KeyPicture
  private var clock: PresentationClock
  private var schedule: SamplingSchedule
  private var waiting: [StoredPacket] = []
  private var released: [StoredPacket] = []
  private var lastRelease = -Double.infinity
  private var lastStamp = -Double.infinity
  private var isInOrder = true

  /// - Parameters:
  ///   - clock, schedule: as they are before the first frame.
  init(keyPicture: KeyPicture, clock: PresentationClock, schedule: SamplingSchedule) {
    self.keyPicture = keyPicture
    self.clock = clock
    self.schedule = schedule
  }

  /// Takes a packet in.
  /// - Parameter stamp: when its picture is to be shown, seconds; nil if it does not say.
  /// - Returns: how many packets will never be decoded because of it.
  mutating func add(_ packet: UnsafePointer<AVPacket>, stamp: Double?) -> Int {
    guard let stored = unsafe StoredPacket(packet, place: 0, offset: 0) else { return 0 }
    if let stamp {
      if stamp < lastStamp, lastStamp - stamp < PresentationClock.jitter { isInOrder = false }
      lastStamp = stamp
    }
    let time = clock.time(ofFrameStamped: stamp)
    let isDue = schedule.takes(frameAt: time) || time - lastRelease >= Self.longest
    var passed = 0
    if isInOrder, !waiting.isEmpty, unsafe keyPicture.isKey(packet) {
      passed = waiting.count
      waiting = []
    }
    waiting.append(stored)
    if isDue || !isInOrder {
      lastRelease = time
      released += waiting
      waiting = []
    }
    return passed
  }

  /// The next packet to decode, if one is due.
  mutating func next() -> StoredPacket? { released.isEmpty ? nil : released.removeFirst() }

  /// The stream is over: how many packets will never be decoded.
  mutating func finish() -> Int {
    defer { waiting = [] }
    return waiting.count
  }
}
