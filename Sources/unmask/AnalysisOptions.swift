internal import Analysis
internal import ArgumentParser
internal import Faces
internal import Forensics
internal import Foundation
internal import Media
internal import Records

/// The options of everything that looks at footage.
struct AnalysisOptions: ParsableArguments {
  @Option(help: "Frames a second to look at.")
  var fps: Double = 3

  @Flag(help: "Look at every frame.")
  var everyFrame = false

  @Flag(help: "Look at key frames only; the decoder then skips the rest.")
  var keyFrames = false

  @Option(
    help: ArgumentHelp(
      "Smallest face, in pixels or as a share of the picture's height such as 8%.", valueName: "pixels|share%"))
  var minFace = "40"

  @Option(
    help: ArgumentHelp("Detector: an ONNX file, or a folder with model.onnx and its golden test.", valueName: "path"))
  var model: String?

  @Option(help: ArgumentHelp("Folder with the face detector's networks.", valueName: "folder"))
  var faceModels: String?

  @Option(help: ArgumentHelp("Frame threshold, 0 to 1 (default: the model's own).", valueName: "probability"))
  var threshold: Float?

  @Option(help: ArgumentHelp("Length of the vote window.", valueName: "seconds"))
  var window: Double = 10

  @Option(help: "Analysis threads (default: one for each core).")
  var threads: Int?

  @Option(help: "How RTSP carries media: tcp or udp.")
  var transport: Transport = .tcp

  enum Transport: String, ExpressibleByArgument, CaseIterable {
    case tcp, udp
  }

  func validate() throws {
    guard fps > 0, fps <= 1000 else { throw ValidationError("--fps \(fps) should lie between 0 and 1000") }
    guard !(everyFrame && keyFrames) else { throw ValidationError("--every-frame and --key-frames exclude each other") }
    guard window > 0, window <= 3600 else {
      throw ValidationError("--window \(window) should lie between 0 and 3600 seconds")
    }
    if let threshold, !(0...1).contains(threshold) {
      throw ValidationError("--threshold \(threshold) should lie between 0 and 1")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads \(threads) should lie between 1 and 256")
    }
    _ = try minimumFace()
  }

  private func minimumFace() throws -> MinimumFace {
    if minFace.hasSuffix("%"), let share = Double(minFace.dropLast()), share > 0, share <= 100 {
      return .shareOfHeight(share / 100)
    }
    if let pixels = Double(minFace), pixels >= 12, pixels <= 10_000 { return .pixels(pixels) }
    throw ValidationError("--min-face '\(minFace)' should be pixels, at least 12, or a share such as 8%")
  }

  func settings() throws -> AnalysisSettings {
    var settings = AnalysisSettings()
    settings.sampling = everyFrame ? .everyFrame : keyFrames ? .keyFrames : .rate(fps)
    settings.minimumFace = try minimumFace()
    settings.threshold = threshold
    settings.votes.window = window
    settings.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    settings.reader.sampling = settings.sampling
    settings.reader.transport = transport == .udp ? .udp : .tcp
    return settings
  }

  /// The settings by their command-line names, for `service.start`.
  func described(_ settings: AnalysisSettings) -> [(name: String, value: JSONValue)] {
    var list: [(name: String, value: JSONValue)] = []
    switch settings.sampling {
    case .rate(let fps): list.append(("fps", .number(fps, decimals: 3)))
    case .everyFrame: list.append(("every-frame", true))
    case .keyFrames: list.append(("key-frames", true))
    }
    list.append(("min-face", .string(minFace)))
    list.append(("window", .number(window, decimals: 3)))
    list.append(("threads", .integer(Int64(settings.threads))))
    list.append(("transport", .string(transport.rawValue)))
    return list
  }
}
