public import Analysis
internal import Foundation
internal import Media
public import Records

/// Everything that tells the daemon what to do: what a configuration file says, or a command line. A plain value.
///
/// It may be printed: whatever is secret in it shows as `***`.
public struct WatchConfiguration: Sendable, Hashable {
  /// One element for each stream, each with a name of its own; the defaults of the file are already in their settings.
  public var streams: [StreamConfiguration]
  public var models: ModelConfiguration
  public var output: OutputConfiguration
  public var health: HealthConfiguration
  public var evidence: EvidenceConfiguration
  public var limits: WatchLimits

  public init(
    streams: [StreamConfiguration], models: ModelConfiguration = ModelConfiguration(),
    output: OutputConfiguration = OutputConfiguration(), health: HealthConfiguration = HealthConfiguration(),
    evidence: EvidenceConfiguration = EvidenceConfiguration(), limits: WatchLimits = WatchLimits()
  ) {
    self.streams = streams
    self.models = models
    self.output = output
    self.health = health
    self.evidence = evidence
    self.limits = limits
  }

  /// Streams given as bare addresses, all with the same settings; their names are made from the addresses.
  public init(addresses: [String], settings: StreamSettings, models: ModelConfiguration = ModelConfiguration()) {
    let locations = addresses.map { Location($0) }
    self.init(
      streams: zip(locations, StreamName.names(for: locations)).map { location, name in
        StreamConfiguration(name: name, location: location, settings: settings)
      },
      models: models)
  }

  /// How the frames of `stream` are read and judged.
  public func analysis(of stream: StreamConfiguration) -> AnalysisSettings {
    var settings = AnalysisSettings(
      sampling: stream.settings.sampling, minimumFace: stream.settings.minimumFace,
      threshold: stream.settings.threshold, votes: stream.settings.votes,
      updateInterval: stream.settings.updateInterval, threads: threads, ringFrames: limits.ringFrames,
      ringBytes: limits.ringBytes)
    settings.clearance = stream.settings.clearance
    settings.reader.sampling = stream.settings.sampling
    settings.reader.transport = stream.settings.transport
    settings.reader.openTimeout = stream.settings.openTimeout
    settings.reader.readTimeout = stream.settings.readTimeout
    settings.reader.limits = limits.source
    return settings
  }

  /// Analysis threads: those asked for, or one for each core.
  public var threads: Int { models.threads ?? ProcessInfo.processInfo.activeProcessorCount }
}

/// Which models judge, and with how many threads. The same for all streams; a change asks for a restart.
public struct ModelConfiguration: Sendable, Hashable {
  /// The detector's file or folder; the one that comes with the program when nil.
  public var detector: String?
  /// The folder with the face detector's networks; the one that comes with the program when nil.
  public var faces: String?
  /// Analysis threads; one for each core when nil.
  public var threads: Int?

  public init(detector: String? = nil, faces: String? = nil, threads: Int? = nil) {
    self.detector = detector
    self.faces = faces
    self.threads = threads
  }
}
