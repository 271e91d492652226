/// What a reload of the configuration came to: `service.reload`.
public struct ReloadDetails: Sendable, Hashable {
  /// Streams by what became of them.
  public var added, removed, changed, untouched: Int
  /// Sections of the file that differ from what ran before.
  public var sections: [String]
  /// Those of them that only a restart can change.
  public var needRestart: [String]

  public init(
    added: Int, removed: Int, changed: Int, untouched: Int, sections: [String] = [], needRestart: [String] = []
  ) {
    self.added = added
    self.removed = removed
    self.changed = changed
    self.untouched = untouched
    self.sections = sections
    self.needRestart = needRestart
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("added", added)
    object.set("removed", removed)
    object.set("changed", changed)
    object.set("untouched", untouched)
    if !sections.isEmpty { object.set("sections", .array(sections.map { .string($0) })) }
    if !needRestart.isEmpty { object.set("need_restart", .array(needRestart.map { .string($0) })) }
    return object
  }
}
