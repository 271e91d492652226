/// The keys of one section of the file. The reader knows no others, and the documented file and the schema are held
/// against these lists.
protocol ConfigurationKey: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  /// How the section is called in messages.
  static var section: String { get }
}

enum TopKey: String, ConfigurationKey {
  case streams, defaults, analysis, output, evidence, health, limits
  static let section = "the file"
}

/// What may differ from stream to stream: the keys of `defaults`, and of each stream.
enum SettingKey: String, ConfigurationKey {
  case fps
  case everyFrame = "every_frame"
  case keyFrames = "key_frames"
  case minFace = "min_face"
  case threshold, clearance, window
  case minBallots = "min_ballots"
  case margin, dwell
  case updateInterval = "update_interval"
  case cooldown, transport, weight
  case openTimeout = "open_timeout"
  case readTimeout = "read_timeout"
  case backoffMin = "backoff_min"
  case backoffMax = "backoff_max"
  case frozenAfter = "frozen_after"
  case blackAfter = "black_after"
  case evidence
  static let section = "defaults"
}

/// What only a stream has, beside the keys of `SettingKey`.
enum StreamKey: String, ConfigurationKey {
  case name, source, user, password
  case passwordFile = "password_file"
  case loop
  static let section = "a stream"
}

enum AnalysisKey: String, ConfigurationKey {
  case model
  case faceModels = "face_models"
  case threads
  static let section = "analysis"
}

enum OutputKey: String, ConfigurationKey {
  case file
  case rotateBytes = "rotate_bytes"
  case rotateAge = "rotate_age"
  case keep, fsync, queue
  case queueBytes = "queue_bytes"
  static let section = "output"
}

enum EvidenceKey: String, ConfigurationKey {
  case directory
  case maxBytes = "max_bytes"
  case maxAge = "max_age"
  case clipBefore = "clip_before"
  case clipAfter = "clip_after"
  static let section = "evidence"
}

enum HealthKey: String, ConfigurationKey {
  case listen, token
  case tokenFile = "token_file"
  case staleAfter = "stale_after"
  static let section = "health"
}

enum LimitKey: String, ConfigurationKey {
  case ringFrames = "ring_frames"
  case ringBytes = "ring_bytes"
  case statsInterval = "stats_interval"
  case stopTimeout = "stop_timeout"
  case pixels
  case mediaStreams = "media_streams"
  case probeBytes = "probe_bytes"
  case probeTime = "probe_time"
  static let section = "limits"
}

/// All keys there are, by section.
enum ConfigurationKeys {
  static let sections: [(name: String, keys: [String])] = [
    (TopKey.section, names(of: TopKey.self)),
    (SettingKey.section, names(of: SettingKey.self)),
    (StreamKey.section, names(of: StreamKey.self)),
    (AnalysisKey.section, names(of: AnalysisKey.self)),
    (OutputKey.section, names(of: OutputKey.self)),
    (EvidenceKey.section, names(of: EvidenceKey.self)),
    (HealthKey.section, names(of: HealthKey.self)),
    (LimitKey.section, names(of: LimitKey.self)),
  ]

  static func names<Key: ConfigurationKey>(of key: Key.Type) -> [String] { Key.allCases.map(\.rawValue) }

  /// Advice on a key that a section does not have: one of its own that looks like it, or where the key belongs.
  static func advice(on unknown: String, among known: [String]) -> String {
    if let likely = EditDistance.closest(to: unknown, among: known) { return "did you mean `\(likely)`?" }
    let word = unknown.lowercased().replacing("-", with: "_")
    if let home = sections.first(where: { $0.keys.contains(word) }) {
      return home.name == TopKey.section
        ? "`\(word)` is a section of its own, at the left margin" : "`\(word)` belongs in \(inPlace(home.name))"
    }
    return "known are \(known.sorted().joined(separator: ", "))"
  }

  private static func inPlace(_ section: String) -> String {
    switch section {
    case SettingKey.section: "`defaults`, or in a stream"
    case StreamKey.section: section
    default: "`\(section)`"
    }
  }
}
