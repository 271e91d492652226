import Media
import Testing

@testable import Faces

@Suite("FaceDetector")
struct FaceDetectorTests {
  private func detector(
    _ minimumFace: MinimumFace = .pixels(40), thresholds: DetectionThresholds = .reference,
    runPixels: Int = DetectionLimits.runPixels
  ) throws -> FaceDetector {
    try FaceDetector(
      models: Fixtures.models.get(), minimumFace: minimumFace, thresholds: thresholds,
      planner: ExecutionPlanner(threads: 1),
      runPixels: runPixels)
  }

  /// Pixels by which the box may lie elsewhere when the picture was scaled differently: several overlapping proposals
  /// score all but alike, and the last digits decide which of them stays.
  private let looseTolerance = 8.0

  private func expectAstronaut(_ detection: Detection, within tolerance: Double = 4, times scale: Double = 1) {
    #expect(detection.faces.count == 1 && detection.ignored == 0)
    guard let face = detection.faces.first else { return }
    #expect(face.score > 0.99)
    func near(_ value: Double, _ expected: Double) -> Bool { abs(value / scale - expected) <= tolerance }
    #expect(near(face.box.x, 179) && near(face.box.x + face.box.width, 265))
    #expect(near(face.box.y, 63) && near(face.box.y + face.box.height, 173))
    for (point, expected) in zip(
      [
        face.landmarks.leftEye, face.landmarks.rightEye, face.landmarks.nose, face.landmarks.leftMouth,
        face.landmarks.rightMouth,
      ], [(204.0, 102.0), (246, 104), (225, 129), (202, 140), (245, 141)])
    {
      #expect(near(point.x, expected.0) && near(point.y, expected.1))
    }
  }

  @Test("finds the one face of the photograph, its box and its landmarks")
  func astronaut() throws {
    expectAstronaut(try detector().faces(in: Fixtures.astronaut()))
  }

  @Test("finds the same when asked again, after frames of other sizes, and with a share of the height")
  func repeatable() throws {
    let detector = try detector(.shareOfHeight(40.0 / 512))
    let frame = try Fixtures.astronaut()
    let first = try detector.faces(in: frame)
    for side in [13, 50, 99, 20, 31, 64] {
      _ = try detector.detect(in: TestPicture.noise(width: side, height: 2 * side))
    }
    let again = try detector.faces(in: frame)
    #expect(first.faces == again.faces)
    expectAstronaut(again)
  }

  @Test("finds the same face in grey, in ten bits and in subsampled colour")
  func pixelFormats() throws {
    for (format, name) in [
      ("gray", "grey.png"), ("gray10le", "grey10.mkv"), ("yuv420p10le", "ten.mkv"), ("yuv420p", "eight.mkv"),
      ("yuv444p", "full.mkv"),
    ] {
      let options = ["-pix_fmt", format] + (name.hasSuffix("mkv") ? ["-c:v", "ffv1"] : [])
      try Fixtures.withAstronaut(options, as: name) { frame in
        expectAstronaut(try detector().faces(in: frame), within: 5)
      }
    }
  }

  @Test("finds two faces side by side, and leaves out one that is small beside the other")
  func several() throws {
    try Fixtures.withAstronaut(["-vf", "split[a][b];[a][b]hstack"], as: "two.png") { frame in
      let faces = try detector().faces(in: frame).faces.sorted { $0.box.x < $1.box.x }
      #expect(faces.count == 2)
      guard faces.count == 2 else { return }
      #expect(abs(faces[1].box.x - faces[0].box.x - 512) <= 4)
    }
    let small = "split[a][b];[b]scale=256:256,pad=512:512[c];[a][c]hstack"
    try Fixtures.withAstronaut(["-vf", small], as: "small.png") { frame in
      let detection = try detector(.pixels(24)).faces(in: frame)
      expectAstronaut(detection.withoutIgnored, within: looseTolerance)
      #expect(detection.ignored == 1)
    }
  }

  @Test("finds a face at the edge, part of it outside the picture")
  func edge() throws {
    // The picture begins at column 195, inside the face.
    try Fixtures.withAstronaut(["-vf", "crop=300:400:195:0"], as: "edge.png") { frame in
      let faces = try detector().faces(in: frame).faces
      #expect(faces.count == 1)
      if let face = faces.first { #expect(face.box.x < 2 && face.box.x + face.box.width < 90) }
    }
  }

  @Test("finds the face in a picture twice as wide or tall as the screen it comes from", arguments: [2.0])
  func larger(scale: Double) throws {
    try Fixtures.withAstronaut(["-vf", "scale=1024:1024"], as: "large.png") { frame in
      expectAstronaut(try detector(.pixels(80)).faces(in: frame), within: looseTolerance, times: scale)
    }
  }

  @Test("finds the same in bands as in whole levels")
  func bands() throws {
    let frame = try Fixtures.astronaut()
    let whole = try detector(.pixels(20)).faces(in: frame).faces
    let banded = try detector(.pixels(20), runPixels: 20_000).faces(in: frame).faces
    #expect(whole.count == banded.count)
    for (a, b) in zip(whole, banded) {
      #expect(a.box.intersectionOverUnion(with: b.box) > 0.9)
    }
  }

  @Test(
    "takes pictures of any shape without a face to find",
    arguments: [(1, 1), (11, 11), (12, 12), (13, 12), (1, 900), (900, 1), (3000, 12), (13, 3000), (12, 25)])
  func shapes(size: (Int, Int)) throws {
    let detector = try detector(.pixels(12))
    let flat = TestPicture(width: size.0, height: size.1) { _, _ in SIMD3(90, 120, 60) }
    #expect(try detector.detect(in: flat).faces.isEmpty)
    let noise = try detector.detect(in: TestPicture.noise(width: size.0, height: size.1))
    #expect(noise.faces.count <= DetectionLimits.output)
  }

  @Test("does bounded work on a picture that every network takes for nothing but faces")
  func hostile() throws {
    // At thresholds of zero every cell is a candidate and every candidate passes.
    let thresholds = DetectionThresholds(proposal: 0, refinement: 0, output: 0)
    let detector = try detector(.pixels(12), thresholds: thresholds)
    _ = try detector.faces(in: Fixtures.astronaut())
    #expect(detector.timings.refinedBoxes <= DetectionLimits.refined && detector.timings.refinedBoxes > 100)
    #expect(detector.timings.outputBoxes <= DetectionLimits.output && detector.timings.outputBoxes > 20)
  }

  @Test("keeps what a frame size needs, and no more than a few sizes")
  func memory() throws {
    let detector = try detector(.pixels(12))
    let picture = TestPicture.noise(width: 40, height: 30)
    _ = try detector.detect(in: picture)
    let bytes = detector.arenaBytes
    _ = try detector.detect(in: picture)
    #expect(detector.arenaBytes == bytes)
    for width in 41..<70 { _ = try detector.detect(in: TestPicture.noise(width: width, height: 30)) }
    #expect(detector.arenaBytes < 6 * bytes)
  }
}

extension Detection {
  /// The same detection as if nothing had been left out.
  var withoutIgnored: Detection { Detection(faces: faces, ignored: 0, scene: scene) }
}
