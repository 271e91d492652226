internal import Forensics
internal import Foundation
internal import Media

/// The analysis threads, shared fairly by all sources: each thread takes one frame from the next lane that has one.
///
/// Threads of its own, because a frame's analysis computes for tens of milliseconds and must not hold up the
/// cooperative pool.
public final class AnalysisPool: Sendable {
  private let roster = Roster()
  /// The frame rule that the examiners apply.
  let rule: FrameRule
  /// The vote that every source is put to, pictures apart.
  let votes: VoteRule

  /// Starts the threads, each with its own examiner.
  /// - Throws: what loading the networks for the first thread throws.
  public init(models: AnalysisModels, settings: AnalysisSettings) throws {
    rule = models.rule(settings)
    votes = models.votes(settings)
    for _ in 0..<max(1, settings.threads) {
      // Made here, so that a model that cannot be planned is refused before any source is opened; each examiner then
      // belongs to its thread alone.
      nonisolated(unsafe) let examiner = try Examiner(models: models, settings: settings)
      startThread(named: "analysis") { [roster] in
        while let (lane, frame, ticket) = roster.next() {
          do {
            lane.commit(.examined(try unsafe examiner.examine(frame)), ticket: ticket)
          } catch {
            lane.commit(.failed("\(error)"), ticket: ticket)
          }
        }
      }
    }
  }

  /// Lets the threads end once the lanes they have are over.
  deinit { roster.close() }

  func add(_ lane: Lane) { roster.add(lane) }

  /// A lane has a frame more, or will get none any more.
  func wake() { roster.wake() }
}

/// The lanes in work, and whose turn it is.
private final class Roster: @unchecked Sendable {
  // Sendable: the fields below are touched only with `condition` locked.
  private let condition = NSCondition()
  private var lanes: [Lane] = []
  private var turn = 0
  private var isClosed = false

  func add(_ lane: Lane) {
    condition.lock()
    lanes.append(lane)
    condition.broadcast()
    condition.unlock()
  }

  func wake() {
    condition.lock()
    condition.broadcast()
    condition.unlock()
  }

  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  /// The next frame in turn; blocks until there is one. Nil when the pool is closed and no lane is left.
  func next() -> (Lane, Frame, Int)? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      for step in 0..<lanes.count {
        let index = (turn + step) % lanes.count
        if let (frame, ticket) = lanes[index].take() {
          turn = (index + 1) % lanes.count
          return (lanes[index], frame, ticket)
        }
      }
      let over = lanes.filter(\.isExhausted)
      if !over.isEmpty {
        lanes.removeAll { lane in over.contains { $0 === lane } }
        if turn >= lanes.count { turn = 0 }
        // Unlocked, because the lane's owner hears of the end and may add the next lane.
        condition.unlock()
        for lane in over { lane.conclude() }
        condition.lock()
        continue
      }
      if isClosed && lanes.isEmpty { return nil }
      condition.wait()
    }
  }
}
