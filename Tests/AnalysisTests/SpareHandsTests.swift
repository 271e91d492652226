import Dispatch
import Synchronization
import Testing

@testable import Analysis

@Suite("Spare hands")
struct SpareHandsTests {
  @Test("are taken as often as they are offered, by however many threads at once")
  func balance() {
    let hands = SpareHands()
    #expect(!hands.take())
    let taken = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 4000) { step in
      if step.isMultiple(of: 2) {
        hands.offer()
      } else if hands.take() {
        taken.add(1, ordering: .relaxed)
      }
    }
    while hands.take() { taken.add(1, ordering: .relaxed) }
    #expect(taken.load(ordering: .relaxed) == 2000)
  }
}
