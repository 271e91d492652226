internal import ArgumentParser
internal import Foundation
internal import Scan

/// What of an archive is scanned.
struct ScanOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Take further paths from a file, one a line; - for standard input.", valueName: "file"))
  var filesFrom: String?

  @Flag(
    name: [.customShort("0"), .long], help: "Paths in that file end with a zero byte, as find -print0 writes them.")
  var null = false

  @Flag(help: "Follow symbolic links found in folders.")
  var follow = false

  @Flag(help: "Take hidden files and folders as well.")
  var hidden = false

  @Option(
    help: ArgumentHelp(
      "Of folders, only files that match, such as '*.mp4' or 'cam?/**'; may be repeated.", valueName: "glob"))
  var include: [String] = []

  @Option(help: ArgumentHelp("Leave out files and folders that match; may be repeated.", valueName: "glob"))
  var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only files changed since, such as 2026-01-31, 2026-01-31T12:00:00Z, 36h or 7d.", valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Pass over videos that are shorter.", valueName: "seconds"))
  var minDuration: Double?

  @Option(help: ArgumentHelp("Take one of N equal shares of the files, for N machines.", valueName: "K/N"))
  var shard: String?

  @Flag(help: "Look at key frames, and closer only where they showed something.")
  var quick = false

  @Flag(help: "Look at every frame.")
  var thorough = false

  @Option(help: "Files in work at once (default: one for each core).")
  var jobs: Int?

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs \(jobs) should lie between 1 and 256") }
    if quick, thorough { throw ValidationError("--quick and --thorough exclude each other") }
    if null, filesFrom == nil { throw ValidationError("--null needs --files-from") }
    if let minDuration, !(0...1e9).contains(minDuration) {
      throw ValidationError("--min-duration \(minDuration) should be a number of seconds")
    }
    if let shard, Shard(shard) == nil {
      throw ValidationError("--shard '\(shard)' should be a share such as 1/4, from 1/4 to 4/4")
    }
    if let since, SinceTime(since) == nil {
      throw ValidationError("--since '\(since)' should be a day, a time, or an age such as 36h or 7d")
    }
    _ = try patterns(include)
    _ = try patterns(exclude)
  }

  private func patterns(_ texts: [String]) throws -> [GlobPattern] {
    do {
      return try texts.map(GlobPattern.init)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func request(paths: [String]) throws -> ScanRequest {
    var request = ScanRequest(paths: paths)
    request.filesFrom = filesFrom
    request.isNullSeparated = null
    request.walk.followsLinks = follow
    request.walk.takesHidden = hidden
    request.walk.include = try patterns(include)
    request.walk.exclude = try patterns(exclude)
    request.walk.since = since.flatMap { SinceTime($0)?.unixSeconds }
    request.sinceText = since
    request.walk.shard = shard.flatMap { Shard($0) }
    request.minimumDuration = minDuration
    request.jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
    request.isQuick = quick
    return request
  }
}
