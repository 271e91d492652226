import Foundation
import Testing

@testable import Training

@Suite("Batches")
struct BatchTests {
  /// A pair that is known by its step and slot.
  private func pair(_ step: Int, _ slot: Int) -> TrainingPair {
    TrainingPair(
      side: 1, real: [UInt8(step), UInt8(slot), 0], fake: [0, 0, 0], mask: [UInt8((step + slot) % 2)])
  }

  @Test("hold the same pairs in the same order, whatever the pace of the threads that prepare them")
  func order() throws {
    for workers in [1, 2, 5] {
      let queue = BatchQueue(firstStep: 7, pairsPerStep: 3, workers: workers) { step, slot in
        // Later slots are ready first.
        usleep(UInt32(3000 - 1000 * slot))
        return pair(step, slot)
      }
      for step in 7..<13 {
        let batch = try queue.next()
        #expect(batch.map { $0.real } == (0..<3).map { [UInt8(step), UInt8($0), 0] })
      }
    }
  }

  @Test("are never prepared further ahead than asked, so that memory stays bounded")
  func bounded() {
    var board = BatchBoard<Int>(firstStep: 0, pairsPerStep: 2, ahead: 2)
    func claim() -> String {
      switch board.claim() {
      case .prepare(let step, let slot): "\(step).\(slot)"
      case .wait: "wait"
      case .end: "end"
      }
    }
    #expect((0..<6).map { _ in claim() } == ["0.0", "0.1", "1.0", "1.1", "wait", "wait"])
    board.put(.success(1), step: 0, slot: 1)
    #expect(!isBatch(board.take(), [10]))
    board.put(.success(0), step: 0, slot: 0)
    #expect(isBatch(board.take(), [0, 1]))
    #expect(claim() == "2.0")
    board.close()
    #expect(claim() == "end")
  }

  private func isBatch(_ take: BatchBoard<Int>.Take, _ expected: [Int]) -> Bool {
    if case .batch(let pairs) = take { pairs == expected } else { false }
  }

  @Test("that could not be made say why where they would have been used, and not before")
  func failure() throws {
    let queue = BatchQueue(firstStep: 0, pairsPerStep: 2, workers: 2) { step, slot in
      if step == 1, slot == 1 { throw TrainingError("no such face") }
      return pair(step, slot)
    }
    _ = try queue.next()
    #expect(throws: TrainingError("no such face")) { try queue.next() }
  }

  @Test("name their draws so that neither steps, slots, parts nor seeds share a generator")
  func draws() {
    var seeds: Set<UInt64> = []
    var count = 0
    for seed in [1, 2] as [UInt64] {
      for part in [PairDraw.Part.training, .heldOut] {
        for step in 0..<50 {
          for slot in 0..<4 {
            for attempt in 0..<2 {
              let draw = PairDraw(seed: seed, part: part, step: step, slot: slot, difficulty: 0.5)
              seeds.insert(draw.generatorSeed(attempt: attempt))
              count += 1
            }
          }
        }
      }
    }
    #expect(seeds.count == count)
    // The same for ever: a run resumed by a later version must draw the same faces.
    let known = PairDraw(seed: 1, part: .training, step: 0, slot: 0, difficulty: 0)
    #expect(known.generatorSeed() == 0x0B55_DCAB_4E1E_D522)
  }
}
