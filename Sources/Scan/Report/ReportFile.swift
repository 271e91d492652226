internal import Forensics
internal import Media

/// One file as the report shows it: what it is, what was found in it, and how.
struct ReportFile: Sendable {
  var item: ReportItem
  /// Size of the displayed picture.
  var picture: PixelSize?
  var isStill = false
  /// Container and codec.
  var format: String?
  /// Frames and faces by the words of the records, in order.
  var counters: [(name: String, count: Int)] = []
  /// Other places where the same content lies.
  var copies: [String] = []
  /// Everybody who was seen, by the number of the track.
  var people: [ReportPerson] = []
  var analysis: ReportAnalysis
}

/// One line of the report's index.
struct ReportItem: Sendable, Hashable {
  struct Failure: Sendable, Hashable {
    var code: String
    var message: String
  }

  /// A stretch of time, seconds since the start of the file.
  struct Span: Sendable, Hashable {
    var start: Double
    var end: Double
  }

  /// What tells this result from every other: the place of the file, the model, the settings.
  var identity: String
  /// Changes when anything changes that the file's page shows.
  var fingerprint: String
  var path: String
  /// Of the content, hexadecimal; nil when it could not be read.
  var sha256: String?
  var bytes: Int?
  /// Unix time of the file's last change.
  var modified: Double?
  /// Seconds; nil for a still image and where nobody knows.
  var duration: Double?
  /// When it was analysed, RFC 3339.
  var analysed: String?
  /// Nil when the file could not be opened.
  var assessment: Assessment?
  var score: Float?
  var failure: Failure?
  /// Where people are manipulated.
  var findings: [Span] = []

  /// What the index counts and sorts the file as.
  var standing: Standing {
    guard let assessment else { return .unreadable }
    return Standing(assessment.label)
  }
}

/// One person: a face followed through time.
struct ReportPerson: Sendable {
  /// Number of the track.
  var track: Int
  var ballots: [ReportBallot]
  var stretches: [ReportStretch]
  var pictures: [ReportPicture] = []

  /// The stretch that speaks for the person: by the weight of its verdict, then by its score.
  var leading: ReportStretch? { stretches.max { $0.rank < $1.rank } }
}

/// What one frame said of a person.
struct ReportBallot: Sendable, Hashable {
  /// Seconds since the start of the file.
  var time: Double
  /// Nil when the frame abstained.
  var score: Float?
}

/// A stretch of time over which one verdict stands.
struct ReportStretch: Sendable, Hashable {
  var start: Double
  var end: Double
  var assessment: Assessment
  var score: Float?
  var tally: Tally

  fileprivate var rank: (Int, Float) { (assessment.weight, score ?? 0) }
}

/// A face at one moment, and its mask.
struct ReportPicture: Sendable {
  var time: Double
  var score: Float
  /// The crop that the model saw, JPEG or PNG.
  var face: [UInt8]
  /// The mask over it: a grey PNG, confidence 0...1 as 0...255.
  var mask: [UInt8]
}

/// With what and how a file was analysed, so that another person can repeat it.
struct ReportAnalysis: Sendable {
  struct Model: Sendable, Hashable {
    var name: String
    var version: String
    var sha256: String
  }

  /// Version of this program.
  var version: String
  var model: Model
  /// Measured figures, training and licence in the words of the model's card.
  var figures: String?
  var training: String?
  var licence: String?
  /// Whether scores are probabilities.
  var isCalibrated: Bool
  /// SHA-256 of the networks that find faces.
  var faceModels: [String]
  var rule: FrameRule
  /// The frame rule as the mask's pixels have it, before calibration.
  var maskRule: FrameRule
  /// Side of the mask that the rule counts points in, pixels.
  var maskSide: Int
  var votes: VoteRule
  /// Options by their names on the command line, without the dashes; a flag has no value.
  var settings: [(name: String, value: String?)]
}

/// What a file counts as; the order is that of the index, findings first.
enum Standing: Int, Sendable, Hashable, CaseIterable, Comparable {
  case fake, inconclusive, unreadable, real, noFace

  init(_ label: Label) {
    self =
      switch label {
      case .fake: .fake
      case .inconclusive: .inconclusive
      case .real: .real
      case .noFace: .noFace
      }
  }

  static func < (left: Standing, right: Standing) -> Bool { left.rawValue < right.rawValue }
}
