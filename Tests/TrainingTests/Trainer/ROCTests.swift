import Testing

@testable import Training

@Suite("Scores of fakes and reals")
struct ROCTests {
  @Test("have as their area the share of pairs that are in order, ties counting half")
  func area() {
    let fakes: [Float] = [0.9, 0.5, 0.5, 0.1]
    let reals: [Float] = [0.5, 0.2, 0.0]
    var sum: Float = 0
    for fake in fakes { for real in reals { sum += fake > real ? 1 : fake == real ? 0.5 : 0 } }
    #expect(abs(ROC.area(fakes: fakes, reals: reals) - sum / 12) < 1e-6)
    #expect(ROC.area(fakes: [1, 1], reals: [0]) == 1)
    #expect(ROC.area(fakes: [0], reals: [1, 2]) == 0)
    #expect(ROC.area(fakes: [], reals: [1]) == 0.5)
  }

  @Test("are told apart best at a threshold of the grid, of equals at the one nearest to a half")
  func threshold() {
    let apart = ROC.bestThreshold(fakes: [0.9, 0.8], reals: [0.1, 0.2])
    #expect(apart.threshold == 0.5 && apart.balancedAccuracy == 1)
    let high = ROC.bestThreshold(fakes: [0.95, 0.93], reals: [0.9, 0.2])
    #expect(high.balancedAccuracy == 1 && high.threshold >= 0.9 && high.threshold < 0.93)
  }
}
