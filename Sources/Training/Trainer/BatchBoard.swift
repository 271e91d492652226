/// Who prepares which pair next, and when a batch is whole: as a plain value, without locks or threads.
///
/// Pairs are claimed in the order of their steps, and only `ahead` steps in advance, so that memory stays bounded
/// whatever the pace of those who prepare. Batches leave in the order of their steps.
struct BatchBoard<Pair> {
  enum Claim {
    case prepare(step: Int, slot: Int)
    /// Enough is prepared: ask again when a batch has been taken.
    case wait
    /// Nothing more will be wanted.
    case end
  }

  enum Take {
    case batch([Pair])
    /// Ask again when a pair has been put.
    case wait
    /// A pair of the batch could not be prepared.
    case failed(any Error)
    case end
  }

  let pairsPerStep: Int
  let ahead: Int
  private var taken: Int
  private var claimed: (step: Int, slot: Int)
  private var slots: [Int: [Result<Pair, any Error>?]] = [:]
  private var isClosed = false

  /// - Parameters:
  ///   - firstStep: the first step whose batch is wanted.
  ///   - ahead: how many steps may be in preparation or ready at a time, at least 1.
  init(firstStep: Int, pairsPerStep: Int, ahead: Int) {
    precondition(pairsPerStep > 0 && ahead > 0, "a batch has pairs, and at least one is prepared in advance")
    (self.pairsPerStep, self.ahead) = (pairsPerStep, ahead)
    taken = firstStep
    claimed = (firstStep, 0)
  }

  /// The next pair to prepare.
  mutating func claim() -> Claim {
    if isClosed { return .end }
    guard claimed.step < taken + ahead else { return .wait }
    let work = claimed
    claimed = work.slot + 1 < pairsPerStep ? (work.step, work.slot + 1) : (work.step + 1, 0)
    return .prepare(step: work.step, slot: work.slot)
  }

  /// Delivers what became of a claimed pair.
  mutating func put(_ result: Result<Pair, any Error>, step: Int, slot: Int) {
    slots[step, default: Array(repeating: nil, count: pairsPerStep)][slot] = result
  }

  /// The batch of the next step, its pairs in the order of their slots.
  mutating func take() -> Take {
    if isClosed { return .end }
    guard let results = slots[taken], results.allSatisfy({ $0 != nil }) else { return .wait }
    slots[taken] = nil
    taken += 1
    do {
      return .batch(try results.compactMap { try $0?.get() })
    } catch {
      return .failed(error)
    }
  }

  /// Nothing more goes in or out.
  mutating func close() {
    isClosed = true
    slots = [:]
  }
}
