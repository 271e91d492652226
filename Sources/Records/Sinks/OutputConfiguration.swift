/// Where the records of a run go, and how they are kept there. A plain value.
public struct OutputConfiguration: Sendable, Hashable {
  /// The file or named pipe; standard output when nil.
  public var path: String?
  /// How records are written; all but JSON is for direct delivery alone.
  public var format = RecordFormat.json
  /// When the file gives way to a new one. Means nothing for what is not a regular file.
  public var rotation: Rotation
  /// When the system is asked to bring records to the disk at once.
  public var sync: SyncPolicy
  /// What may wait in memory while records cannot be written.
  public var queue: QueueLimits

  public init(
    path: String? = nil, rotation: Rotation = Rotation(), sync: SyncPolicy = .alerts,
    queue: QueueLimits = QueueLimits()
  ) {
    self.path = path
    self.rotation = rotation
    self.sync = sync
    self.queue = queue
  }

  /// When a file of records is renamed and begun anew, and how many of those renamed are kept.
  public struct Rotation: Sendable, Hashable {
    /// What a user may ask for.
    public static let bytesRange = 65_536...(1 << 50)
    public static let ageRange = 60.0...(3_660 * 86_400.0)
    public static let keepRange = 1...100_000

    /// The size that no file exceeds; nil for any.
    public var bytes: Int?
    /// Seconds since a file's first record after which the next record goes to a new one; nil for ever.
    public var age: Double?
    /// Renamed files kept beside the current one; the oldest goes first.
    public var keep: Int

    public init(bytes: Int? = nil, age: Double? = nil, keep: Int = 10) {
      self.bytes = bytes
      self.age = age
      self.keep = keep
    }

    /// Whether there is any rotation.
    public var isOn: Bool { bytes != nil || age != nil }
  }

  /// What may wait in memory. When there is more, the least important records go first: metrics and updates, then other
  /// events, alerts last.
  public struct QueueLimits: Sendable, Hashable {
    public var records: Int
    /// Of all their lines together.
    public var bytes: Int

    public init(records: Int = 10_000, bytes: Int = 8 << 20) {
      self.records = records
      self.bytes = bytes
    }
  }
}

/// When the system is asked to bring records to the disk at once, at the price of waiting for it.
public enum SyncPolicy: Sendable, Hashable {
  /// Never: the system writes when it sees fit, within half a minute as a rule.
  case never
  /// After each alert.
  case alerts
  /// After each record; records that wait together are brought to the disk together.
  case records
  /// At most so many seconds after a record.
  case every(Double)

  /// What a user may ask for as the seconds of `every`.
  public static let intervalRange = 0.1...3_600.0

  /// Whether the system is ever asked.
  public var isOn: Bool { self != .never }
}
