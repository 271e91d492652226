/// A face together with the track it belongs to.
public struct TrackedFace: Sendable {
  /// The number of the track, counted from 1 per source and never used twice.
  public var track: Int
  public var face: Face
  /// Whether the track begins with this face.
  public var isFirst: Bool

  public init(track: Int, face: Face, isFirst: Bool) {
    self.track = track
    self.face = face
    self.isFirst = isFirst
  }
}

/// A track that is over.
public struct EndedTrack: Sendable, Hashable {
  public enum Reason: Sendable, Hashable {
    /// The face was not seen for longer than the longest gap.
    case gone
    /// A new shot began.
    case shotCut
    /// The time went backwards: the source began anew.
    case discontinuity
    /// More faces than the tracker follows; the one unseen for longest had to go.
    case crowded
    /// The source ended.
    case finished
  }

  public var track: Int
  /// Media time, in seconds, of the first and the last face of the track.
  public var firstSeen: Double
  public var lastSeen: Double
  public var reason: Reason

  public init(track: Int, firstSeen: Double, lastSeen: Double, reason: Reason) {
    self.track = track
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.reason = reason
  }
}

/// What one frame changed.
public struct TrackingStep: Sendable {
  /// The frame's faces, in the detection's order.
  public var faces: [TrackedFace]
  /// The tracks that ended before this frame, in the order of their numbers.
  public var ended: [EndedTrack]
  /// Whether a new shot began with this frame.
  public var isShotCut: Bool

  public init(faces: [TrackedFace], ended: [EndedTrack], isShotCut: Bool) {
    self.faces = faces
    self.ended = ended
    self.isShotCut = isShotCut
  }
}
