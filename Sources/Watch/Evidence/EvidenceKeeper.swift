internal import Dispatch
internal import Forensics
internal import Foundation
internal import Media
internal import Synchronization

/// Keeps the evidence of alerts: writes pictures and clips into the folder, on a queue of its own, and sees that the
/// folder stays within its bounds.
///
/// Evidence is an extra: when it cannot be written that is said once, until it can be written again, and nothing waits
/// for a disk that hangs.
final class EvidenceKeeper: Sendable {
  /// Seconds after which a record leaves without its picture.
  static let patience = 2.0
  /// Pictures and clips that may wait to be written.
  static let mostWaiting = 64
  /// Seconds between two looks at the folder, and at the clips that are not over yet.
  static let tidyInterval = 60.0
  static let clipInterval = 0.5

  /// A clip whose end has not come yet.
  private struct Clip {
    let history: PacketHistory
    let path: String
    let start, end: Double
    /// By this moment of the monotonic clock it is written as far as it goes.
    let deadline: Double
  }

  private struct State {
    var folder: EvidenceFolder?
    var hasFailed = false
    var clips: [Clip] = []
  }

  private let queue = DispatchQueue(label: "evidence")
  private let timers = DispatchQueue(label: "evidence-timers")
  /// Touched on `queue` alone; the lock is for the compiler's peace of mind.
  private let state = Mutex(State())
  private let configuration: Mutex<EvidenceConfiguration>
  private let waiting = Atomic<Int>(0)
  private let complain: @Sendable (String) -> Void

  /// - Parameter complain: told in one sentence that evidence cannot be kept.
  init(_ configuration: EvidenceConfiguration, complain: @escaping @Sendable (String) -> Void) {
    self.configuration = Mutex(configuration)
    self.complain = complain
    apply(configuration)
    scheduleTidying()
  }

  /// Keeps evidence elsewhere, or other amounts of it, from now on.
  func configure(_ next: EvidenceConfiguration) {
    let isOther = configuration.withLock { current in
      defer { current = next }
      return current != next
    }
    if isOther { apply(next) }
  }

  private func apply(_ configuration: EvidenceConfiguration) {
    queue.async { [self] in
      state.withLock { state in
        state.folder = configuration.directory.map {
          EvidenceFolder(root: $0, mostBytes: configuration.maximumBytes, longestAge: configuration.maximumAge)
        }
        state.folder?.tidy(now: Self.wallClock())
      }
    }
  }

  private func scheduleTidying() {
    queue.asyncAfter(deadline: .now() + Self.tidyInterval) { [weak self] in
      guard let self else { return }
      state.withLock { $0.folder?.tidy(now: Self.wallClock()) }
      scheduleTidying()
    }
  }

  // Pictures

  /// Writes a picture of the face and its mask; one of the same name is replaced.
  /// - Returns: its path within the folder; nil when it could not be written in time.
  func keep(_ exhibit: Exhibit, as name: EvidenceName) async -> String? {
    guard configuration.withLock({ $0.directory }) != nil, enqueue() else { return nil }
    let path = name.path(.png)
    return await withCheckedContinuation { continuation in
      let answer = Answer(continuation)
      timers.asyncAfter(deadline: .now() + Self.patience) { answer.give(nil) }
      queue.async { [self] in
        defer { waiting.subtract(1, ordering: .relaxed) }
        let isWritten = write(to: path) { () throws(MediaError) in try exhibit.sideBySide.encoded(as: .png) }
        answer.give(isWritten ? path : nil)
      }
    }
  }

  // Clips

  /// Promises a clip of the video around this moment; it is written when its end has come.
  /// - Returns: its path within the folder; nil when there will be none.
  func keepClip(of history: PacketHistory, as name: EvidenceName) -> String? {
    let configuration = configuration.withLock { $0 }
    guard configuration.directory != nil, let kind = history.fileExtension.flatMap(EvidenceName.Kind.init(rawValue:)),
      enqueue()
    else { return nil }
    let moment = history.now
    let clip = Clip(
      history: history, path: name.path(kind), start: moment - configuration.clipBefore,
      end: moment + configuration.clipAfter, deadline: MonotonicClock.seconds() + configuration.clipAfter + 5)
    queue.async { [self] in
      let isFirst = state.withLock { state in
        state.clips.append(clip)
        return state.clips.count == 1
      }
      if isFirst { look() }
    }
    return clip.path
  }

  /// Writes the clips whose end has come, and looks again later if there are others.
  private func look(isLast: Bool = false) {
    let now = MonotonicClock.seconds()
    let due = state.withLock { state in
      let isDue = { (clip: Clip) in
        isLast || clip.history.now >= clip.end || clip.history.hasEnded || now >= clip.deadline
      }
      defer { state.clips.removeAll(where: isDue) }
      return state.clips.filter(isDue)
    }
    for clip in due {
      write(to: clip.path) { () throws(MediaError) in try clip.history.clip(from: clip.start, to: clip.end) }
      waiting.subtract(1, ordering: .relaxed)
    }
    guard state.withLock({ !$0.clips.isEmpty }) else { return }
    queue.asyncAfter(deadline: .now() + Self.clipInterval) { [weak self] in self?.look() }
  }

  /// Writes what waits, as far as it goes. Blocks: not for a thread of the cooperative pool.
  func close() { queue.sync { look(isLast: true) } }

  // What both share

  private func enqueue() -> Bool {
    guard waiting.add(1, ordering: .relaxed).newValue > Self.mostWaiting else { return true }
    waiting.subtract(1, ordering: .relaxed)
    return false
  }

  @discardableResult
  private func write(to path: String, _ content: () throws(MediaError) -> [UInt8]) -> Bool {
    do throws(MediaError) {
      let content = try content()
      try state.withLock { state throws(MediaError) in
        try state.folder?.write(content, to: path, now: Self.wallClock())
        state.hasFailed = false
      }
      return true
    } catch {
      let isNews = state.withLock { state in
        defer { state.hasFailed = true }
        return !state.hasFailed
      }
      if isNews { complain("evidence cannot be kept: \(error.message); the watch goes on without") }
      return false
    }
  }

  private static func wallClock() -> Double { Date().timeIntervalSince1970 }
}

/// An answer that is given once: by the work, or by the clock.
private final class Answer: Sendable {
  private let continuation: Mutex<CheckedContinuation<String?, Never>?>

  init(_ continuation: CheckedContinuation<String?, Never>) { self.continuation = Mutex(continuation) }

  func give(_ answer: String?) {
    let continuation = continuation.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    continuation?.resume(returning: answer)
  }
}
