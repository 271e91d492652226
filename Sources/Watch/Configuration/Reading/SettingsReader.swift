internal import Faces
internal import Forensics
internal import Media

/// The settings that `defaults` and each stream may hold.
enum SettingsReader {
  /// The least and the most that a time to wait for a camera may be, seconds.
  private static let patience = 1.0...600

  /// Overrides those of `settings` that the section names.
  /// - Parameter keepsEvidence: whether there is a folder for evidence.
  static func apply(_ section: SectionReader<SettingKey>, keepsEvidence: Bool, to settings: inout StreamSettings) {
    sampling(section, &settings)
    if let face = section.understood(
      .minFace, "pixels, at least 12, or a share of the picture's height such as 8%", minimumFace)
    {
      settings.minimumFace = face
    }
    if let threshold = section.number(.threshold, 0...1) { settings.threshold = Float(threshold) }
    if let clearance = section.number(.clearance, 0...1) { settings.clearance = Float(clearance) }
    if let window = section.seconds(.window, 0.1...3600) { settings.votes.window = window }
    if let ballots = section.integer(.minBallots, 1...10_000) { settings.votes.minimumBallots = ballots }
    if let margin = section.number(.margin, 0...0.5) { settings.votes.margin = margin }
    if let dwell = section.seconds(.dwell, 0...3600) { settings.votes.dwell = dwell }
    if let interval = section.seconds(.updateInterval, 1...86_400) { settings.updateInterval = interval }
    if let cooldown = section.seconds(.cooldown, 0...86_400) { settings.cooldown = cooldown }
    if let transport = section.choice(.transport, ReaderOptions.Transport.self) { settings.transport = transport }
    if let weight = section.integer(.weight, 1...1000) { settings.weight = weight }
    if let timeout = section.seconds(.openTimeout, patience) { settings.openTimeout = timeout }
    if let timeout = section.seconds(.readTimeout, patience) { settings.readTimeout = timeout }
    backoff(section, &settings)
    if let seconds = section.secondsOrOff(.frozenAfter, 1...86_400) { settings.frozenAfter = seconds }
    if let seconds = section.secondsOrOff(.blackAfter, 1...86_400) { settings.blackAfter = seconds }
    if let evidence = section.choice(.evidence, EvidenceKind.self) {
      settings.evidence = evidence
      if evidence != .none, !keepsEvidence {
        section.refuse(.evidence, "asks for a \(evidence.rawValue), but `evidence` names no `directory` to keep it in")
      }
    }
  }

  /// A section speaks of sampling as a whole: what it says takes the place of all that was inherited.
  private static func sampling(_ section: SectionReader<SettingKey>, _ settings: inout StreamSettings) {
    let fps = section.number(.fps, 0.01...1000)
    let everyFrame = section.flag(.everyFrame)
    let keyFrames = section.flag(.keyFrames)
    let chosen: [SettingKey] =
      (fps != nil ? [.fps] : []) + (everyFrame == true ? [.everyFrame] : []) + (keyFrames == true ? [.keyFrames] : [])
    if chosen.count > 1, let last = chosen.last {
      let others = chosen.dropLast().map { "`\($0.rawValue)`" }.joined(separator: " and ")
      section.refuse(last, "and \(others) exclude each other; keep one")
    }
    if let fps { settings.sampling = .rate(fps) }
    if everyFrame == true { settings.sampling = .everyFrame }
    if keyFrames == true { settings.sampling = .keyFrames }
    // "false" takes back what was inherited.
    let isTakenBack =
      (everyFrame == false && settings.sampling == .everyFrame)
      || (keyFrames == false && settings.sampling == .keyFrames)
    if isTakenBack { settings.sampling = StreamSettings().sampling }
  }

  private static func backoff(_ section: SectionReader<SettingKey>, _ settings: inout StreamSettings) {
    let shortest = section.seconds(.backoffMin, 1...3600)
    let longest = section.seconds(.backoffMax, 1...3600)
    if let shortest { settings.backoff.shortest = shortest }
    if let longest { settings.backoff.longest = longest }
    guard settings.backoff.shortest > settings.backoff.longest, shortest != nil || longest != nil else { return }
    let (least, most) = (settings.backoff.shortest, settings.backoff.longest)
    section.refuse(
      longest != nil ? .backoffMax : .backoffMin,
      "makes the shortest delay (\(Quantities.spelled(seconds: least))) longer than the longest (\(Quantities.spelled(seconds: most)))"
    )
  }

  private static func minimumFace(_ text: String) -> MinimumFace? {
    if text.hasSuffix("%") {
      return Quantities.number(String(text.dropLast())).flatMap {
        (0.1...100).contains($0) ? .shareOfHeight($0 / 100) : nil
      }
    }
    return Quantities.number(text).flatMap { (12...10_000).contains($0) ? .pixels($0) : nil }
  }
}
