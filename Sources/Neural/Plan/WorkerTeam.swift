internal import Glibc
internal import Synchronization

/// A few threads that do the items of one step at a time together with the thread that calls `run`.
///
/// Items are claimed one handful after another, and a step waits for those workers only that have joined it: on a
/// busy machine a worker that gets no core holds up nobody. Between steps, which follow each other within
/// microseconds, workers spin briefly; then they sleep.
// `step` is written only while no worker has joined, see `run`: that makes it safe to share.
@safe package final class WorkerTeam: @unchecked Sendable {
  private let memories: [Memory]
  private let workers: Int
  private let sharesEverything: Bool
  private var step: Step?
  private let next = Atomic<Int>(0)
  private let limit = Atomic<Int>(0)
  private let grain = Atomic<Int>(1)
  /// High half: the round, odd while a step can be joined. Low half: how many workers have joined it.
  private let state = Atomic<UInt64>(0)
  private let isDismissed = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var threads: [pthread_t] = []

  private static let oneRound: UInt64 = 1 << 32

  /// Turns of waiting before a worker sleeps, first hot and then yielding the core: about a millisecond in all, which
  /// is more than the others take over their last item of a step. Waking a worker costs as much as a small layer.
  private static let hotTurns = 5_000
  private static let yieldingTurns = 2_500

  package init(workers: Int, memories: [Memory], sharesEverything: Bool = false) {
    self.sharesEverything = sharesEverything
    self.workers = workers
    self.memories = memories
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
    for worker in 1..<workers {
      let start = unsafe Unmanaged.passRetained(WorkerStart(team: self, worker: worker))
      var thread = pthread_t()
      let status = unsafe pthread_create(
        &thread, nil,
        { argument in
          guard let argument = unsafe argument else { return nil }
          let start = unsafe Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
          start.team.work(as: start.worker)
          return nil
        }, start.toOpaque())
      if status == 0 { threads.append(thread) } else { unsafe start.release() }
    }
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Does all items of `step` and returns when they are done.
  package func run(_ step: Step) {
    if step.items == 1 || !(step.isShared || sharesEverything) || threads.isEmpty {
      step.body(memories[0], 0..<step.items)
      return
    }
    self.step = step
    next.store(0, ordering: .relaxed)
    limit.store(step.items, ordering: .relaxed)
    grain.store(max(1, step.items / (workers * 16)), ordering: .relaxed)
    state.wrappingAdd(Self.oneRound, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
    share(step, memories[0])
    // Nothing is left to claim: nobody may join any more, and who has joined is about to finish.
    state.wrappingAdd(Self.oneRound, ordering: .acquiringAndReleasing)
    var turns = 0
    while state.load(ordering: .acquiring) % Self.oneRound > 0 {
      turns += 1
      if turns > Self.hotTurns { sched_yield() }
    }
  }

  /// Ends the threads; nothing can be run afterwards.
  package func dismiss() {
    isDismissed.store(true, ordering: .sequentiallyConsistent)
    wakeAll()
    for thread in threads { _ = pthread_join(thread, nil) }
    threads = []
    step = nil
  }

  private func wakeAll() {
    unsafe pthread_mutex_lock(mutex)
    unsafe pthread_cond_broadcast(condition)
    unsafe pthread_mutex_unlock(mutex)
  }

  private func share(_ step: Step, _ memory: Memory) {
    let limit = limit.load(ordering: .relaxed)
    let grain = grain.load(ordering: .relaxed)
    while true {
      let first = next.add(grain, ordering: .relaxed).oldValue
      guard first < limit else { return }
      step.body(memory, first..<min(first + grain, limit))
    }
  }

  private func work(as worker: Int) {
    var seen: UInt64 = 0
    while let round = join(after: seen) {
      seen = round
      if let step { share(step, memories[worker]) }
      state.subtract(1, ordering: .releasing)
    }
  }

  /// Joins the first round that is open and not `seen`, and returns its number; nil once dismissed.
  private func join(after seen: UInt64) -> UInt64? {
    var turns = 0
    while true {
      let current = state.load(ordering: .sequentiallyConsistent)
      if isOpen(current, after: seen) {
        let (joined, _) = state.weakCompareExchange(
          expected: current, desired: current + 1, ordering: .acquiringAndReleasing)
        if joined { return current / Self.oneRound }
        continue
      }
      if isDismissed.load(ordering: .relaxed) { return nil }
      turns += 1
      if turns <= Self.hotTurns { continue }
      if turns <= Self.hotTurns + Self.yieldingTurns {
        sched_yield()
      } else {
        sleep(after: seen)
        turns = 0
      }
    }
  }

  /// Sleeps until a round may be open that is not `seen`.
  private func sleep(after seen: UInt64) {
    unsafe pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !isOpen(state.load(ordering: .sequentiallyConsistent), after: seen)
      && !isDismissed.load(ordering: .sequentiallyConsistent)
    {
      unsafe pthread_cond_wait(condition, mutex)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    unsafe pthread_mutex_unlock(mutex)
  }

  private func isOpen(_ state: UInt64, after seen: UInt64) -> Bool {
    let round = state / Self.oneRound
    return round % 2 == 1 && round != seen
  }
}

/// What a new thread is told.
private final class WorkerStart {
  let team: WorkerTeam
  let worker: Int

  init(team: WorkerTeam, worker: Int) {
    self.team = team
    self.worker = worker
  }
}
