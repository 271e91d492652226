import CFFmpeg
import Synchronization

/// The last seconds of a source's video as they came, undecoded, so that a clip can be cut out when something has
/// happened. A reader fills it; any thread may cut.
///
/// It begins at a key frame and is bounded in seconds and in bytes: what is too old goes by whole groups of pictures, so
/// that what stays can be decoded.
public final class PacketHistory: Sendable {
  /// Bytes of packets that are kept for one source, whatever its rate.
  public static let mostBytes = 24 << 20

  private struct State {
    var format: StoredFormat?
    var clock: PacketClock?
    var packets: [StoredPacket] = []
    var bytes = 0
    var hasEnded = false
  }

  private let seconds: Double
  private let mostBytes: Int
  private let state = Mutex(State())

  /// - Parameter seconds: what is older is let go.
  public init(seconds: Double, mostBytes: Int = PacketHistory.mostBytes) {
    self.seconds = seconds
    self.mostBytes = mostBytes
  }

  // For the reader

  func begin(_ stream: UnsafeMutablePointer<AVStream>) {
    let base = unsafe stream.pointee.time_base
    let rate = unsafe stream.pointee.avg_frame_rate
    let ticks = base.num > 0 && base.den > 0 ? Double(base.den) / Double(base.num) : 90_000
    let frames = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 25
    let format = unsafe StoredFormat(stream)
    state.withLock { state in
      state.format = format
      state.clock = PacketClock(rate: ticks, step: Int64(min(max(ticks / frames, 1), 1e9)))
    }
  }

  func add(_ packet: UnsafePointer<AVPacket>) {
    // What is let go is freed out here, without the lock.
    let old: [StoredPacket] = state.withLock { state in
      guard var clock = state.clock, state.format != nil else { return [] }
      let decoding = unsafe packet.pointee.dts
      let presentation = unsafe packet.pointee.pts
      let stamp = decoding != unmask_no_pts() ? decoding : presentation != unmask_no_pts() ? presentation : nil
      let place = clock.place(stamp)
      state.clock = clock
      guard let stored = unsafe StoredPacket(packet, place: place, offset: clock.offset) else { return [] }
      guard !state.packets.isEmpty || stored.isKeyFrame else { return [] }
      state.packets.append(stored)
      state.bytes += stored.byteCount
      return forget(&state)
    }
    _ = old.count
  }

  /// Nothing more will come; what is there stays.
  public func end() { state.withLock { $0.hasEnded = true } }

  /// Takes out the groups of pictures that are too old or too many.
  private func forget(_ state: inout State) -> [StoredPacket] {
    guard let newest = state.packets.last, let rate = state.clock?.rate else { return [] }
    var gone = 0
    while let next = state.packets[(gone + 1)...].firstIndex(where: \.isKeyFrame) {
      guard Double(newest.place - state.packets[next].place) >= seconds * rate || state.bytes > mostBytes else { break }
      state.bytes -= state.packets[gone..<next].reduce(0) { $0 + $1.byteCount }
      gone = next
    }
    // A single group that is larger than everything allowed begins anew at the next key frame.
    if gone == 0, state.bytes > mostBytes { gone = state.packets.count }
    guard gone > 0 else { return [] }
    let old = Array(state.packets[..<gone])
    state.packets.removeFirst(gone)
    if state.packets.isEmpty { state.bytes = 0 }
    return old
  }

  // For those who cut

  /// Seconds of video that have come so far: the moment of the newest packet.
  public var now: Double { state.withLock { seconds(of: $0.clock?.now ?? 0, $0) } }

  public var hasEnded: Bool { state.withLock { $0.hasEnded } }

  /// The bytes of packets kept.
  public var byteCount: Int { state.withLock { $0.bytes } }

  /// The end of the name of a file with a clip: `mp4` where the codec allows, else `mkv`. Nil before anything came.
  public var fileExtension: String? {
    state.withLock { $0.format }.map { $0.fitsMP4 ? "mp4" : "mkv" }
  }

  /// The packets from the last key frame before `start` on, up to `end`, as the bytes of a file.
  /// - Throws: `MediaError` when there is nothing, or the container refuses it.
  public func clip(from start: Double, to end: Double) throws(MediaError) -> [UInt8] {
    let cut: (format: StoredFormat, packets: [StoredPacket], step: Int64)? = state.withLock { state in
      guard let format = state.format, let clock = state.clock else { return nil }
      let first = state.packets.lastIndex { $0.isKeyFrame && seconds(of: $0.place, state) <= start } ?? 0
      let packets = state.packets[first...].prefix { seconds(of: $0.place, state) <= end }
      return packets.isEmpty ? nil : (format, Array(packets), clock.step)
    }
    guard let cut else { throw MediaError(.noVideo, "there is no video left of that moment") }
    return try ClipFile.bytes(of: cut.packets, cut.format, step: cut.step)
  }

  private func seconds(of place: Int64, _ state: State) -> Double { Double(place) / (state.clock?.rate ?? 1) }
}
