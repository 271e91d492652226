internal import Foundation
public import Records

/// `metrics.jsonl`: one JSON object a line for the start of the run, each step, each validation, and the end.
///
/// Lines that cannot be written (a full disk) are kept and written with the next ones.
public final class MetricsLog {
  private let path: String
  private let handle: FileHandle
  private var pending = Data()
  /// What an earlier part of the run wrote, and what was written since.
  public private(set) var history = RunHistory()
  /// Why lines are waiting, or nil when none are.
  public private(set) var complaint: String?

  /// Opens the log of a run.
  /// - Parameter step: keep what an earlier part of the run wrote up to this step and drop what it wrote after, which
  ///   the run will write again; nil begins an empty log.
  public init(path: String, continuingAfter step: Int?) throws(TrainingError) {
    self.path = path
    let url = URL(fileURLWithPath: path)
    do {
      var kept = Data()
      if let step, let before = try? Data(contentsOf: url) {
        for text in before.split(separator: UInt8(ascii: "\n")) {
          guard let line = MetricsLine(text), line.step <= step else { continue }
          kept += text + [UInt8(ascii: "\n")]
          history.add(line)
        }
      }
      try kept.write(to: url, options: .atomic)
      handle = try FileHandle(forWritingTo: url)
      try handle.seekToEnd()
    } catch {
      throw TrainingError("\(path): cannot be written (\(Self.reason(error))); make room, or choose another --out")
    }
  }

  deinit { try? handle.close() }

  public func append(_ figures: StepFigures) {
    history.steps.append(figures)
    var line = Self.line("step", step: figures.step, images: figures.images, epoch: figures.epoch)
    line.set("loss", Double(figures.loss), decimals: 6)
    line.set("bce", Double(figures.crossEntropy), decimals: 6)
    line.set("dice", Double(figures.dice), decimals: 6)
    line.set("head", figures.head.map(Double.init), decimals: 6)
    line.set("learning_rate", Double(figures.learningRate), decimals: 9)
    line.set("gradient_norm", figures.gradientNorm.map(Double.init), decimals: 6)
    line.set("seconds", figures.seconds, decimals: 3)
    append(line)
  }

  public func append(_ figures: ValidationFigures) {
    history.validations.append(figures)
    var line = Self.line("validation", step: figures.step, images: figures.images, epoch: figures.epoch)
    line.set("loss", Double(figures.loss), decimals: 6)
    line.set("dice", Double(figures.dice), decimals: 6)
    line.set("auroc", Double(figures.auroc), decimals: 6)
    line.set("balanced_accuracy", Double(figures.balancedAccuracy), decimals: 6)
    line.set("threshold", Double(figures.threshold), decimals: 6)
    line.set("seconds", figures.seconds, decimals: 3)
    append(line)
  }

  /// Appends any other event of the run, such as its start.
  public func append(event type: String, step: Int, _ details: JSONObject) {
    var line = JSONObject()
    line.set("type", type)
    line.set("step", step)
    for member in details.members { line.set(member.key, member.value) }
    append(line)
  }

  private func append(_ line: JSONObject) {
    pending += line.encoded() + [UInt8(ascii: "\n")]
    flush()
  }

  /// Tries to write what is waiting. A write that a full disk cut short is taken back, so that no line is ever halved.
  private func flush() {
    var end: UInt64 = 0
    do {
      end = try handle.offset()
      try handle.write(contentsOf: pending)
      pending = Data()
      complaint = nil
    } catch {
      try? handle.truncate(atOffset: end)
      complaint = "\(path): cannot be written (\(Self.reason(error))); its lines wait in memory"
    }
  }

  private static func line(_ type: String, step: Int, images: Int, epoch: Int) -> JSONObject {
    var line = JSONObject()
    line.set("type", type)
    line.set("step", step)
    line.set("images", images)
    line.set("epoch", epoch)
    return line
  }

  private static func reason(_ error: any Error) -> String { WriteFailure.reason(error) }
}
