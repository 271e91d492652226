/// A stretch of a video over which one label stood for one person.
public struct SegmentDetails: Sendable, Hashable {
  /// Seconds since the start of the source.
  public let start, end: Double
  /// `face.track` of the person's own record.
  public let track: Int
  public let label: String
  /// 0...1; absent when no face was judged.
  public let score: Double?

  public init(start: Double, end: Double, track: Int, label: String, score: Double?) {
    self.start = start
    self.end = end
    self.track = track
    self.label = label
    self.score = score
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("start", start, decimals: 3)
    object.set("end", end, decimals: 3)
    object.set("track", track)
    object.set("label", label)
    object.set("score", score, decimals: 6)
    return object
  }
}
