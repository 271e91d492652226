/// The project's own part of a record. Absent parts leave no key.
public struct Details: Sendable, Hashable {
  public var stream: StreamDetails?
  public var file: FileDetails?
  public var verdict: VerdictDetails?
  public var face: FaceDetails?
  public var media: MediaDetails?
  /// When who of a video was judged how, in order of time, and how many stretches found no room in the line.
  public var segments: [SegmentDetails] = []
  public var omittedSegments = 0
  public var model: ModelDetails?
  public var counters: CounterDetails?
  public var summary: SummaryDetails?
  public var run: RunDetails?
  public var reload: ReloadDetails?
  /// Whether what is told of a file was known from an earlier run.
  public var isCached = false
  /// A picture and a video kept for a verdict: paths relative to the folder of evidence.
  public var evidence: String?
  public var clip: String?
  /// Records like this one that were held back since the last of them.
  public var repeated: Int?
  /// What befell the records themselves.
  public var loss: LossDetails?
  public var repair: RepairDetails?
  public var continued: ContinuedDetails?

  public init(
    stream: StreamDetails? = nil, file: FileDetails? = nil, verdict: VerdictDetails? = nil, face: FaceDetails? = nil,
    media: MediaDetails? = nil, model: ModelDetails? = nil, counters: CounterDetails? = nil,
    summary: SummaryDetails? = nil, run: RunDetails? = nil, reload: ReloadDetails? = nil
  ) {
    self.stream = stream
    self.file = file
    self.verdict = verdict
    self.face = face
    self.media = media
    self.model = model
    self.counters = counters
    self.summary = summary
    self.run = run
    self.reload = reload
  }

  func append(to object: inout JSONObject) {
    if let stream { object.set("stream", stream.json) }
    if let file { object.set("file", file.json) }
    if let verdict { object.set("verdict", verdict.json) }
    if let face { object.set("face", face.json) }
    if let media { object.set("media", media.json) }
    if !segments.isEmpty { object.set("segments", .array(segments.map { .object($0.json) })) }
    if omittedSegments > 0 { object.set("segments_omitted", omittedSegments) }
    if isCached { object.set("cached", true) }
    if let counters { object.set("counters", counters.json) }
    if let summary { object.set("summary", summary.json) }
    if let run { object.set("run", run.json) }
    if let reload { object.set("reload", reload.json) }
    if let model { object.set("model", model.json) }
    object.set("evidence", evidence)
    object.set("clip", clip)
    object.set("repeated", repeated)
    if let loss { object.set("loss", loss.json) }
    if let repair { object.set("repair", repair.json) }
    if let continued { object.set("continued", continued.json) }
  }
}

/// A watched stream.
public struct StreamDetails: Sendable, Hashable {
  public let name: String
  /// `rtsp`, `hls`, `file`, ...
  public let kind: String
  /// The address without credentials.
  public let url: String

  public init(name: String, kind: String, url: String) {
    self.name = name
    self.kind = kind
    self.url = url
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("name", name)
    object.set("kind", kind)
    object.set("url", url)
    return object
  }
}

/// A scanned file.
public struct FileDetails: Sendable, Hashable {
  /// As given on the command line or found below what was given.
  public let path: String
  /// SHA-256 of the content, hexadecimal; absent when the file could not be read.
  public var sha256: String?
  public var bytes: Int?
  /// Seconds; absent for stills and when the container does not say.
  public var duration: Double?

  public init(path: String, sha256: String? = nil, bytes: Int? = nil, duration: Double? = nil) {
    self.path = path
    self.sha256 = sha256
    self.bytes = bytes
    self.duration = duration
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("path", path)
    object.set("sha256", sha256)
    object.set("bytes", bytes)
    object.set("duration", duration, decimals: 3)
    return object
  }
}

/// A verdict on a person, a file or a stream.
public struct VerdictDetails: Sendable, Hashable {
  /// `fake`, `real`, `inconclusive` or `no_face`.
  public let label: String
  public let reason: String
  /// 0...1; absent when no face was judged.
  public let score: Double?
  public let threshold: Double?
  /// The highest score that may be called real, 0...1; absent where it is the threshold.
  public let clearance: Double?
  public let fake, real, abstained: Int?
  /// Share of the sampled time with a usable face, 0...1.
  public let coverage: Double?

  public init(
    label: String, reason: String, score: Double?, threshold: Double?, clearance: Double? = nil, fake: Int? = nil,
    real: Int? = nil, abstained: Int? = nil, coverage: Double? = nil
  ) {
    self.label = label
    self.reason = reason
    self.score = score
    self.threshold = threshold
    self.clearance = clearance == threshold ? nil : clearance
    self.fake = fake
    self.real = real
    self.abstained = abstained
    self.coverage = coverage
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("label", label)
    object.set("reason", reason)
    object.set("score", score, decimals: 6)
    object.set("threshold", threshold, decimals: 6)
    object.set("clearance", clearance, decimals: 6)
    var ballots = JSONObject()
    ballots.set("fake", fake)
    ballots.set("real", real)
    ballots.set("abstained", abstained)
    object.set("ballots", ballots)
    object.set("coverage", coverage, decimals: 3)
    return object
  }
}

/// The face that a verdict is about, at the frame of its strongest evidence.
public struct FaceDetails: Sendable, Hashable {
  public let track: Int
  /// x, y, width, height in pixels of the displayed picture; absent when no frame showed a usable face.
  public let box: [Double]?
  /// Width and height of the displayed picture.
  public let frame: [Int]?
  /// Share of the crop that the mask marks, 0...1.
  public let maskArea: Double?

  public init(track: Int, box: [Double]?, frame: [Int]?, maskArea: Double?) {
    self.track = track
    self.box = box
    self.frame = frame
    self.maskArea = maskArea
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("track", track)
    object.set("box", box.map { .array($0.map { .number($0, decimals: 1) }) })
    object.set("frame", frame.map { .array($0.map { .integer(Int64($0)) }) })
    object.set("mask_area", maskArea, decimals: 4)
    return object
  }
}

/// A stretch of media time.
public struct MediaDetails: Sendable, Hashable {
  /// Seconds since the start of the source.
  public let start, end: Double

  public init(start: Double, end: Double) {
    self.start = start
    self.end = end
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("start", start, decimals: 3)
    object.set("end", end, decimals: 3)
    return object
  }
}

/// The model behind a verdict.
public struct ModelDetails: Sendable, Hashable {
  public let name: String
  public let version: String
  /// SHA-256 of the file, hexadecimal.
  public let sha256: String

  public init(name: String, version: String, sha256: String) {
    self.name = name
    self.version = version
    self.sha256 = sha256
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("name", name)
    object.set("version", version)
    object.set("sha256", sha256)
    return object
  }
}

/// Frames and faces of one source. decoded = sampled + skipped, sampled = analysed + evicted + failed.
public struct CounterDetails: Sendable, Hashable {
  public var decoded, sampled, skipped, corrupt, analysed, evicted, failed, faces: Int
  /// Analysed frames of a stream that were no evidence; nil for files.
  public var withheld: Int?

  public init(
    decoded: Int, sampled: Int, skipped: Int, corrupt: Int, analysed: Int, evicted: Int, failed: Int, faces: Int,
    withheld: Int? = nil
  ) {
    self.withheld = withheld
    self.decoded = decoded
    self.sampled = sampled
    self.skipped = skipped
    self.corrupt = corrupt
    self.analysed = analysed
    self.evicted = evicted
    self.failed = failed
    self.faces = faces
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("decoded", decoded)
    object.set("sampled", sampled)
    object.set("skipped", skipped)
    object.set("corrupt", corrupt)
    object.set("analysed", analysed)
    object.set("evicted", evicted)
    object.set("failed", failed)
    object.set("faces", faces)
    object.set("withheld", withheld)
    return object
  }
}

/// The end of a scan: files by outcome.
public struct SummaryDetails: Sendable, Hashable {
  public var files, fake, real, inconclusive, noFace, failed: Int

  public init(files: Int, fake: Int, real: Int, inconclusive: Int, noFace: Int, failed: Int) {
    self.files = files
    self.fake = fake
    self.real = real
    self.inconclusive = inconclusive
    self.noFace = noFace
    self.failed = failed
  }

  var json: JSONObject {
    var object = JSONObject()
    object.set("files", files)
    object.set("fake", fake)
    object.set("real", real)
    object.set("inconclusive", inconclusive)
    object.set("no_face", noFace)
    object.set("failed", failed)
    return object
  }
}

/// How this run of the program is set up; carried by `service.start`.
public struct RunDetails: Sendable, Hashable {
  /// The subcommand.
  public let command: String
  /// Settings by name, in the order given.
  public let settings: [(name: String, value: JSONValue)]
  /// What the card of the model says of its own accuracy, training and licence.
  public let figures, training, licence: String?
  /// The face detector's networks.
  public let faceModels: [ModelDetails]

  public init(
    command: String, settings: [(name: String, value: JSONValue)], figures: String?, training: String?,
    licence: String?, faceModels: [ModelDetails]
  ) {
    self.command = command
    self.settings = settings
    self.figures = figures
    self.training = training
    self.licence = licence
    self.faceModels = faceModels
  }

  public static func == (left: RunDetails, right: RunDetails) -> Bool { left.json == right.json }
  public func hash(into hasher: inout Hasher) { hasher.combine(json) }

  var json: JSONObject {
    var object = JSONObject()
    object.set("command", command)
    var settings = JSONObject()
    for (name, value) in self.settings { settings.set(name, value) }
    object.set("settings", settings)
    object.set("figures", figures)
    object.set("training", training)
    object.set("licence", licence)
    object.set("face_models", .array(faceModels.map { .object($0.json) }))
    return object
  }
}
