/// How a sink is doing.
public struct SinkStatus: Sendable, Hashable {
  /// Records written since the start.
  public internal(set) var written = 0
  /// Records that wait, and the bytes of their lines.
  public internal(set) var waiting = 0
  public internal(set) var waitingBytes = 0
  /// Records lost since the start, by their kind.
  public internal(set) var lost = LossDetails()
  /// Why records wait; nil while they are written.
  public internal(set) var trouble: Trouble?

  /// Why records wait.
  public struct Trouble: Sendable, Hashable {
    /// The cause in one word, such as `no_space`.
    public let reason: String
    public let since: Timestamp
  }
}
