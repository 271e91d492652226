internal import Analysis
internal import Foundation

/// Prepares batches on threads of its own while the network computes; what a batch holds depends on its step alone.
final class BatchQueue: Sendable {
  private let desk: Desk

  /// Starts the threads.
  /// - Parameters:
  ///   - firstStep: the step of the first batch to be taken.
  ///   - workers: how many threads prepare pairs.
  ///   - ahead: batches that may be under way or ready.
  ///   - prepare: makes the pair of a step and slot; called from several threads at once.
  init(
    firstStep: Int, pairsPerStep: Int, workers: Int, ahead: Int = 3,
    prepare: @escaping @Sendable (_ step: Int, _ slot: Int) throws -> TrainingPair
  ) {
    desk = Desk(BatchBoard(firstStep: firstStep, pairsPerStep: pairsPerStep, ahead: ahead))
    for _ in 0..<max(1, workers) {
      startThread(named: "batches") { [desk] in
        while let (step, slot) = desk.claim() {
          desk.put(Result { try prepare(step, slot) }, step: step, slot: slot)
        }
      }
    }
  }

  /// The threads end after the pair each has in hand.
  deinit { desk.close() }

  /// The batch of the next step; blocks until it is whole.
  /// - Throws: what preparing one of its pairs threw.
  func next() throws -> [TrainingPair] { try desk.take() }
}

/// The board, shared by the threads that fill it and the one that takes from it.
private final class Desk: @unchecked Sendable {
  // Sendable: `board` is touched only with `condition` locked.
  private let condition = NSCondition()
  private var board: BatchBoard<TrainingPair>

  init(_ board: BatchBoard<TrainingPair>) { self.board = board }

  func claim() -> (step: Int, slot: Int)? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      switch board.claim() {
      case .prepare(let step, let slot): return (step, slot)
      case .wait: condition.wait()
      case .end: return nil
      }
    }
  }

  func put(_ result: Result<TrainingPair, any Error>, step: Int, slot: Int) {
    condition.lock()
    board.put(result, step: step, slot: slot)
    condition.broadcast()
    condition.unlock()
  }

  func take() throws -> [TrainingPair] {
    condition.lock()
    defer {
      condition.broadcast()
      condition.unlock()
    }
    while true {
      switch board.take() {
      case .batch(let pairs): return pairs
      case .failed(let error): throw error
      case .wait: condition.wait()
      case .end: preconditionFailure("a batch was asked of a queue that is closed")
      }
    }
  }

  func close() {
    condition.lock()
    board.close()
    condition.broadcast()
    condition.unlock()
  }
}
