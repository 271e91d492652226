/// One thing that was judged, a frame or a video, with the truth about it.
struct Observation: Sendable, Hashable {
  /// Higher means more likely manipulated; nil when nothing could be scored, as in a video without a face.
  var score: Double?
  /// The truth.
  var isFake: Bool
  /// The decision.
  var isCalledFake: Bool
  /// What is drawn together when resampling, from 0: the frames of a video, the videos of a person.
  var cluster: Int
}
