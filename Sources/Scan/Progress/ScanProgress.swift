public import Forensics

/// How far a scan has come. A pure value: what happens is told to it, with the time at which it does, in seconds of any
/// clock that only goes forward.
public struct ScanProgress: Sendable {
  /// A file in work.
  public struct Work: Sendable, Hashable {
    public let path: String
    public let bytes: Int
    /// Seconds of media, and how many of them have been looked at.
    public internal(set) var duration: Double?
    public internal(set) var reached = 0.0

    /// What lies behind, 0...1; nil where nobody can tell.
    public var share: Double? {
      guard let duration, duration > 0 else { return nil }
      return min(max(reached / duration, 0), 1)
    }

    var bytesDone: Double { (share ?? 0) * Double(bytes) }
  }

  /// Files and their bytes.
  public struct Amount: Sendable, Hashable {
    public var files = 0
    public var bytes = 0
  }

  /// What has been counted so far, and whether that is all.
  public private(set) var found = Amount()
  public private(set) var isComplete = false
  public private(set) var done = Amount()
  /// Of the files done, those that the ledger knew, those that are manipulated, those that could not be read.
  public private(set) var cached = 0
  public private(set) var findings = 0
  public private(set) var failed = 0
  /// Seconds of media looked at.
  public private(set) var mediaSeconds = 0.0
  /// By the number of the worker; nil for one that rests.
  public private(set) var workers: [Work?] = []
  private let began: Double
  private var marks: [Mark]

  /// Where the scan stood at one moment.
  private struct Mark: Sendable {
    let time: Double
    let bytes: Double
    let media: Double
  }

  /// Seconds over which speeds are taken, and between two marks.
  private static let window = 30.0
  private static let beat = 1.0

  public init(at now: Double) {
    began = now
    marks = [Mark(time: now, bytes: 0, media: 0)]
  }

  // What happens

  public mutating func find(files: Int, bytes: Int, isComplete: Bool) {
    found = Amount(files: files, bytes: bytes)
    self.isComplete = isComplete
  }

  public mutating func begin(_ path: String, bytes: Int, worker: Int) {
    while workers.count <= worker { workers.append(nil) }
    workers[worker] = Work(path: path, bytes: bytes)
  }

  public mutating func open(duration: Double?, worker: Int) {
    guard workers.indices.contains(worker) else { return }
    workers[worker]?.duration = duration
  }

  public mutating func reach(_ time: Double, worker: Int) {
    guard workers.indices.contains(worker), let work = workers[worker] else { return }
    // A second look at the same file begins at its start.
    mediaSeconds += max(0, time - work.reached)
    workers[worker]?.reached = time
  }

  public mutating func finish(label: Label?, hasFailed: Bool, isCached: Bool, worker: Int) {
    done.files += 1
    if label == .fake { findings += 1 }
    if hasFailed { failed += 1 }
    if isCached { cached += 1 }
    rest(worker)
  }

  public mutating func passOver(worker: Int) {
    done.files += 1
    rest(worker)
  }

  private mutating func rest(_ worker: Int) {
    guard workers.indices.contains(worker) else { return }
    done.bytes += workers[worker]?.bytes ?? 0
    workers[worker] = nil
  }

  /// Notes where the scan stands, for the speeds. Called from time to time.
  public mutating func mark(at now: Double) {
    guard let last = marks.last, now - last.time >= Self.beat else { return }
    marks.append(Mark(time: now, bytes: bytesDone, media: mediaSeconds))
    // One that is just outside stays, so that the window is full.
    while marks.count > 2, now - marks[1].time >= Self.window { marks.removeFirst() }
  }

  // What can be said of it

  /// Bytes of the files that are done, and of the others as far as they have come.
  public var bytesDone: Double { workers.reduce(Double(done.bytes)) { $0 + ($1?.bytesDone ?? 0) } }

  public func elapsed(at now: Double) -> Double { now - began }

  /// Seconds of media looked at in a second, of late; nil before there is anything to go by.
  public func speed(at now: Double) -> Double? {
    guard let first = marks.first, now - first.time >= Self.beat, mediaSeconds > first.media else { return nil }
    return (mediaSeconds - first.media) / (now - first.time)
  }

  /// Seconds until everything is done if it goes on as of late; nil while not everything has been counted.
  public func left(at now: Double) -> Double? {
    guard isComplete, let first = marks.first, now - first.time >= Self.beat else { return nil }
    let (rate, left) = ((bytesDone - first.bytes) / (now - first.time), Double(found.bytes) - bytesDone)
    if done.files >= found.files { return 0 }
    return rate > 0 ? max(0, left / rate) : nil
  }
}
