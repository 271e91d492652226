internal import Forensics
internal import Foundation

/// Scores kept as JSON lines, so that calibration and another evaluation need not decode and segment anew.
///
/// The first line says which model they are from; each source is a line of type `source`, followed by one of type `frame`
/// for each sampled frame.
enum ScoreFile {
  private static let format = "unmask-scores/1"

  private struct Line: Codable {
    var type: String
    // head
    var format: String?
    var model: String?
    var version: String?
    var sha256: String?
    var calibrated_from: String?
    var minimum_components: [Int]?
    var threshold: Float?
    var min_component: Int?
    var temperature: Double?
    var bias: Double?
    var window: Double?
    var minimum_ballots: Int?
    var line: Double?
    var margin: Double?
    var dwell: Double?
    /// As scores are reported, unlike the threshold; 1 in files of before there was one.
    var clearance: Float?
    var sampling: String?
    var listed_groups: Bool?
    var circumstances: Circumstances?
    // source
    var item: EvaluationItem?
    var condition: String?
    var still: Bool?
    var seconds: Double?
    var failure: String?
    // frame
    var time: Double?
    var people: [Person]?
    var ended: [Int]?
  }

  private struct Person: Codable {
    var track: Int
    var scores: [Float]?
    var overlap: MaskOverlap?

    /// Whether its numbers can be what they are taken for; sums of them then stay numbers.
    var isPlausible: Bool {
      let counts = overlap.map { [$0.common, $0.marked, $0.manipulated] } ?? []
      return (scores ?? []).allSatisfy { (0...1).contains($0) } && counts.allSatisfy { (0...1 << 32).contains($0) }
    }
  }

  /// Whether a path names such a file, by its ending.
  static func isNamed(by path: String) -> Bool { path.hasSuffix(".jsonl") }

  static func write(_ set: ScoreSet, to path: String) throws(EvaluationError) {
    var head = Line(type: "head")
    head.format = format
    head.model = set.model
    head.version = set.version
    head.sha256 = set.sha256
    head.calibrated_from = set.calibratedFrom
    head.minimum_components = set.minimumComponents
    head.threshold = set.point.threshold
    head.min_component = set.point.minimumComponent
    head.temperature = set.point.calibration.temperature
    head.bias = set.point.calibration.bias
    head.window = set.point.votes.window
    head.minimum_ballots = set.point.votes.minimumBallots
    head.line = set.point.votes.line
    head.margin = set.point.votes.margin
    head.dwell = set.point.votes.dwell
    head.clearance = set.point.votes.clearance
    head.sampling = set.sampling
    head.listed_groups = set.hasListedGroups
    head.circumstances = set.circumstances
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var text = Data()
    do {
      for line in [head] + set.sources.flatMap(lines) {
        text.append(try encoder.encode(line))
        text.append(UInt8(ascii: "\n"))
      }
      try text.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw EvaluationError("\(path): the scores cannot be written there: \(error.localizedDescription)")
    }
  }

  private static func lines(of source: ScoredSource) -> [Line] {
    var first = Line(type: "source")
    first.item = source.item
    first.condition = source.condition
    first.still = source.isStill
    first.seconds = source.seconds
    first.failure = source.failure
    return [first]
      + source.frames.map { frame in
        var line = Line(type: "frame")
        line.time = frame.time
        line.people = frame.people.map { Person(track: $0.track, scores: $0.scores, overlap: $0.overlap) }
        line.ended = frame.ended.isEmpty ? nil : frame.ended
        return line
      }
  }

  /// - Throws: `EvaluationError` naming the file and the line that is not as it should be.
  static func read(_ path: String) throws(EvaluationError) -> ScoreSet {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw EvaluationError("\(path): cannot be read; is it there, and may this user read it?")
    }
    let decoder = JSONDecoder()
    var set: ScoreSet?
    for (number, bytes) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      func damage(_ what: String) -> EvaluationError {
        EvaluationError("\(path), line \(number + 1): \(what); write the scores again with `unmask evaluate --scores`")
      }
      guard let line = try? decoder.decode(Line.self, from: bytes) else { throw damage("is no line of scores") }
      switch line.type {
      case "head":
        guard set == nil, line.format == format, let read = scoreSet(line) else {
          throw damage("is no head of a file of scores that this version reads")
        }
        set = read
      case "source":
        guard set != nil, let item = line.item, let condition = line.condition, let still = line.still,
          (0...1e9).contains(line.seconds ?? 0)
        else {
          throw damage("does not describe a source")
        }
        set?.sources.append(
          ScoredSource(
            item: item, condition: condition, isStill: still, seconds: line.seconds ?? 0, frames: [],
            failure: line.failure))
      case "frame":
        guard let columns = set?.minimumComponents.count, let last = set?.sources.indices.last, let time = line.time,
          let people = line.people
        else { throw damage("is a frame of no source") }
        for person in people where person.scores != nil && person.scores?.count != columns {
          throw damage("has \(person.scores?.count ?? 0) scores for a face where the head names \(columns)")
        }
        guard people.allSatisfy(\.isPlausible) else { throw damage("has a score outside 0...1, or a mask's size") }
        set?.sources[last].frames.append(
          ScoredFrame(
            time: time,
            people: people.map { ScoredPerson(track: $0.track, scores: $0.scores, overlap: $0.overlap) },
            ended: line.ended ?? []))
      default: throw damage("has the unknown type '\(line.type)'")
      }
    }
    guard let set, !set.sources.isEmpty else { throw EvaluationError("\(path): holds no scores") }
    return set
  }

  private static func scoreSet(_ head: Line) -> ScoreSet? {
    guard let model = head.model, let version = head.version, let sha256 = head.sha256,
      let components = head.minimum_components, components == components.sorted(), !components.isEmpty,
      let threshold = head.threshold, let component = head.min_component, components.contains(component),
      let temperature = head.temperature, let bias = head.bias, let window = head.window,
      let ballots = head.minimum_ballots, let line = head.line, let margin = head.margin, let dwell = head.dwell,
      let sampling = head.sampling,
      // As model cards and the command line have them.
      components.allSatisfy({ (0...1_000_000).contains($0) }), (0...1).contains(threshold),
      (0.001...1000).contains(temperature), (-100...100).contains(bias), (0...3600).contains(window),
      (0..<1).contains(line), (0...0.5).contains(margin), (0...3600).contains(dwell),
      (0...1).contains(head.clearance ?? 1)
    else { return nil }
    return ScoreSet(
      model: model, version: version, sha256: sha256, calibratedFrom: head.calibrated_from,
      minimumComponents: components,
      point: OperatingPoint(
        threshold: threshold, minimumComponent: component,
        calibration: ScoreCalibration(temperature: temperature, bias: bias),
        votes: VoteRule(
          window: window, minimumBallots: ballots, line: line, margin: margin, dwell: dwell,
          clearance: head.clearance ?? 1)),
      sampling: sampling, hasListedGroups: head.listed_groups ?? false, circumstances: head.circumstances, sources: [])
  }
}
