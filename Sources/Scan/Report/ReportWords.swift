internal import Forensics
internal import Foundation
internal import Records

/// How the report puts things into words and figures.
enum ReportWords {
  /// A number between 0 and 1 with three decimals, never rounded to the other side of what it is compared with.
  static func score(_ value: Float?) -> String { value.map { Figures.decimal(Double($0), 3) } ?? "–" }

  /// With so many decimals at most: without trailing zeros.
  static func short(_ value: Double, _ places: Int) -> String {
    var text = Figures.decimal(value, places)
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }

  static func percent(_ share: Double) -> String { Figures.decimal(100 * share, 0) + "\u{A0}%" }

  /// `5.97 MB`, in one piece.
  static func bytes(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["bytes", "kB", "MB", "GB", "TB"] {
      if value < 999.5 || unit == "TB" {
        return (unit == "bytes" ? String(count) : significant(value)) + "\u{A0}" + unit
      }
      value /= 1000
    }
    return "\(count) bytes"
  }

  private static func significant(_ value: Double) -> String {
    Figures.decimal(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
  }

  /// With a thin space between groups of three digits.
  static func count(_ number: Int) -> String {
    let digits = String(number)
    guard number > 9999 else { return digits }
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
      text.append(digit)
    }
    return text
  }

  /// `3 frames`, `1 frame`
  static func count(_ number: Int, _ noun: String) -> String { count(number) + " " + noun + (number == 1 ? "" : "s") }

  static func word(_ standing: Standing) -> String {
    switch standing {
    case .fake: "manipulated"
    case .inconclusive: "undecided"
    case .unreadable: "not readable"
    case .real: "nothing found"
    case .noFace: "no face"
    }
  }

  /// The name by which style sheets and scripts know it.
  static func key(_ standing: Standing) -> String {
    switch standing {
    case .fake: "fake"
    case .inconclusive: "open"
    case .unreadable: "error"
    case .real: "real"
    case .noFace: "none"
    }
  }

  static func reason(_ assessment: Assessment) -> String {
    switch assessment.reason {
    case .majority: assessment.label == .fake ? "most ballots say manipulated" : "most ballots found nothing"
    case .tooFewBallots: "too few usable frames"
    case .closeToTheLine: "too close to the line"
    case .notCleared: "too high a score to call it real"
    case .noFace: "nobody was seen"
    case .cutShort: "only a part was looked at"
    }
  }

  /// What a verdict on a file means, and what it does not.
  static func meaning(_ standing: Standing, isStill: Bool) -> String {
    switch standing {
    case .fake:
      "This is a reason to look, not evidence about a person. The detector marked a connected patch of somebody's face "
        + "as blended in, "
        + (isStill ? "in the only frame there is" : "in most of the frames of at least one vote window")
        + ". Detectors err: look at the pictures below, and at the original."
    case .inconclusive:
      "The program does not know. Either too few frames showed a usable face, or the ballots lie too close to the line "
        + "between the two answers, or the score is one that fakes have as well, or a limit kept it from looking at the "
        + "whole file."
    case .real:
      "This says only that nothing was found. The detector knows traces of blending; it does not know wholly generated "
        + "pictures or altered voices, and a forgery that leaves no such traces looks the same to it."
    case .noFace:
      "No face of the smallest size that was looked for was found, so nothing was judged: this is no statement about "
        + "the footage."
    case .unreadable: "The file could not be read, so nothing in it was judged."
    }
  }

  static func meaningOfScores(isCalibrated: Bool) -> String {
    isCalibrated
      ? "The model is calibrated: a score is a probability, as far as the footage resembles that of the calibration."
      : "Scores are not probabilities: this model is not calibrated. They order frames, and the threshold divides them."
  }

  /// One name for a shell, quoted where need be.
  static func shellWord(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-_./%+=:,@".utf8.contains(byte)
        }
      }
    return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
