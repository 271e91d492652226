internal import Foundation
internal import Media

/// What is done to the footage before it is judged.
struct Condition: Sendable, Hashable {
  /// As reports and score files name it.
  let name: String
  /// Nil for the footage as it is.
  let encoding: ClipEncoder.Settings?

  static let original = Condition(name: "original", encoding: nil)

  /// Re-encoding as it happens on the way through platforms and messengers. 23 and 40 are the two compression levels of
  /// FaceForensics++.
  static let reencoded = [
    Condition(name: "H.264 crf 23", encoding: ClipEncoder.Settings(constantRateFactor: 23)),
    Condition(name: "H.264 crf 32", encoding: ClipEncoder.Settings(constantRateFactor: 32)),
    Condition(name: "H.264 crf 40", encoding: ClipEncoder.Settings(constantRateFactor: 40)),
    Condition(name: "half size", encoding: ClipEncoder.Settings(constantRateFactor: 23, scale: 0.5)),
  ]

  /// Lends the path of the treated file, which lives as long as the call.
  func withTreated<R>(_ path: String, _ body: (String) -> R) throws(MediaError) -> R {
    guard let encoding else { return body(path) }
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("unmask-\(UUID().uuidString).mp4").path
    defer { try? FileManager.default.removeItem(atPath: copy) }
    try ClipEncoder.transcode(Location(path), to: copy, encoding)
    return body(copy)
  }
}
