internal import Records

/// What a command line says of the file of records, in the words of the configuration.
public struct OutputOverrides: Sendable, Hashable {
  /// Where records go; `-` for standard output.
  public var path: String?
  private(set) var rotationBytes: Int??
  private(set) var rotationAge: Double??
  private(set) var sync: SyncPolicy?

  public init(path: String? = nil) { self.path = path }

  /// The size above which the file gives way to a new one, such as `64MiB`, or `off`.
  /// - Throws: `ConfigurationMistake` naming `option`.
  public mutating func rotate(atBytes text: String, option: String) throws(ConfigurationMistake) {
    rotationBytes = try value(text, .bytesOrOff(OutputConfiguration.Rotation.bytesRange), option)
  }

  /// The age at which it does, such as `1d`, or `off`.
  /// - Throws: `ConfigurationMistake` naming `option`.
  public mutating func rotate(atAge text: String, option: String) throws(ConfigurationMistake) {
    rotationAge = try value(text, .secondsOrOff(OutputConfiguration.Rotation.ageRange), option)
  }

  /// When records are forced onto the disk: `never`, `alerts`, `records`, or a time such as `5s`.
  /// - Throws: `ConfigurationMistake` naming `option`.
  public mutating func forceToDisk(_ text: String, option: String) throws(ConfigurationMistake) {
    sync = try value(text, .sync, option)
  }

  private func value<Value>(
    _ text: String, _ notation: Notation<Value>, _ option: String
  ) throws(ConfigurationMistake) -> Value {
    guard let value = notation.read(text) else {
      throw ConfigurationMistake(file: nil, "\(option) should be \(notation.wanted), not \(Shown.value(text))")
    }
    return value
  }

  func apply(to output: inout OutputConfiguration) {
    if let path { output.path = path }
    if let rotationBytes { output.rotation.bytes = rotationBytes }
    if let rotationAge { output.rotation.age = rotationAge }
    if let sync { output.sync = sync }
  }
}
