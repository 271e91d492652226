import Testing

@testable import Watch

@Suite("The flood gate")
struct FloodGateTests {
  @Test("lets the first reports through, then one in ten minutes that counts the others")
  func limits() {
    var gate = FloodGate()
    var passed: [(Double, Int)] = []
    for second in stride(from: 0.0, to: 3600, by: 10) {
      if case .pass(let repeated) = gate.admit("refused", at: second) { passed.append((second, repeated)) }
    }
    #expect(passed.prefix(5).allSatisfy { $0.1 == 0 } && passed[4].0 == 40)
    #expect(passed.dropFirst(5).map(\.0) == [640, 1240, 1840, 2440, 3040])
    #expect(passed.dropFirst(5).map(\.1) == [59, 59, 59, 59, 59])
    #expect(gate.admit("timed_out", at: 3600) == .pass(repeated: 0), "another cause has a limit of its own")
  }

  @Test("counts a cause as news again when it has kept quiet")
  func forgets() {
    var gate = FloodGate()
    for second in 0..<20 { _ = gate.admit("refused", at: Double(second)) }
    #expect(gate.admit("refused", at: 20) == .hold)
    #expect(gate.admit("refused", at: 621) == .pass(repeated: 16))
    #expect(gate.admit("refused", at: 622) == .pass(repeated: 0))
  }

  @Test("remembers no more than so many causes")
  func isBounded() {
    var gate = FloodGate()
    for number in 0..<1000 { _ = gate.admit("cause \(number)", at: Double(number)) }
    #expect(gate.admit("cause 0", at: 1000) == .pass(repeated: 0))
  }
}
