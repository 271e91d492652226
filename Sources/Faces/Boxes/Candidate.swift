/// A box that one of the networks takes for a face, on its way through the stages.
struct Candidate: Sendable, Hashable {
  var box: BoundingBox
  var score: Float
  /// What the network that scored the box would correct, not yet applied.
  var offsets: EdgeOffsets
  /// The row of the last network's answer that holds the landmarks.
  var row = 0
}
