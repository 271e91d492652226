internal import Analysis
internal import ArgumentParser
internal import Media
internal import Records
internal import Scan

/// What one file may cost.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Leave a file after so much time, its analysis included; what was found until then stands.",
      valueName: "seconds"))
  var maxSecondsPerFile: Double?

  @Option(help: ArgumentHelp("Leave a file after so many frames.", valueName: "frames"))
  var maxFramesPerFile: Int?

  @Option(
    help: ArgumentHelp("Refuse pictures with more pixels (default: 64000000, in videos 36000000).", valueName: "pixels")
  )
  var maxPixels: Int?

  @Option(help: ArgumentHelp("Refuse files with more streams (default: 256).", valueName: "streams"))
  var maxStreams: Int?

  func validate() throws {
    if let maxSecondsPerFile, !(maxSecondsPerFile > 0 && maxSecondsPerFile <= 1e9) {
      throw ValidationError("--max-seconds-per-file \(maxSecondsPerFile) should be a number of seconds")
    }
    if let maxFramesPerFile, maxFramesPerFile < 1 {
      throw ValidationError("--max-frames-per-file \(maxFramesPerFile) should be at least 1")
    }
    if let maxPixels, !(1...2_000_000_000).contains(maxPixels) {
      throw ValidationError("--max-pixels \(maxPixels) should lie between 1 and 2000000000")
    }
    if let maxStreams, !(1...10_000).contains(maxStreams) {
      throw ValidationError("--max-streams \(maxStreams) should lie between 1 and 10000")
    }
  }

  /// 8K in any proportion. Of anything larger, decoders hold more pictures than a gigabyte has room for.
  private static let moviePixels = 36_000_000

  func apply(to settings: inout AnalysisSettings) {
    if let maxFramesPerFile { settings.reader.limits.frames = maxFramesPerFile }
    if let maxPixels { settings.reader.limits.pixels = maxPixels }
    settings.reader.limits.moviePixels = maxPixels ?? Self.moviePixels
    if let maxStreams { settings.reader.limits.streams = maxStreams }
  }

  /// Those that were given, by their names, for `service.start`.
  var described: [(name: String, value: JSONValue)] {
    var list: [(name: String, value: JSONValue)] = []
    if let maxSecondsPerFile { list.append(("max-seconds-per-file", .number(maxSecondsPerFile, decimals: 3))) }
    if let maxFramesPerFile { list.append(("max-frames-per-file", .integer(Int64(maxFramesPerFile)))) }
    if let maxPixels { list.append(("max-pixels", .integer(Int64(maxPixels)))) }
    if let maxStreams { list.append(("max-streams", .integer(Int64(maxStreams)))) }
    return list
  }
}
