internal import Analysis
internal import ArgumentParser
internal import Faces
internal import Forensics
internal import Foundation
internal import Media

/// The options of everything that looks at footage.
struct AnalysisOptions: ParsableArguments {
  @Option(help: "Frames a second to look at (default: 3).")
  var fps: Double?

  @Flag(help: "Look at every frame.")
  var everyFrame = false

  @Flag(help: "Look at key frames only; the decoder then skips the rest.")
  var keyFrames = false

  @Option(
    help: ArgumentHelp(
      "Smallest face, in pixels or as a share of the picture's height such as 8% (default: 40).",
      valueName: "pixels|share%"))
  var minFace: String?

  @Option(
    help: ArgumentHelp("Detector: an ONNX file, or a folder with model.onnx and its golden test.", valueName: "path"))
  var model: String?

  @Option(help: ArgumentHelp("Folder with the face detector's networks.", valueName: "folder"))
  var faceModels: String?

  @Option(help: ArgumentHelp("Frame threshold, 0 to 1 (default: the model's own).", valueName: "probability"))
  var threshold: Float?

  @Option(
    help: ArgumentHelp(
      "The highest score at which a person may be called real, 0 to 1; between it and the threshold they are undecided "
        + "(default: the model's own; 1: none).", valueName: "probability"))
  var clearance: Float?

  @Option(help: ArgumentHelp("Length of the vote window (default: 10).", valueName: "seconds"))
  var window: Double?

  @Option(help: "Analysis threads (default: one for each core).")
  var threads: Int?

  @Option(help: "How RTSP carries media: tcp or udp (default: tcp).")
  var transport: Transport?

  enum Transport: String, ExpressibleByArgument, CaseIterable {
    case tcp, udp

    var value: ReaderOptions.Transport { self == .udp ? .udp : .tcp }
  }

  func validate() throws {
    if let fps, !(fps > 0 && fps <= 1000) { throw ValidationError("--fps \(fps) should lie between 0 and 1000") }
    guard !(everyFrame && keyFrames) else { throw ValidationError("--every-frame and --key-frames exclude each other") }
    if let window, !(window > 0 && window <= 3600) {
      throw ValidationError("--window \(window) should lie between 0 and 3600 seconds")
    }
    if let threshold, !(0...1).contains(threshold) {
      throw ValidationError("--threshold \(threshold) should lie between 0 and 1")
    }
    if let clearance, !(0...1).contains(clearance) {
      throw ValidationError("--clearance \(clearance) should lie between 0 and 1")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads \(threads) should lie between 1 and 256")
    }
    _ = try minimumFace()
  }

  func minimumFace() throws -> MinimumFace? {
    guard let minFace else { return nil }
    if minFace.hasSuffix("%"), let share = Double(minFace.dropLast()), share > 0, share <= 100 {
      return .shareOfHeight(share / 100)
    }
    if let pixels = Double(minFace), pixels >= 12, pixels <= 10_000 { return .pixels(pixels) }
    throw ValidationError("--min-face '\(minFace)' should be pixels, at least 12, or a share such as 8%")
  }

  func settings() throws -> AnalysisSettings {
    var settings = AnalysisSettings()
    if let sampling { settings.sampling = sampling }
    if let face = try minimumFace() { settings.minimumFace = face }
    settings.threshold = threshold
    settings.clearance = clearance
    if let window { settings.votes.window = window }
    settings.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    settings.reader.sampling = settings.sampling
    if let transport { settings.reader.transport = transport.value }
    return settings
  }

  /// Which frames are looked at, if an option says.
  var sampling: Sampling? { everyFrame ? .everyFrame : keyFrames ? .keyFrames : fps.map { .rate($0) } }
}
