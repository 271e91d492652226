import Foundation
import Testing

@testable import Records
@testable import Watch

@Suite("Metrics")
struct MetricsTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func service(_ names: [String] = ["lobby", "gate \"north\"\n\\"]) -> ServiceSnapshot {
    let clock = ManualClock()
    let board = StatusBoard(now: clock.now)
    for (index, name) in names.enumerated() {
      let stream = board.add(StreamDetails(name: name, kind: "rtsp", url: "rtsp://***@10.0.0.5/\(index)"))
      stream.enter(.online, reason: "connected")
      stream.frameArrived(isSampled: true)
      for stage in StreamStatus.Stage.allCases { stream.took(0.02, in: stage) }
      stream.took(7, in: .detect)
      stream.frameAnalysed(faces: 1, delay: 0.2)
      stream.note(
        PersonReport(
          track: 1, phase: .started, label: "fake", reason: "majority", score: 0.95, threshold: 0.9, clearance: 0.2,
          duration: 3))
    }
    return ServiceSnapshot(
      identity: .test, streams: board.streams.map(\.snapshot), sink: SinkStatus(), staleAfter: 60, isReady: true,
      process: .current(),
      started: board.started, now: clock.now(), wallTime: 1_700_000_000)
  }

  private func text(_ service: ServiceSnapshot) -> String { String(decoding: Metrics.text(service), as: UTF8.self) }

  @Test("are found right by Prometheus' own tool")
  func promtool() throws {
    let tool = Self.root.appendingPathComponent(".cache/promtool").path
    try #require(FileManager.default.isExecutableFile(atPath: tool), "\(tool) is missing; run `make setup`")
    for service in [service(), service([])] {
      let path = NSTemporaryDirectory() + "unmask-metrics-\(UUID().uuidString)"
      try Data(Metrics.text(service)).write(to: URL(fileURLWithPath: path))
      defer { try? FileManager.default.removeItem(atPath: path) }
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: tool)
      process.arguments = ["check", "metrics"]
      process.standardInput = FileHandle(forReadingAtPath: path)
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0 && said.isEmpty, "\(said)")
    }
  }

  @Test("cumulate their buckets and end with all observations")
  func histograms() {
    let lines = text(service(["lobby"])).split(separator: "\n").filter { $0.contains("stage=\"detect\"") }
    let values = lines.map { Double($0.split(separator: " ").last!)! }
    #expect(lines.count == DurationHistogram.bounds.count + 3)
    #expect(Array(values.dropLast(2)) == values.dropLast(2).sorted())
    #expect(lines[lines.count - 3].contains("le=\"+Inf\"") && values[values.count - 3] == 2)
    #expect(values[values.count - 2] == 7.02 && values.last == 2)
    #expect(lines.contains { $0.contains("le=\"0.025\"") && $0.hasSuffix(" 1") })
  }

  @Test("keep labels within their quotes")
  func labels() {
    #expect(text(service()).contains(#"unmask_stream_queue_frames{stream="gate \"north\"\n\\"} 0"#))
    for line in text(service()).split(separator: "\n") {
      #expect(line.hasPrefix("#") || line.hasPrefix("unmask_") || line.hasPrefix("process_"), "\(line)")
    }
  }

  @Test("tell what the process takes of the machine")
  func process() {
    let figures = ProcessFigures.current()
    #expect(figures.residentBytes > 1 << 20 && figures.virtualBytes >= figures.residentBytes)
    #expect(figures.openDescriptors > 2 && figures.mostDescriptors >= figures.openDescriptors)
    #expect(figures.processorSeconds > 0)
  }

  @Test("are all described in Config/README.md, and nothing else is")
  func documented() throws {
    let readme = try String(contentsOf: Self.root.appendingPathComponent("Config/README.md"), encoding: .utf8)
    let mentioned = Set(readme.matches(of: /\| `((?:unmask|process)_[a-z_]+)`/).map { String($0.1) })
    let names = Set(Metrics.all.map(\.name))
    #expect(mentioned == names, "\(mentioned.symmetricDifference(names))")
    #expect(names.count == Metrics.all.count)
    // Each is in the text, once, with a sentence.
    let text = text(service())
    for family in Metrics.all {
      #expect(text.components(separatedBy: "# TYPE \(family.name) \(family.kind.rawValue)\n").count == 2)
      #expect(family.help.hasSuffix("."))
    }
  }
}
