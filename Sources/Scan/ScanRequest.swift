internal import Foundation

/// What one scan is asked to do, beside how footage is analysed.
public struct ScanRequest: Sendable {
  /// Files, folders, image sequences, URLs.
  public var paths: [String]
  /// A file with further paths, or `-` for standard input.
  public var filesFrom: String?
  /// Whether zero bytes, not newlines, end the paths in it.
  public var isNullSeparated = false
  public var walk = WalkOptions()
  /// `walk.since` as it was asked for: an age stands for another time in every run.
  public var sinceText: String?
  /// Videos shorter than this, in seconds, are passed over.
  public var minimumDuration: Double?
  /// Files in work at once.
  public var jobs = 1
  /// What one file may cost.
  public var limits = FileLimits()
  /// Whether to look at key frames first, and closer only where they showed something.
  public var isQuick = false
  /// Whether every file's content is read again to tell whether it has changed, and not only when its size or times did.
  public var rehashes = false
  /// Whether the ledger keeps pictures of the faces.
  public var keepsPictures = true

  public init(paths: [String]) { self.paths = paths }

  /// What makes a later run the same one: a JSON object with its keys in order. How fast it goes is no part of it.
  var identity: String {
    struct Identity: Encodable {
      let folder: String
      let paths: [String]
      let filesFrom: String?
      let follow, hidden: Bool
      let include, exclude: [String]
      let since: String?
      let minimumDuration: Double?
      let shard: String?
    }
    let identity = Identity(
      folder: FileManager.default.currentDirectoryPath, paths: paths, filesFrom: filesFrom, follow: walk.followsLinks,
      hidden: walk.takesHidden, include: walk.include.map(\.text), exclude: walk.exclude.map(\.text),
      since: sinceText, minimumDuration: minimumDuration, shard: walk.shard?.description)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return (try? encoder.encode(identity)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
