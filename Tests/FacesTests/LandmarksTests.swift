import Testing

@testable import Faces

@Suite("Landmarks")
struct LandmarksTests {
  @Test("lie at their shares of the square's pixels, five x first and then five y")
  func byHand() {
    let box = BoundingBox(left: 11, top: 21, right: 110, bottom: 120)
    let shares: [Float] = [0.25, 0.75, 0.5, 0.25, 0.75, 0.25, 0.25, 0.5, 0.75, 0.75]
    let landmarks = Landmarks(shares: shares.span, of: box)
    #expect(landmarks.leftEye == Point(x: 35, y: 45))
    #expect(landmarks.rightEye == Point(x: 85, y: 45))
    #expect(landmarks.nose == Point(x: 60, y: 70))
    #expect(landmarks.leftMouth == Point(x: 35, y: 95))
    #expect(landmarks.rightMouth == Point(x: 85, y: 95))
  }
}
