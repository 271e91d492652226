import Glibc
import Synchronization
import Testing

@testable import Media

@Suite("FrameQueue")
struct QueueTests {
  private func taken(_ queue: inout FrameQueue<Int>) -> [Int] {
    var all: [Int] = []
    while case .element(let element) = queue.next() { all.append(element) }
    return all
  }

  private func isBalanced(_ counters: RingCounters) -> Bool {
    counters.pushed == counters.delivered + counters.evicted + counters.waiting
  }

  @Test("drops the oldest when it is full, and says which")
  func dropsOldest() {
    var queue = FrameQueue<Int>(capacity: 3, byteCapacity: .max, whenFull: .dropOldest)
    var evicted: [Int] = []
    for element in 1...5 {
      if case .accepted(let dropped) = queue.push(element, bytes: 1) { evicted += dropped }
    }
    #expect(evicted == [1, 2])
    #expect(taken(&queue) == [3, 4, 5])
    #expect(queue.counters.evicted == 2 && isBalanced(queue.counters))
  }

  @Test("is bounded in bytes as well, and one larger element passes alone")
  func boundsBytes() {
    var queue = FrameQueue<Int>(capacity: 10, byteCapacity: 100, whenFull: .dropOldest)
    for element in 1...4 { _ = queue.push(element, bytes: 40) }
    #expect(queue.counters.waiting == 2 && queue.counters.waitingBytes == 80)
    _ = queue.push(5, bytes: 1000)
    #expect(queue.counters.waiting == 1 && queue.counters.waitingBytes == 1000)
    #expect(taken(&queue) == [5])
    #expect(queue.counters.waitingBytes == 0 && isBalanced(queue.counters))
  }

  @Test("waits when it is full and of that kind")
  func waits() {
    var queue = FrameQueue<Int>(capacity: 2, byteCapacity: .max, whenFull: .wait)
    for element in 1...2 { _ = queue.push(element, bytes: 1) }
    guard case .wait = queue.push(3, bytes: 1) else {
      Issue.record("a full queue took an element")
      return
    }
    _ = queue.next()
    guard case .accepted(let evicted) = queue.push(3, bytes: 1) else {
      Issue.record("a queue with room took no element")
      return
    }
    #expect(evicted.isEmpty)
    #expect(taken(&queue) == [2, 3])
  }

  @Test("delivers what is inside after the finish, refuses what comes after it")
  func finishes() {
    var queue = FrameQueue<Int>(capacity: 4, byteCapacity: .max, whenFull: .wait)
    _ = queue.push(1, bytes: 1)
    queue.finish()
    #expect(!queue.isExhausted)
    if case .refused = queue.push(2, bytes: 1) {} else { Issue.record("took an element after the finish") }
    #expect(taken(&queue) == [1])
    #expect(queue.isExhausted)
    if case .end = queue.next() {} else { Issue.record("no end after the last element") }
  }

  @Test("a cancelled queue is empty, ended, and has counted what it dropped")
  func cancels() {
    var queue = FrameQueue<Int>(capacity: 4, byteCapacity: .max, whenFull: .wait)
    for element in 1...3 { _ = queue.push(element, bytes: 1) }
    #expect(queue.cancel() == [1, 2, 3])
    #expect(queue.isExhausted && queue.counters.evicted == 3 && isBalanced(queue.counters))
    if case .refused = queue.push(4, bytes: 1) {} else { Issue.record("took an element after the cancellation") }
    if case .end = queue.next() {} else { Issue.record("gave an element after the cancellation") }
  }
}

@Suite("FrameRing")
struct RingTests {
  @Test("hands over every frame once from one thread to several", arguments: [1, 2, 7])
  func handsOver(capacity: Int) async throws {
    let arrivals = Atomic<Int>(0)
    let ring = FrameRing(frames: capacity, whenFull: .wait) { arrivals.add(1, ordering: .relaxed) }
    let path = try Clips.path("clip.mp4")
    let delivered = await withTaskGroup(of: [Double].self) { group in
      group.addTask {
        await Self.onThread {
          guard let reader = try? VideoReader(Location(path)) else { return [] }
          while let frame = try? reader.next() { ring.push(frame) }
          ring.finish()
          return []
        }
      }
      for _ in 0..<3 {
        group.addTask {
          await Self.onThread {
            var times: [Double] = []
            while let frame = ring.next() { times.append(frame.time) }
            return times
          }
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(delivered.map { Int(($0 * 25).rounded()) }.sorted() == Array(0..<50))
    #expect(ring.counters.pushed == 50 && ring.counters.delivered == 50 && ring.counters.evicted == 0)
    // Once for each frame and once for the end.
    #expect(arrivals.load(ordering: .relaxed) == 51)
    #expect(ring.isExhausted && ring.tryNext() == nil)
  }

  @Test("a live ring never blocks its producer; what it drops is counted")
  func dropsOldest() throws {
    let ring = FrameRing(frames: 4, whenFull: .dropOldest)
    let reader = try Clips.reader("clip.mp4")
    while let frame = try reader.next() { ring.push(frame) }
    ring.finish()
    var times: [Double] = []
    while let frame = ring.next() { times.append(frame.time) }
    #expect(times.map { Int(($0 * 25).rounded()) } == [46, 47, 48, 49])
    #expect(ring.counters.evicted == 46 && ring.counters.delivered == 4)
  }

  @Test("cancelling wakes a producer and a consumer that wait")
  func cancelWakes() async throws {
    let full = FrameRing(frames: 1, whenFull: .wait)
    let empty = FrameRing(frames: 1, whenFull: .wait)
    let reader = try Clips.reader("clip.mp4")
    full.push(try #require(try reader.next()))
    let second = try #require(try reader.next())
    async let pushed = Self.onThread { full.push(second) }
    async let taken = Self.onThread { empty.next() == nil }
    full.cancel()
    empty.cancel()
    #expect(await pushed == false)
    #expect(await taken)
  }

  /// Runs `body` on a thread of its own, because it blocks.
  private static func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in BlockingThread.start { continuation.resume(returning: body()) } }
  }
}
