/// A time in which records cannot be written: how long to wait between attempts, and what people are told of it.
struct WriteTrouble: Sendable {
  let since: Timestamp
  private(set) var reason = ""
  private let lostBefore: Int
  /// Whether people have not just been told of another.
  private let isNews: Bool
  private var pause = 0.1
  private var told: SinkError?

  private static let longestPause = 5.0
  /// A reader may take its time before people are told of it, and so may trouble that comes and goes, seconds.
  private static let patience = 5.0
  private static let newsAgainAfter = 60.0

  /// - Parameters:
  ///   - lost: records lost until now.
  ///   - before: the trouble before this one.
  init(at time: Timestamp, lost: Int, after before: WriteTrouble? = nil) {
    since = time
    lostBefore = lost
    isNews = before.map { Double(time.microseconds - $0.since.microseconds) / 1e6 > Self.newsAgainAfter } ?? true
  }

  /// Another attempt has failed.
  /// - Returns: seconds until the next one, and a sentence for people when there is news.
  mutating func goesOn(_ error: SinkError, at now: Timestamp) -> (pause: Double, sentence: String?) {
    reason = error.reason
    var sentence: String?
    let isBlocked = error.reason == "blocked"
    let lasts = Double(now.microseconds - since.microseconds) / 1e6
    if told?.reason != error.reason && ((isNews && !isBlocked) || lasts >= Self.patience) {
      told = error
      sentence = "\(error); records wait until that has changed"
    }
    // The attempt at a pipe that nobody reads has waited already.
    if isBlocked { return (0, sentence) }
    defer { pause = min(pause * 2, Self.longestPause) }
    return (pause, sentence)
  }

  /// A record was written again.
  /// - Parameter lost: records lost until now.
  /// - Returns: a sentence for people, if they know of the trouble.
  func end(lost: Int) -> String? {
    guard told != nil else { return nil }
    let many = lost - lostBefore
    return "records are written again; \(many == 0 ? "none was" : many == 1 ? "one was" : "\(many) were") lost"
  }
}
