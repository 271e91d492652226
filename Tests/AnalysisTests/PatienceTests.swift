import Testing

@testable import Analysis

@Suite("Patience with live frames")
struct PatienceTests {
  @Test(
    "is the usual one, longer where frames lie further apart, and bounded",
    arguments: [(0.2, 1.5), (1, 1.5), (1.2, 1.5), (1.6, 2), (2, 2.5), (10, 3), (-5, 1.5)])
  func spacing(apart: Double, seconds: Double) {
    var patience = Patience(1.5)
    #expect(patience.seconds == 1.5)
    for index in 0..<4 { patience.note(frameAt: 100 + Double(index) * apart) }
    #expect(abs(patience.seconds - seconds) < 1e-9)
  }
}
