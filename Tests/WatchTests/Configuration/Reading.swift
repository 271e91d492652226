import Testing

@testable import Watch

/// Reads a configuration that should be good.
func good(
  _ text: String, overrides: ConfigurationOverrides = ConfigurationOverrides(), environment: [String: String] = [:],
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> WatchConfiguration {
  let reading = ConfigurationFile.read(text: text, file: "u.yaml", overrides: overrides, environment: environment)
  #expect(reading.mistakes.isEmpty, "\(reading.mistakes)", sourceLocation: sourceLocation)
  return try #require(reading.configuration, sourceLocation: sourceLocation)
}

/// Reads a configuration that should have mistakes, and gives them as they are printed.
func bad(
  _ text: String, environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
) -> [String] {
  let reading = ConfigurationFile.read(text: text, file: "u.yaml", environment: environment)
  #expect(!reading.mistakes.isEmpty, sourceLocation: sourceLocation)
  #expect(reading.configuration == nil, sourceLocation: sourceLocation)
  return reading.mistakes.map(\.description)
}
