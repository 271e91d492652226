/// What of an archive is scanned.
public struct WalkOptions: Sendable, Hashable {
  /// Whether symbolic links found in folders are followed; those that are named themselves always are.
  public var followsLinks = false
  /// Whether files and folders whose names begin with a dot are walked into.
  public var takesHidden = false
  /// Files found in folders must match one of these, unless there is none.
  public var include: [GlobPattern] = []
  /// Files and whole folders to leave out.
  public var exclude: [GlobPattern] = []
  /// Files changed before this, in seconds since 1970, are passed over.
  public var since: Double?
  public var shard: Shard?

  public init() {}
}
