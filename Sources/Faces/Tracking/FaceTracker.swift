import Media

/// Says which faces of successive frames belong to one person.
///
/// Made for one to five frames a second, at which a face may leave its former box altogether: each track is carried on
/// at constant velocity and a face may stray from there by an amount that grows with the time gone by (``TrackCost``).
/// All faces are assigned at once at the least total cost, so that two people who cross keep their tracks.
///
/// A track survives gaps of up to ``longestGap`` seconds, for instance a face turned away or hidden, and ends with the
/// shot (``ShotCutRule``). A plain value: one per source, no clock and no lock of its own.
public struct FaceTracker: Sendable {
  /// Seconds of media time for which a track waits for its face to come back.
  public let longestGap: Double

  /// How many tracks are followed at a time. A source can only ask for more by showing hundreds of faces that come and
  /// go; the tracks unseen for longest then end early.
  public static let mostTracks = 256

  private var tracks: [Track] = []
  private var lastTrack = 0
  private var lastTime = -Double.infinity
  private var shots = ShotCutRule()

  /// - Parameter longestGap: see ``longestGap``; 2 seconds unless told.
  public init(longestGap: Double = 2) {
    self.longestGap = longestGap
  }

  /// Takes the next frame's detection.
  /// - Parameters:
  ///   - detection: what the detector found in it.
  ///   - time: its media time in seconds. A time before the last one means that the source began anew: all tracks end.
  public mutating func update(_ detection: Detection, at time: Double) -> TrackingStep {
    let isCut = shots.isCut(to: detection.scene)
    var ended: [EndedTrack] = []
    if time < lastTime {
      ended = endAll(.discontinuity)
    } else if isCut {
      ended = endAll(.shotCut)
    } else {
      ended = end(.gone) { [longestGap] in time - $0.lastSeen > longestGap }
    }
    lastTime = time
    let faces = follow(detection.faces, at: time)
    ended += endSurplus()
    ended.sort { $0.track < $1.track }
    return TrackingStep(faces: faces, ended: ended, isShotCut: isCut)
  }

  /// Ends all tracks because the source is over. Numbers go on from here if more frames come.
  public mutating func finish() -> [EndedTrack] {
    endAll(.finished)
  }

  private mutating func follow(_ faces: [Face], at time: Double) -> [TrackedFace] {
    let predictions = tracks.map { $0.predictedBox(at: time) }
    let partners = Assignment.cheapest(rows: faces.count, columns: tracks.count, unmatched: TrackCost.unmatched) {
      TrackCost.cost(of: faces[$0].box, expectedAt: predictions[$1], after: time - tracks[$1].lastSeen)
    }
    return zip(faces, partners).map { face, partner in
      if let partner {
        tracks[partner].see(face.box, at: time)
        return TrackedFace(track: tracks[partner].id, face: face, isFirst: false)
      }
      lastTrack += 1
      tracks.append(Track(id: lastTrack, box: face.box, at: time))
      return TrackedFace(track: lastTrack, face: face, isFirst: true)
    }
  }

  private mutating func endAll(_ reason: EndedTrack.Reason) -> [EndedTrack] {
    end(reason) { _ in true }
  }

  private mutating func end(_ reason: EndedTrack.Reason, where isOver: (Track) -> Bool) -> [EndedTrack] {
    let over = tracks.filter(isOver)
    guard !over.isEmpty else { return [] }
    tracks.removeAll(where: isOver)
    return over.map { EndedTrack(track: $0.id, firstSeen: $0.firstSeen, lastSeen: $0.lastSeen, reason: reason) }
  }

  private mutating func endSurplus() -> [EndedTrack] {
    let surplus = tracks.count - FaceTracker.mostTracks
    guard surplus > 0 else { return [] }
    let longestUnseen = Set(tracks.sorted { ($0.lastSeen, $0.id) < ($1.lastSeen, $1.id) }.prefix(surplus).map(\.id))
    return end(.crowded) { longestUnseen.contains($0.id) }
  }
}
