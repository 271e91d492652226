import Foundation
import Testing

@testable import Records

@Suite("Records")
struct RecordTests {
  private func lines(_ records: [Record]) throws -> [[String: Any]] {
    var encoder = RecordEncoder(serviceVersion: "1.2.3", runID: "RUN")
    return try records.map { record in
      let line = encoder.line(for: record, at: Timestamp(unixSeconds: 1))
      #expect(line.last == UInt8(ascii: "\n"))
      #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
      return try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
    }
  }

  @Test("carry the fields of the Elastic Common Schema, then ours, in a fixed order")
  func layout() throws {
    var encoder = RecordEncoder(serviceVersion: "1.2.3", runID: "RUN")
    let verdict = VerdictDetails(
      label: "fake", reason: "majority", score: 0.81, threshold: 0.5, fake: 21, real: 6, abstained: 3, coverage: 0.9)
    let record = Record(
      .verdictStart, kind: .alert, level: .warn, message: "lobby: manipulated face, 21 of 27 ballots",
      reason: "majority",
      start: Timestamp(unixSeconds: 12), end: Timestamp(unixSeconds: 22),
      details: Details(
        stream: StreamDetails(name: "lobby", kind: "rtsp", url: "rtsp://***@10.0.0.5/s1"), verdict: verdict,
        face: FaceDetails(track: 3, box: [412, 88, 96.25, 120], frame: [1280, 720], maskArea: 0.22),
        media: MediaDetails(start: 12.4, end: 22.4),
        model: ModelDetails(name: "unet_v1", version: "0.1.0", sha256: "ab")))
    let line = String(decoding: encoder.line(for: record, at: Timestamp(unixSeconds: 30)), as: UTF8.self)
    let id = try #require(line.firstMatch(of: /"id":"([0-9A-Z]{26})"/)).1
    #expect(
      line == """
        {"@timestamp":"1970-01-01T00:00:30.000000Z","log.level":"warn",\
        "message":"lobby: manipulated face, 21 of 27 ballots","ecs.version":"8.11.0",\
        "event":{"kind":"alert","action":"verdict.start","id":"\(id)","sequence":1,\
        "start":"1970-01-01T00:00:12.000000Z","end":"1970-01-01T00:00:22.000000Z","reason":"majority"},\
        "service":{"name":"unmask","version":"1.2.3"},"unmask":{"schema":"1.0","run_id":"RUN",\
        "stream":{"name":"lobby","kind":"rtsp","url":"rtsp://***@10.0.0.5/s1"},\
        "verdict":{"label":"fake","reason":"majority","score":0.81,"threshold":0.5,\
        "ballots":{"fake":21,"real":6,"abstained":3},"coverage":0.9},\
        "face":{"track":3,"box":[412,88,96.3,120],"frame":[1280,720],"mask_area":0.22},\
        "media":{"start":12.4,"end":22.4},"model":{"name":"unet_v1","version":"0.1.0","sha256":"ab"}}}

        """)
  }

  @Test("are numbered without gaps, and each has an id of its own")
  func numbering() throws {
    let events = try lines((0..<5).map { _ in Record(.stats, kind: .metric, message: "x") }).map {
      try #require($0["event"] as? [String: Any])
    }
    #expect(events.map { $0["sequence"] as? Int } == [1, 2, 3, 4, 5])
    #expect(Set(events.map { $0["id"] as? String }).count == 5)
  }

  @Test("begin a file with a line long enough to be fingerprinted")
  func start() {
    var encoder = RecordEncoder(serviceVersion: "0")
    #expect(encoder.line(for: Record(.serviceStart, message: "x")).count > RecordEncoder.fingerprintLength)
    #expect(encoder.line(for: Record(.serviceStart, message: String(repeating: "x", count: 3_000))).count < 4_000)
  }

  @Test("never exceed the line limit, whatever a path or a message holds")
  func limit() throws {
    var encoder = RecordEncoder(serviceVersion: "0")
    for character in ["a", "\u{7}", "漢"] {
      let path = String(repeating: character, count: 5_000)
      let record = Record(
        .scanFile, message: path, failure: Record.Failure(code: "io", message: path),
        details: Details(file: FileDetails(path: path)))
      let line = encoder.line(for: record)
      #expect(line.count <= RecordEncoder.lineLimit)
      _ = try JSONSerialization.jsonObject(with: Data(line))
    }
  }
}
