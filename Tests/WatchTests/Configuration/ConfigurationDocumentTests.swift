import Analysis
import Foundation
import Media
import Records
import Testing
import Yams

@testable import Watch

/// The documented file and the schema, as they lie in `Config/`.
enum ConfigurationDocuments {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  static func path(_ name: String) -> String { root + "/Config/" + name }

  static func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

  /// The file with every key that stands in a comment (`#key:` or `#- key:`) taken out of it.
  static func uncommented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard let found = line.wholeMatch(of: /( *)#((?:- )?[a-z_]+:.*)/) else { return String(line) }
      return String(found.1 + found.2)
    }.joined(separator: "\n")
  }
}

@Suite("The documented configuration")
struct ConfigurationDocumentTests {
  private let environment = ["GATE_PASSWORD": "x", "HEALTH_TOKEN": "y"]

  /// With models and credentials that are there.
  private func uncommented() throws -> String {
    let folder = NSTemporaryDirectory() + "unmask-credentials"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data("p\n".utf8).write(to: URL(fileURLWithPath: folder + "/lobby"))
    return ConfigurationDocuments.uncommented(try ConfigurationDocuments.text("unmask.yaml"))
      .replacing("/usr/share/unmask/models/effunet", with: ConfigurationDocuments.root + "/Models/effunet")
      .replacing("/usr/share/unmask/models/mtcnn", with: ConfigurationDocuments.root + "/Models")
      .replacing("${CREDENTIALS_DIRECTORY}", with: folder)
  }

  @Test("changes nothing as it is delivered")
  func delivered() throws {
    #expect(try good(ConfigurationDocuments.text("unmask.yaml")) == WatchConfiguration(streams: []))
  }

  @Test("has every key of every section in its place, and no other")
  func keys() throws {
    let tree = try #require(try Yams.load(yaml: uncommented()) as? [String: Any])
    #expect(Set(tree.keys) == Set(ConfigurationKeys.names(of: TopKey.self)))
    for section in ConfigurationKeys.sections where section.name != TopKey.section && section.name != StreamKey.section
    {
      let written = try #require(tree[section.name] as? [String: Any])
      // The one alternative that cannot stand beside the other.
      let alternatives: Set = section.name == HealthKey.section ? ["token_file"] : []
      #expect(Set(written.keys) == Set(section.keys).subtracting(alternatives), "\(section.name)")
    }
    let streams = try #require(tree["streams"] as? [[String: Any]])
    let inStreams = Set(streams.flatMap(\.keys)).subtracting(ConfigurationKeys.names(of: SettingKey.self))
    #expect(inStreams == Set(ConfigurationKeys.names(of: StreamKey.self)))
    #expect(try ConfigurationDocuments.text("unmask.yaml").contains("#or token_file:"))
  }

  @Test("tells the defaults as they are")
  func defaults() throws {
    // Examples have no default to compare with.
    let configuration = try good(
      uncommented() + "\n", overrides: ConfigurationOverrides(sources: ["rtsp://h/bare"]), environment: environment)
    let stream = try #require(configuration.streams.last)
    var settings = stream.settings
    let analysis = configuration.analysis(of: stream)
    #expect(analysis.threshold == settings.threshold && analysis.clearance == settings.clearance)
    #expect(settings.threshold == 0.9 && settings.clearance == 0.5)
    (settings.threshold, settings.clearance) = (nil, nil)
    #expect(settings == StreamSettings())
    #expect(configuration.limits == WatchLimits())
    #expect(configuration.output == OutputConfiguration(path: configuration.output.path))
    #expect(configuration.evidence == EvidenceConfiguration(directory: configuration.evidence.directory))
    #expect(
      configuration.health
        == HealthConfiguration(listen: configuration.health.listen, token: configuration.health.token))
  }

  @Test("is described by a schema that knows every key, and no other")
  func schema() throws {
    let data = Data(try ConfigurationDocuments.text("unmask-config.schema.json").utf8)
    let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    func properties(_ value: Any?) throws -> [String: Any] {
      try #require((value as? [String: Any])?["properties"] as? [String: Any])
    }
    let top = try properties(schema)
    #expect(Set(top.keys) == Set(ConfigurationKeys.names(of: TopKey.self)))
    let definitions = try #require(schema["definitions"] as? [String: Any])
    let settings = Set(ConfigurationKeys.names(of: SettingKey.self))
    #expect(Set(try properties(definitions["settings"]).keys) == settings)
    #expect(
      Set(try properties(definitions["stream"]).keys) == settings.union(ConfigurationKeys.names(of: StreamKey.self)))
    for section in ConfigurationKeys.sections where top[section.name] != nil && section.name != SettingKey.section {
      #expect(Set(try properties(top[section.name]).keys) == Set(section.keys), "\(section.name)")
    }
  }

  @Test("is held against the schema by an independent validator, as are files with mistakes")
  func validated() throws {
    try expectSchema(accepts: true, uncommented())
    try expectSchema(accepts: true, ConfigurationDocuments.text("unmask.yaml"))
    for text in [
      "defaults:\n  fps: ${FPS}", "defaults: {window: 1min, min_face: 8%, frozen_after: off}", "streams: [rtsp://h/a]",
      "streams: [{source: /a, password: 5, name: 7}]",
    ] {
      #expect(bad(text + "\nx: 1").count >= 1)
      try expectSchema(accepts: true, text)
    }
    for text in [
      "defaults: {fps: fast}", "defaults: {fps: 0}", "defaults: {min_face: 5}", "defaults: {windwo: 5}", "x: 1",
      "streams: [{name: a}]", "streams: {a: b}", "defaults: {fps: 3, key_frames: true}", "analysis: {threads: 0}",
      "output: {fsync: often}", "defaults: {transport: tpc}", "defaults: {window: soon}", "output: {rotate_bytes: 5XB}",
    ] {
      #expect(!bad(text).isEmpty)
      try expectSchema(accepts: false, text)
    }
  }

  private func expectSchema(accepts: Bool, _ yaml: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let tree = try Yams.load(yaml: yaml) ?? NSNull()
    let json = try JSONSerialization.data(withJSONObject: tree, options: .fragmentsAllowed)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [
      ConfigurationDocuments.root + "/Tests/Support/validate_json.py",
      ConfigurationDocuments.path("unmask-config.schema.json"),
    ]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: json)
    try input.fileHandleForWriting.close()
    let answer = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect((process.terminationStatus == 0) == accepts, "\(yaml): \(answer)", sourceLocation: sourceLocation)
  }
}
