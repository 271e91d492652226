/// What a reload has to do: the difference between the configuration that runs and the one that shall. A pure value.
///
/// A stream is the same one as long as its name is. One whose source and settings stay as they were is `untouched`
/// and must go on as if nothing had happened.
public struct ConfigurationChange: Sendable, Hashable {
  /// In the order of the new configuration.
  public var added: [StreamConfiguration] = []
  /// In the order of the old configuration.
  public var removed: [StreamConfiguration] = []
  /// With their new settings, in the order of the new configuration.
  public var changed: [StreamConfiguration] = []
  /// In the order of the new configuration.
  public var untouched: [StreamConfiguration] = []
  /// Parts other than streams that differ, by their key in the file, in its order.
  public var parts: [String] = []
  /// Those of `parts` that only a restart can change.
  public var needRestart: [String] { parts.filter { !Self.reloadable.contains($0) } }

  /// Parts that a reload can change while streams run.
  public static let reloadable: Set<String> = ["evidence", "health", "limits"]

  public init(from old: WatchConfiguration, to new: WatchConfiguration) {
    let before = Dictionary(old.streams.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let names = Set(new.streams.map(\.name))
    // Limits and stream settings together say how a stream is read: where a limit differs, all of them start anew.
    let limitsDiffer = old.limits != new.limits
    // How much undecoded video a stream keeps at hand is settled when it is opened.
    let clipsDiffer =
      old.evidence.clipBefore != new.evidence.clipBefore || old.evidence.clipAfter != new.evidence.clipAfter
    func readsOtherwise(_ stream: StreamConfiguration) -> Bool {
      limitsDiffer || (clipsDiffer && stream.settings.evidence == .clip)
    }
    for stream in new.streams {
      switch before[stream.name] {
      case nil: added.append(stream)
      case let known? where known == stream && !readsOtherwise(stream): untouched.append(stream)
      case _?: changed.append(stream)
      }
    }
    removed = old.streams.filter { !names.contains($0.name) }
    if old.models != new.models { parts.append("analysis") }
    if old.output != new.output { parts.append("output") }
    if old.evidence != new.evidence { parts.append("evidence") }
    if old.health != new.health { parts.append("health") }
    if limitsDiffer { parts.append("limits") }
  }

  /// What is in force when the change is made: the new configuration, but for the parts that need a restart.
  func inForce(from old: WatchConfiguration, to new: WatchConfiguration) -> WatchConfiguration {
    var result = new
    let kept = Set(needRestart)
    if kept.contains("analysis") { result.models = old.models }
    if kept.contains("output") { result.output = old.output }
    if kept.contains("evidence") { result.evidence = old.evidence }
    if kept.contains("health") { result.health = old.health }
    return result
  }

  /// Whether there is nothing to do.
  public var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty && parts.isEmpty }

  /// One line for people and records, such as "1 stream added, 2 changed, 13 untouched; health differs".
  public var summary: String {
    let counts = [
      (added.count, "added"), (removed.count, "removed"), (changed.count, "changed"), (untouched.count, "untouched"),
    ].filter { $0.0 > 0 }
    var words = counts.enumerated().map { index, count in
      (index == 0 ? "\(count.0) stream\(count.0 == 1 ? "" : "s") " : "\(count.0) ") + count.1
    }.joined(separator: ", ")
    if words.isEmpty { words = "no streams" }
    if !parts.isEmpty {
      words += "; \(parts.joined(separator: ", ")) \(parts.count == 1 ? "differs" : "differ")"
    }
    if !needRestart.isEmpty { words += "; \(needRestart.joined(separator: ", ")) after a restart only" }
    return words
  }
}
