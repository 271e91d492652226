/// Memory that grows and is kept: a loop that has run once does not allocate again.
public struct Scratch<Element: BitwiseCopyable>: ~Copyable {
  public private(set) var base: UnsafeMutablePointer<Element>
  public private(set) var capacity: Int

  public init(filledWith value: Element, capacity: Int = 64) {
    base = .allocate(capacity: capacity)
    base.initialize(repeating: value, count: capacity)
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  /// Makes room for `count` elements. When it grows, all of them are `value` and the old ones are gone.
  public mutating func reserve(_ count: Int, filledWith value: Element) {
    guard count > capacity else { return }
    base.deallocate()
    capacity = count + count / 2
    base = .allocate(capacity: capacity)
    base.initialize(repeating: value, count: capacity)
  }
}
