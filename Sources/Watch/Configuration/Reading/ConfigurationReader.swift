internal import Foundation
internal import Media
internal import Records
internal import Yams

/// The file's tree to plain values, section by section.
struct ConfigurationReader {
  private let top: SectionReader<TopKey>
  private let analysis: SectionReader<AnalysisKey>
  private let overrides: ConfigurationOverrides
  private let context: ReadingContext

  init(_ root: Node?, overrides: ConfigurationOverrides, _ context: ReadingContext) {
    self.context = context
    self.overrides = overrides
    top = SectionReader(root, name: "the file", context)
    analysis = SectionReader(top.node(.analysis), name: "`analysis`", context)
  }

  /// Where models are named.
  var modelPlaces: [String: ConfigurationMistake.Place] {
    var places: [String: ConfigurationMistake.Place] = [:]
    for key in [AnalysisKey.model, .faceModels] { places[key.rawValue] = analysis.place(of: key) }
    return places
  }

  func read() -> WatchConfiguration {
    let evidence = evidence()
    var settings = StreamSettings()
    let defaults = SectionReader<SettingKey>(top.node(.defaults), name: "`defaults`", context)
    SettingsReader.apply(defaults, keepsEvidence: evidence.directory != nil, to: &settings)
    overrides.apply(to: &settings)
    let streams = StreamsReader(defaults: settings, keepsEvidence: evidence.directory != nil, context)
    return WatchConfiguration(
      streams: streams.read(top.node(.streams), further: overrides.sources), models: models(), output: output(),
      health: health(), evidence: evidence, limits: limits())
  }

  private func models() -> ModelConfiguration {
    var models = ModelConfiguration()
    models.detector = existing(.model, "an ONNX file, or a folder that holds model.onnx")
    models.faces = existing(.faceModels, "a folder with the networks pnet, rnet and onet")
    models.threads = analysis.integer(.threads, 1...256)
    overrides.apply(to: &models)
    return models
  }

  private func existing(_ key: AnalysisKey, _ wanted: String) -> String? {
    guard let path = analysis.text(key, as: wanted) else { return nil }
    if !FileManager.default.fileExists(atPath: path) {
      analysis.refuse(key, "names \(Shown.value(path)), which does not exist; it should be \(wanted)")
    }
    return path
  }

  private func output() -> OutputConfiguration {
    typealias Rotation = OutputConfiguration.Rotation
    let section = SectionReader<OutputKey>(top.node(.output), name: "`output`", context)
    var output = OutputConfiguration()
    output.path = section.text(.file, as: "the path of a file")
    if let size = section.bytesOrOff(.rotateBytes, Rotation.bytesRange) { output.rotation.bytes = size }
    if let age = section.secondsOrOff(.rotateAge, Rotation.ageRange) { output.rotation.age = age }
    if let keep = section.integer(.keep, Rotation.keepRange) { output.rotation.keep = keep }
    if let sync = section.understood(.fsync, .sync) { output.sync = sync }
    if let records = section.integer(.queue, 1...10_000_000) { output.queue.records = records }
    if let bytes = section.bytes(.queueBytes, 64 << 10...1 << 34) { output.queue.bytes = bytes }
    overrides.output.apply(to: &output)
    if output.path == "-" { output.path = nil }
    return output
  }

  private func evidence() -> EvidenceConfiguration {
    let section = SectionReader<EvidenceKey>(top.node(.evidence), name: "`evidence`", context)
    var evidence = EvidenceConfiguration()
    evidence.directory = section.text(.directory, as: "the path of a folder")
    if let directory = overrides.evidenceDirectory { evidence.directory = directory }
    if let size = section.bytes(.maxBytes, 1 << 20...1 << 50) { evidence.maximumBytes = size }
    if let age = section.seconds(.maxAge, 60...3660 * 86_400) { evidence.maximumAge = age }
    if let before = section.seconds(.clipBefore, 0...60) { evidence.clipBefore = before }
    if let after = section.seconds(.clipAfter, 0...60) { evidence.clipAfter = after }
    return evidence
  }

  private func health() -> HealthConfiguration {
    let section = SectionReader<HealthKey>(top.node(.health), name: "`health`", context)
    var health = HealthConfiguration()
    health.listen = section.understood(
      .listen, "an address such as 127.0.0.1:9330, [::1]:9330 or /run/unmask/health.sock", ListenAddress.init)
    health.token = section.secret(.token, orIn: .tokenFile)
    if let token = health.token, token.plain.isEmpty || !token.plain.utf8.allSatisfy({ (33...126).contains($0) }) {
      let key = section.node(.token) == nil ? HealthKey.tokenFile : .token
      section.refuse(key, "should hold visible ASCII characters alone, since it travels in a header")
    }
    if let seconds = section.seconds(.staleAfter, 1...86_400) { health.staleAfter = seconds }
    overrides.apply(to: &health)
    if let listen = health.listen, !listen.isLoopback, health.token == nil {
      section.warn(
        .listen, "lets other machines ask without a `token`: they see pictures and verdicts of all streams")
    }
    return health
  }

  private func limits() -> WatchLimits {
    let section = SectionReader<LimitKey>(top.node(.limits), name: "`limits`", context)
    var limits = WatchLimits()
    if let frames = section.integer(.ringFrames, 1...1000) { limits.ringFrames = frames }
    if let bytes = section.bytes(.ringBytes, 1 << 20...1 << 34) { limits.ringBytes = bytes }
    if let seconds = section.seconds(.statsInterval, 1...86_400) { limits.statsInterval = seconds }
    if let seconds = section.seconds(.stopTimeout, 1...3600) { limits.stopTimeout = seconds }
    if let pixels = section.integer(.pixels, 10_000...1_000_000_000) { limits.source.pixels = pixels }
    if let streams = section.integer(.mediaStreams, 1...10_000) { limits.source.streams = streams }
    if let bytes = section.bytes(.probeBytes, 32 << 10...1 << 30) { limits.source.probeBytes = bytes }
    if let seconds = section.seconds(.probeTime, 0.1...60) { limits.source.probeSeconds = seconds }
    return limits
  }
}
