public import Faces
internal import Forensics
public import Media

/// What a command line says beside the file. Its settings take the place of the file's `defaults`, so a stream's own
/// settings still go first; its sources are watched in addition.
public struct ConfigurationOverrides: Sendable, Hashable {
  public var sources: [String]
  public var sampling: Sampling?
  public var minimumFace: MinimumFace?
  public var threshold: Float?
  public var clearance: Float?
  public var window: Double?
  public var transport: ReaderOptions.Transport?
  public var detector: String?
  public var faces: String?
  public var threads: Int?
  /// Where records go, and how they are kept there.
  public var output = OutputOverrides()
  /// Where to answer questions about health, and to whom; goes before the file where it names an address.
  public var health: HealthConfiguration?
  /// Where evidence of alerts is kept, and what of them.
  public var evidenceDirectory: String?
  public var evidenceKind: EvidenceKind?

  public init(sources: [String] = []) { self.sources = sources }

  func apply(to settings: inout StreamSettings) {
    if let sampling { settings.sampling = sampling }
    if let minimumFace { settings.minimumFace = minimumFace }
    if let threshold { settings.threshold = threshold }
    if let clearance { settings.clearance = clearance }
    if let window { settings.votes.window = window }
    if let transport { settings.transport = transport }
    if let evidenceKind { settings.evidence = evidenceKind }
  }

  func apply(to health: inout HealthConfiguration) {
    guard let said = self.health, let listen = said.listen else { return }
    health.listen = listen
    health.token = said.token
  }

  func apply(to models: inout ModelConfiguration) {
    if let detector { models.detector = detector }
    if let faces { models.faces = faces }
    if let threads { models.threads = threads }
  }
}
