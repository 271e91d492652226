import Faces
import Foundation
import Media

@testable import Forensics

/// Times the way of a frame on one core: decode, detect, crop, mask, vote; and the memory the process came to hold.
///
///     FrameBenchmark VIDEO [FRAMES]
///
/// Prints a line for each stage with the median and the minimum, in milliseconds a frame.
@main
struct FrameBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let video = arguments.first else {
      FileHandle.standardError.write(Data("usage: FrameBenchmark VIDEO [FRAMES]\n".utf8))
      exit(2)
    }
    let limit = arguments.dropFirst().first.flatMap { Int($0) } ?? 100
    let detector = try FaceDetector(
      models: FaceModels(directory: ".cache/mtcnn"), minimumFace: .pixels(40))
    let model = try DetectorModel(path: "Models/effunet")
    let segmenter = try Segmenter(model, rule: model.card.rule)
    var options = ReaderOptions(sampling: .everyFrame)
    options.decoderThreads = 1
    let reader = try VideoReader(Location(video), options: options)
    var votes = TrackVotes(rule: VoteRule(), threshold: model.card.rule.threshold)
    var stages = Stages()
    var frames = 0
    while frames < limit, let frame = try stages.time("decode", { try reader.next() }) {
      frames += 1
      let faces = try stages.time("detect") { try detector.faces(in: frame).faces }
      guard let face = faces.first else { continue }
      stages.time("crop") { segmenter.crop(face, from: frame) }
      stages.time("mask") { segmenter.segment() }
      stages.time("vote") {
        let evidence = Evidence(finding: segmenter.score(), box: face.box, picture: frame.size)
        _ = votes.cast(Ballot(time: frame.time, vote: .cast(evidence)))
      }
    }
    let size = reader.info.size.map { "\($0)" } ?? "unknown size"
    print("\(video): \(size), \(frames) frames, one thread, one face a frame")
    stages.report()
    print("memory   peak " + String(format: "%9.1f MB", peakMegabytes()))
  }

  private static func peakMegabytes() -> Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
  }
}

/// Milliseconds by stage.
private struct Stages {
  private var names: [String] = []
  private var times: [String: [Double]] = [:]
  private let clock = ContinuousClock()

  mutating func time<Result>(_ name: String, _ work: () throws -> Result) rethrows -> Result {
    let start = clock.now
    let result = try work()
    let elapsed = (clock.now - start) / .milliseconds(1)
    if times[name] == nil { names.append(name) }
    times[name, default: []].append(elapsed)
    return result
  }

  func report() {
    var total = 0.0
    for name in names {
      let sorted = times[name, default: []].sorted()
      let median = sorted[sorted.count / 2]
      total += median
      print("\(name.padded(8)) median \(median.milliseconds) min \(sorted[0].milliseconds)")
    }
    print("\("all".padded(8)) median \(total.milliseconds)")
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String { padding(toLength: width, withPad: " ", startingAt: 0) }
}

extension Double {
  fileprivate var milliseconds: String { String(format: "%8.2f ms", self) }
}
