internal import Glibc
internal import Synchronization

/// A few threads that do the items of one step at a time together with the thread that calls `run`.
///
/// Between steps, which follow each other within microseconds, workers spin briefly; then they sleep.
@safe final class WorkerTeam: @unchecked Sendable {  // `step` is written only while no worker reads it, see `run`
  private let memories: [Memory]
  private let workers: Int
  private let sharesEverything: Bool
  private var step: Step?
  private let next = Atomic<Int>(0)
  private let limit = Atomic<Int>(0)
  private let grain = Atomic<Int>(1)
  private let running = Atomic<Int>(0)
  /// Counts steps; a change wakes the workers. Negative: go home.
  private let round = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var threads: [pthread_t] = []

  /// Turns of waiting before a worker sleeps: a few tens of microseconds.
  private static let patience = 2_000

  init(workers: Int, memories: [Memory], sharesEverything: Bool = false) {
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
  func run(_ step: Step) {
    if step.items == 1 || !(step.isShared || sharesEverything) || threads.isEmpty {
      step.body(memories[0], 0..<step.items)
      return
    }
    self.step = step
    next.store(0, ordering: .relaxed)
    limit.store(step.items, ordering: .relaxed)
    grain.store(max(1, step.items / (workers * 4)), ordering: .relaxed)
    running.store(threads.count, ordering: .relaxed)
    round.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
    share(step, memories[0])
    while running.load(ordering: .acquiring) > 0 { sched_yield() }
  }

  /// Ends the threads; nothing can be run afterwards.
  func dismiss() {
    round.store(-1, ordering: .sequentiallyConsistent)
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
    var seen = 0
    while true {
      let current = wait(after: seen)
      guard current >= 0 else { return }
      seen = current
      if let step { share(step, memories[worker]) }
      running.subtract(1, ordering: .releasing)
    }
  }

  /// Returns the number of the round after `seen`.
  private func wait(after seen: Int) -> Int {
    for _ in 0..<Self.patience {
      let current = round.load(ordering: .acquiring)
      if current != seen { return current }
      _ = sched_yield()
    }
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
    while true {
      let current = round.load(ordering: .sequentiallyConsistent)
      if current != seen { return current }
      unsafe pthread_cond_wait(condition, mutex)
    }
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
