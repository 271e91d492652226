/// Memory that the executions of one thread take in turns.
///
/// A detector keeps an execution for every picture size and crop size it meets; each needs its memory only from the
/// filling of its inputs to the reading of its outputs. Sharing one workspace, they need as much as the largest of them
/// instead of the sum. One thread at a time.
public final class Workspace {
  package private(set) var block = FloatStorage(zeros: 0)

  public init() {}

  /// Bytes held: what the largest execution planned so far needs.
  public var bytes: Int { block.count * MemoryLayout<Float>.stride }

  /// Makes room for `count` floats. What the memory held is lost; executions find the new place when they next run.
  package func reserve(_ count: Int) {
    guard count > block.count else { return }
    block = FloatStorage(zeros: count)
  }
}
