public import Forensics
public import Media

/// The detector as a ledger knows it.
public struct LedgerModel: Sendable, Hashable {
  public let name: String
  public let version: String
  /// SHA-256 of the ONNX file, hexadecimal.
  public let sha256: String
  /// The frame rule that the model came with; its threshold a probability where the model is calibrated.
  public let rule: FrameRule
  public let calibration: ScoreCalibration
  /// Side of the face crop as a multiple of the longer side of the face's box, and of the network's input in pixels.
  public let cropScale: Double
  public let inputSize: Int
  /// Confidences, ascending, at which `LedgerFace.areas` are told.
  public let areaLevels: [Float]
  /// What the card says of the model's accuracy, training and licence.
  public let figures, training, licence: String?
}

/// How ballots become verdicts: one threshold and one vote.
public struct Judgement: Sendable, Hashable {
  /// A ballot whose score exceeds it is fake; a probability where the model is calibrated.
  public var threshold: Float
  public var votes: VoteRule

  public init(threshold: Float, votes: VoteRule) {
    self.threshold = threshold
    self.votes = votes
  }
}

/// One run of the program.
public struct LedgerRun: Sendable, Hashable, Identifiable {
  public let id: Int64
  /// `unmask.run_id` of its records.
  public let ulid: String
  /// Version of the program.
  public let program: String
  /// RFC 3339; `ended` is nil while it runs and when it was cut short.
  public let began: String
  public let ended: String?
  /// The paths and options as a JSON object.
  public let request: String
  /// Sampling, smallest face, face detector: a JSON object.
  public let settings: String
  public let model: LedgerModel
  public let judgement: Judgement
  /// `K/N` where the run took a share of the files.
  public let shard: String?
}

/// A file of a run and what came of it.
public struct LedgerEntry: Sendable, Hashable {
  public let run: Int64
  /// As given on the command line, or found below what was given.
  public let path: String
  public let absolute: String
  public let bytes: Int?
  /// Microseconds since 1970.
  public let modified: Int64?
  /// SHA-256 of the content, hexadecimal.
  public let sha256: String?
  /// Nil when the file could not be looked at: then `failure` says why.
  public let scan: LedgerScan?
  /// The verdict under the run's judgement.
  public let verdict: LedgerVerdict?
  public let failure: LedgerFailure?
  /// Whether an earlier run had made the scan.
  public let isCached: Bool
}

/// Why a file could not be read, wholly or in part.
public struct LedgerFailure: Sendable, Hashable {
  /// A stable word such as `not_found`.
  public let code: String
  /// One sentence.
  public let message: String

  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }

  init(_ code: MediaError.Code, _ message: String) { self.init(code: code.rawValue, message: message) }

  init(_ error: MediaError) { self.init(error.code, error.message) }

  /// Whether a limit ended it, so that nothing is known of the rest.
  var leavesRest: Bool { Self.limits.contains(code) }

  /// Whether the bytes themselves are at fault: another attempt would meet it again.
  var isLasting: Bool { Self.lasting.contains(code) }

  private static let limits = Set([MediaError.Code.timeLimit, .frameLimit, .hung].map(\.rawValue))
  private static let lasting = Set(
    [MediaError.Code.notMedia, .noVideo, .unsupported, .damaged, .truncated, .formatChanged].map(\.rawValue))
}

/// One content looked at with one model under one setting.
public struct LedgerScan: Sendable, Hashable, Identifiable {
  public internal(set) var id: Int64
  /// RFC 3339.
  public let finished: String
  /// Wall-clock seconds that it took.
  public let seconds: Double
  public let media: LedgerMedia?
  public let counters: LedgerCounters
}

/// What is known of a video or picture.
public struct LedgerMedia: Sendable, Hashable {
  public let container: String
  public let codec: String
  /// The displayed picture.
  public let size: PixelSize?
  /// Seconds; nil for stills and where the container does not say.
  public let duration: Double?
  public let frameRate: Double?
  public let isStill: Bool

  public init(_ info: VideoInfo) {
    self.init(
      container: info.container, codec: info.codec, size: info.size, duration: info.duration,
      frameRate: info.frameRate, isStill: info.isStill)
  }

  init(
    container: String, codec: String, size: PixelSize?, duration: Double?, frameRate: Double?, isStill: Bool
  ) {
    self.container = container
    self.codec = codec
    self.size = size
    self.duration = duration
    self.frameRate = frameRate
    self.isStill = isStill
  }
}

/// Frames and faces of one scan, as `unmask.counters` tells them.
public struct LedgerCounters: Sendable, Hashable {
  public var decoded = 0
  public var sampled = 0
  public var skipped = 0
  public var corrupt = 0
  public var analysed = 0
  public var evicted = 0
  public var failed = 0
  public var faces = 0

  public init() {}
}

/// The verdict on a file.
public struct LedgerVerdict: Sendable, Hashable {
  public let assessment: Assessment
  public let score: Float?

  public var label: Label { assessment.label }
}

/// One person followed through a video, or one face of a picture.
public struct LedgerTrack: Sendable, Hashable, Identifiable {
  /// `unmask.face.track` of the records.
  public let number: Int
  /// In order of time.
  public let timeline: [LedgerBallot]
  /// In order of time.
  public let stretches: [LedgerStretch]
  /// In order of time.
  public let pictures: [KeyPicture]

  public var id: Int { number }
}

/// What one sampled frame said of one track.
public struct LedgerBallot: Sendable, Hashable {
  /// The frame, counted from 0 over those that were sampled, and the person's place among those of the frame.
  public var frame: Int
  public var place: Int
  public var track: Int
  /// Seconds since the start of the source.
  public var time: Double
  /// Nil when the person was not seen, or what was seen is no evidence: an abstention.
  public var face: LedgerFace?
}

/// One judged face.
public struct LedgerFace: Sendable, Hashable {
  /// The frame score in the network's own confidences; `LedgerModel.calibration` makes a probability of it.
  public var score: Float
  /// In pixels of the displayed picture, to a tenth.
  public var box: Rectangle
  public var picture: PixelSize
  /// The mask's share of the crop, in 1/65535, at each of `LedgerModel.areaLevels`; 0 behind them.
  public var shares: SIMD16<UInt16>

  /// - Parameter areas: the mask's share of the crop, 0...1, at no more than 16 levels.
  public init(score: Float, box: Rectangle, picture: PixelSize, areas: [Float]) {
    self.score = score
    self.box = box
    self.picture = picture
    shares = SIMD16()
    for (index, area) in areas.prefix(16).enumerated() {
      shares[index] = UInt16((min(max(area, 0), 1) * 65_535).rounded())
    }
  }

  /// The mask's share of the crop, 0...1, at one of the model's levels.
  public func area(atLevel index: Int) -> Float { index < 16 ? Float(shares[index]) / 65_535 : 0 }
}

/// One label standing over one stretch of one track.
public struct LedgerStretch: Sendable, Hashable {
  public let track: Int
  public let verdict: Verdict

  public init(track: Int, verdict: Verdict) {
    self.track = track
    self.verdict = verdict
  }
}

/// The crop around a face and its mask.
public struct KeyPicture: Sendable, Hashable {
  public let track: Int
  /// Seconds since the start of the source.
  public let time: Double
  /// The frame score in the network's own confidences.
  public let score: Float
  /// What part of the displayed picture both show.
  public let area: Rectangle
  /// A JPEG file.
  public let picture: [UInt8]
  /// A PNG file of the same size, grey: white where the network is sure of a manipulation.
  public let mask: [UInt8]
}
