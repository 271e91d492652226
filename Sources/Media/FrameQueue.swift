/// What a full ring does with one more frame.
public enum Overflow: String, Sendable { case dropOldest, wait }

/// What became of the frames given to a ring. `pushed == delivered + evicted + waiting`, always.
public struct RingCounters: Sendable, Hashable {
  public var pushed = 0
  public var delivered = 0
  /// Dropped to make room, or left over when the ring was cancelled.
  public var evicted = 0
  /// In the ring now.
  public var waiting = 0
  /// Bytes of picture memory in the ring now.
  public var waitingBytes = 0

  public init() {}
}

/// The rules of a ring, as a plain value: no lock, no thread. Every method says what its caller has to do.
struct FrameQueue<Element> {
  enum Push {
    case accepted(evicted: [Element])
    /// There is no room: ask again after something was taken.
    case wait
    /// Nobody will read it any more.
    case refused
  }

  enum Next {
    case element(Element)
    /// Ask again after something was pushed.
    case wait
    case end
  }

  let capacity: Int
  let byteCapacity: Int
  let whenFull: Overflow
  private var slots: [(element: Element, bytes: Int)?]
  private var head = 0
  private(set) var counters = RingCounters()
  private(set) var isFinished = false
  private(set) var isCancelled = false

  init(capacity: Int, byteCapacity: Int, whenFull: Overflow) {
    precondition(capacity > 0, "a ring holds at least one frame")
    self.capacity = capacity
    self.byteCapacity = byteCapacity
    self.whenFull = whenFull
    slots = Array(repeating: nil, count: capacity)
  }

  /// Whether nothing will ever come out again.
  var isExhausted: Bool { isCancelled || (isFinished && counters.waiting == 0) }

  /// One element larger than all the room there is still gets in, alone: better late than never.
  private func hasRoom(for bytes: Int) -> Bool {
    counters.waiting == 0 || (counters.waiting < capacity && counters.waitingBytes + bytes <= byteCapacity)
  }

  mutating func push(_ element: Element, bytes: Int) -> Push {
    if isCancelled || isFinished { return .refused }
    var evicted: [Element] = []
    while !hasRoom(for: bytes) {
      if whenFull == .wait { return .wait }
      guard let oldest = removeFirst() else { break }
      evicted.append(oldest)
      counters.evicted += 1
    }
    slots[(head + counters.waiting) % capacity] = (element, bytes)
    counters.waiting += 1
    counters.waitingBytes += bytes
    counters.pushed += 1
    return .accepted(evicted: evicted)
  }

  mutating func next() -> Next {
    if isCancelled { return .end }
    guard let element = removeFirst() else { return isFinished ? .end : .wait }
    counters.delivered += 1
    return .element(element)
  }

  /// Removes elements from the front for as long as `isStale` says so, but never the last one. Returns them, counted as
  /// evicted.
  mutating func evict(while isStale: (Element) -> Bool) -> [Element] {
    var dropped: [Element] = []
    while counters.waiting > 1, let oldest = slots[head]?.element, isStale(oldest), let element = removeFirst() {
      dropped.append(element)
      counters.evicted += 1
    }
    return dropped
  }

  /// Nothing more will be pushed; what is inside still comes out.
  mutating func finish() { isFinished = true }

  /// Nothing more goes in or out. Returns what was inside, counted as evicted.
  mutating func cancel() -> [Element] {
    isCancelled = true
    var left: [Element] = []
    while let element = removeFirst() {
      left.append(element)
      counters.evicted += 1
    }
    return left
  }

  private mutating func removeFirst() -> Element? {
    guard counters.waiting > 0, let (element, bytes) = slots[head] else { return nil }
    slots[head] = nil
    head = (head + 1) % capacity
    counters.waiting -= 1
    counters.waitingBytes -= bytes
    return element
  }
}
