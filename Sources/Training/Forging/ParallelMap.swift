internal import Analysis
internal import Foundation
internal import Synchronization

/// Maps the numbers 0 ..< count on threads of its own; the results are in order. The first failure ends it.
/// - Parameters:
///   - worker: made once for each thread: what it keeps from item to item.
///   - finished: told after each item how many are done; one call at a time.
func mapInParallel<Worker, Result: Sendable>(
  _ count: Int, threads: Int, worker: @escaping @Sendable () -> Worker,
  finished: @escaping @Sendable (_ done: Int, Result) -> Void = { _, _ in },
  _ body: @escaping @Sendable (Worker, Int) throws -> Result
) throws -> [Result] {
  let desk = Mutex(ParallelDesk<Result>(count: count))
  let crew = DispatchGroup()
  for _ in 0..<min(max(threads, 1), count) {
    crew.enter()
    startThread(named: "crew") {
      defer { crew.leave() }
      let own = worker()
      while let index = desk.withLock({ $0.claim() }) {
        let outcome = Swift.Result<Result, any Error> { try body(own, index) }
        desk.withLock { desk in
          desk.put(outcome, at: index)
          if case .success(let result) = outcome { finished(desk.done, result) }
        }
      }
    }
  }
  crew.wait()
  return try desk.withLock { try $0.outcomes.compactMap { try $0?.get() } }
}

/// Which item is next, and what became of the others.
private struct ParallelDesk<Result: Sendable>: Sendable {
  var outcomes: [Swift.Result<Result, any Error>?]
  var done = 0
  private var next = 0

  init(count: Int) { outcomes = Array(repeating: nil, count: count) }

  mutating func claim() -> Int? {
    guard next < outcomes.count else { return nil }
    next += 1
    return next - 1
  }

  mutating func put(_ outcome: Swift.Result<Result, any Error>, at index: Int) {
    outcomes[index] = outcome
    done += 1
    if case .failure = outcome { next = outcomes.count }
  }
}
