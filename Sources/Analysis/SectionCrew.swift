internal import Dispatch
internal import Media
internal import Synchronization

/// Reads the sections behind the first one of a long recording: one after another, and side by side where there are hands
/// to spare. What comes of them does not depend on how many read.
final class SectionCrew: Sendable {
  /// One section in work.
  struct Work: Sendable {
    let section: Section
    let canceller = Canceller()
    let progress = ReaderProgress()
  }

  private struct State {
    var waiting: ArraySlice<Section>
    /// By number.
    var inWork: [Int: Work] = [:]

    mutating func begin() -> Work? {
      guard let section = waiting.popFirst() else { return nil }
      let work = Work(section: section)
      inWork[section.number] = work
      return work
    }
  }

  private let state: Mutex<State>
  private let hands: SpareHands?
  private let read: @Sendable (Work) -> Bool
  private let helpers = DispatchGroup()

  /// - Parameter read: reads a section to its end; false if nothing of the recording follows.
  init(_ sections: [Section], hands: SpareHands?, read: @escaping @Sendable (Work) -> Bool) {
    state = Mutex(State(waiting: sections[...]))
    self.hands = hands
    self.read = read
  }

  /// Has sections read by hands that are free, if any wait.
  func callHands() {
    guard let hands else { return }
    while state.withLock({ !$0.waiting.isEmpty }), hands.take() {
      helpers.enter()
      startThread(named: "decode") { [self] in
        readWaiting()
        hands.offer()
        helpers.leave()
      }
    }
  }

  /// Reads what nobody else has begun; returns when all is read.
  func finish() {
    readWaiting()
    helpers.wait()
  }

  /// Nothing behind section `number` is part of the recording, or wanted any more; -1 ends all.
  func end(after number: Int) {
    state.withLock { state in
      state.waiting = []
      return state.inWork.values.filter { $0.section.number > number }
    }.forEach { $0.canceller.cancel() }
  }

  /// Since when a reader has computed without a packet or a picture to show for it, in seconds of the monotonic clock.
  var busySince: Double? { state.withLock { $0.inWork.values.compactMap(\.progress.busySince).min() } }

  private func readWaiting() {
    while let work = state.withLock({ $0.begin() }) {
      callHands()
      let isFollowed = read(work)
      state.withLock { $0.inWork[work.section.number] = nil }
      if !isFollowed { end(after: work.section.number) }
    }
  }
}
