import Media
import Testing

@testable import Faces

@Suite("FaceTracker")
struct FaceTrackerTests {
  private func face(_ x: Double, _ y: Double = 100, side: Double = 80) -> Face {
    .test(x: x - side / 2, y: y - side / 2, width: side, height: side)
  }

  /// The track numbers of each frame's faces, at `rate` frames a second.
  private func tracks(_ frames: [[Face]], rate: Double = 2, tracker: FaceTracker = FaceTracker()) -> [[Int]] {
    var tracker = tracker
    return frames.enumerated().map { index, faces in
      tracker.update(.test(faces), at: Double(index) / rate).faces.map(\.track)
    }
  }

  @Test("numbers two faces that appear from 1, and keeps the numbers whatever their order")
  func twoAppear() {
    #expect(
      tracks([[], [face(100), face(400)], [face(402), face(101)], [face(99), face(405)]])
        == [[], [1, 2], [2, 1], [1, 2]])
  }

  @Test("keeps two people apart who cross", arguments: [1.0, 2, 5])
  func crossing(rate: Double) {
    // Each crosses the picture at 120 pixels a second; they pass each other between two samples and at one.
    for meeting in [300.0, 330] {
      let frames = (0..<Int(5 * rate)).map { index in
        let step = 120 / rate * Double(index)
        return [face(step), face(2 * meeting - step, 108)]
      }
      #expect(tracks(frames, rate: rate).allSatisfy { $0 == [1, 2] })
    }
  }

  @Test("keeps two people apart who cross while one hides the other")
  func crossingHidden() {
    let frames = (0..<14).map { index -> [Face] in
      let (near, far) = (face(60 * Double(index), side: 90), face(780 - 60 * Double(index), 108, side: 70))
      return (6...7).contains(index) ? [near] : [near, far]
    }
    let numbers = tracks(frames)
    #expect(numbers[5] == [1, 2])
    #expect(numbers[6] == [1] && numbers[7] == [1])
    #expect(numbers[8...].allSatisfy { $0 == [1, 2] })
  }

  @Test("follows one face across the picture at one frame a second")
  func fastAndRare() {
    let frames = (0..<6).map { [face(50 + 150 * Double($0))] }
    #expect(tracks(frames, rate: 1) == Array(repeating: [1], count: 6))
  }

  @Test("bridges a gap of up to the longest one, and no longer")
  func gap() {
    var tracker = FaceTracker(longestGap: 2)
    #expect(tracker.update(.test([face(100)]), at: 0).faces.map(\.track) == [1])
    for time in [0.5, 1, 1.5] { #expect(tracker.update(.test([]), at: time).ended.isEmpty) }
    let back = tracker.update(.test([face(110)]), at: 2)
    #expect(back.faces.map(\.track) == [1] && back.faces.map(\.isFirst) == [false])
    #expect(tracker.update(.test([]), at: 4).ended.isEmpty)
    let over = tracker.update(.test([face(110)]), at: 4.5)
    #expect(over.ended == [EndedTrack(track: 1, firstSeen: 0, lastSeen: 2, reason: .gone)])
    #expect(over.faces.map(\.track) == [2] && over.faces.map(\.isFirst) == [true])
  }

  @Test("ends all tracks at a cut, though the faces lie where they lay")
  func cut() {
    var tracker = FaceTracker()
    let (first, second) = (PaintedScene(seed: 1).signature(), PaintedScene(seed: 2).signature())
    _ = tracker.update(.test([face(100), face(300)], scene: first), at: 0)
    let same = tracker.update(.test([face(100), face(300)], scene: first), at: 0.5)
    #expect(!same.isShotCut && same.faces.map(\.track) == [1, 2])
    let step = tracker.update(.test([face(100), face(300)], scene: second), at: 1)
    #expect(step.isShotCut && step.faces.map(\.track) == [3, 4])
    #expect(step.ended.map(\.track) == [1, 2] && step.ended.map(\.reason) == [.shotCut, .shotCut])
    #expect(tracker.finish().map(\.track) == [3, 4])
    #expect(tracker.finish().isEmpty)
  }

  @Test("ends all tracks when the time goes backwards, and stays with them when it stands still")
  func discontinuity() {
    var tracker = FaceTracker()
    _ = tracker.update(.test([face(100)]), at: 100)
    #expect(tracker.update(.test([face(101)]), at: 100).faces.map(\.track) == [1])
    let step = tracker.update(.test([face(101)]), at: 3)
    #expect(step.ended.map(\.reason) == [.discontinuity] && step.faces.map(\.track) == [2])
  }

  @Test("does not take a face far away or of another size for the same person")
  func gates() {
    #expect(tracks([[face(100)], [face(600)]]) == [[1], [2]])
    #expect(tracks([[face(100, side: 50)], [face(100, side: 160)]]) == [[1], [2]])
  }

  @Test("keeps its tracks under the detector's jitter", arguments: 0..<20)
  func jitter(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let people = (0..<4).map { (x: 100 + 150 * Double($0), side: Double.random(in: 50...90, using: &random)) }
    let frames = (0..<40).map { _ in
      people.map { person in
        face(
          person.x + .random(in: -0.15...0.15, using: &random) * person.side,
          100 + .random(in: -0.15...0.15, using: &random) * person.side,
          side: person.side * .random(in: 0.85...1.15, using: &random))
      }
    }
    #expect(tracks(frames).allSatisfy { $0 == [1, 2, 3, 4] })
  }

  @Test("whatever comes: numbers never return, are distinct in a frame, and every track that begins ends once")
  func invariants() {
    for seed in 0..<20 {
      var random = SeededGenerator(seed: UInt64(seed))
      var tracker = FaceTracker()
      var (begun, ended) = (Set<Int>(), Set<Int>())
      for index in 0..<120 {
        let faces = (0..<Int.random(in: 0...6, using: &random)).map { _ in
          face(
            .random(in: 0...600, using: &random), .random(in: 0...400, using: &random),
            side: .random(in: 20...150, using: &random))
        }
        let step = tracker.update(.test(faces), at: Double(index) * 0.5)
        #expect(step.faces.count == faces.count)
        #expect(Set(step.faces.map(\.track)).count == faces.count)
        for tracked in step.faces {
          #expect(tracked.isFirst == begun.insert(tracked.track).inserted)
          #expect(!ended.contains(tracked.track))
        }
        for track in step.ended { #expect(ended.insert(track.track).inserted) }
      }
      for track in tracker.finish() { #expect(ended.insert(track.track).inserted) }
      #expect(begun == ended && begun == Set(1...begun.count))
    }
  }

  @Test("follows no more tracks than its limit, however many faces come and go")
  func crowded() {
    var tracker = FaceTracker(longestGap: 100)
    var live = 0
    for index in 0..<6 {
      let faces = (0..<100).map { face(Double($0) * 1000, Double(index) * 1000) }
      let step = tracker.update(.test(faces), at: Double(index) * 0.1)
      live += step.faces.count { $0.isFirst } - step.ended.count
      #expect(live <= FaceTracker.mostTracks)
      #expect(step.ended.allSatisfy { $0.reason == .crowded })
    }
    #expect(live == FaceTracker.mostTracks)
    #expect(tracker.finish().count == live)
  }
}
