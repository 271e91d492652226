internal import Foundation
internal import Media

/// The lanes in work, and whose turn it is.
///
/// Stride scheduling (Waldspurger, 1995): every lane has a clock that each frame moves on by 1/weight, and the lane that
/// is furthest behind is next. Lanes of equal weight thus take turns, and one that had nothing to do for a while does
/// not catch up on it.
final class Roster: @unchecked Sendable {
  // Sendable: the fields below are touched only with `condition` locked.
  private struct Place {
    let lane: Lane
    var clock: Double
  }

  private let condition = NSCondition()
  private var places: [Place] = []
  /// The clock of the lane served last: where newcomers and those that return begin.
  private var present = 0.0
  private var isClosed = false

  func add(_ lane: Lane) {
    condition.lock()
    places.append(Place(lane: lane, clock: present))
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
  func next() -> (Lane, Lane.Task)? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let found = takeFromNext() { return found }
      let over = places.map(\.lane).filter(\.isExhausted)
      if !over.isEmpty {
        places.removeAll { place in over.contains { $0 === place.lane } }
        // Unlocked, because the lane's owner hears of the end and may add the next lane.
        condition.unlock()
        for lane in over { lane.conclude() }
        condition.lock()
        continue
      }
      if isClosed && places.isEmpty { return nil }
      condition.wait()
    }
  }

  private func takeFromNext() -> (Lane, Lane.Task)? {
    let order = places.indices.sorted { places[$0].clock < places[$1].clock }
    for index in order {
      let lane = places[index].lane
      guard let task = lane.take() else { continue }
      present = max(present, places[index].clock)
      places[index].clock = present + 1 / lane.weight
      return (lane, task)
    }
    return nil
  }
}
