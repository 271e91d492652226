/// Events a second over the last ten seconds. A pure value that allocates once.
///
/// Counting goes by whole seconds of the clock, so the rate of a source that has died falls to exactly zero within
/// ten seconds instead of standing at its last value.
struct RateMeter: Sendable {
  static let span = 10

  /// Events of the second `s` at place `s mod (span + 1)`: the last `span` seconds and the one that runs.
  private var counts = [Int](repeating: 0, count: span + 1)
  private var current: Int?
  private var first: Double?

  /// Counts events.
  /// - Parameter time: monotonic, seconds; does not go back.
  mutating func add(_ events: Int = 1, at time: Double) {
    if first == nil { first = time }
    advance(to: Int(time.rounded(.down)))
    counts[place(of: current ?? 0)] += events
  }

  /// Events a second over the `span` seconds before the running one, or since the first event if that is less ago.
  func rate(at time: Double) -> Double {
    guard let first, let current else { return 0 }
    let now = Int(time.rounded(.down))
    let elapsed = time - first
    if elapsed < Double(Self.span) {
      // Everything is younger than the span.
      return Double(counts.reduce(0, +)) / max(1, elapsed)
    }
    let events = (now - Self.span..<now).reduce(0) { sum, second in
      second > current - counts.count && second <= current ? sum + counts[place(of: second)] : sum
    }
    return Double(events) / Double(Self.span)
  }

  private mutating func advance(to second: Int) {
    guard let last = current else {
      current = second
      return
    }
    guard second > last else { return }
    for passed in max(last + 1, second - Self.span)...second { counts[place(of: passed)] = 0 }
    current = second
  }

  private func place(of second: Int) -> Int {
    let rest = second % counts.count
    return rest < 0 ? rest + counts.count : rest
  }
}
