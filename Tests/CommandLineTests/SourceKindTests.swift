import Foundation
import Testing

/// What `unmask watch` reads beside cameras: standard input, named pipes, files that run in a circle.
@Suite("unmask watch reads", .serialized)
struct SourceKindTests {
  /// Copies a clip, as it is encoded, into a stream that needs no seeking.
  private func sender(_ clip: String, to output: FileHandle? = nil, path: String = "pipe:1") throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
    process.arguments = [
      "-nostdin", "-v", "error", "-y", "-i", try Program.cached("media/" + clip), "-c", "copy", "-f", "mpegts", path,
    ]
    process.standardInput = FileHandle.nullDevice
    if let output { process.standardOutput = output }
    try process.run()
    return process
  }

  private func reasons(_ action: String, _ records: [[String: Any]]) -> [String] {
    records.filter { $0.action == action }.compactMap { $0.text("event.reason") }
  }

  @Test("standard input to its end, and ends")
  func standardInput() throws {
    let pipe = Pipe()
    let sender = try sender("demo.mp4", to: pipe.fileHandleForWriting)
    let running = try Program.Running(
      ["watch", "--exit-zero", "--fps", "2", "-"], standardInput: pipe.fileHandleForReading)
    try pipe.fileHandleForWriting.close()
    try pipe.fileHandleForReading.close()
    let result = try running.wait(limit: 120)
    sender.waitUntilExit()
    #expect(result.status == 0, "\(result.errors)")
    try expectValid(result.output)
    #expect(result.records.contains { $0.action == "verdict.end" })
    #expect(reasons("stream.ended", result.records) == ["end_of_file"])
    let stream = try #require(result.records.first { $0.action == "stream.online" })
    #expect(stream.text("unmask.stream.name") == "standard input")
    #expect(stream.text("unmask.stream.kind") == "standard_input")
  }

  @Test("a named pipe, whoever writes into it and however often, and waits in between")
  func namedPipe() throws {
    let folder = try Scratch()
    let pipe = folder.file("camera.ts")
    let isMade = unsafe mkfifo(pipe, 0o600) == 0
    try #require(isMade)
    let configuration = try folder.write(
      Data("defaults: {fps: 2, open_timeout: 2s, backoff_max: 1s}\nstreams: [{name: pipe, source: '\(pipe)'}]\n".utf8),
      to: "unmask.yaml")
    let running = try Program.Running(["watch", "--config", configuration])
    try running.wait { reasons("stream.lost", $0).contains("no_packets") }
    for writer in 1...2 {
      let sender = try sender("demo.mp4", path: pipe)
      try running.wait { records in
        records.count { ["stream.online", "stream.recovered"].contains($0.action) } >= writer
          && reasons("stream.connecting", records).count { $0 == "end_of_file" } >= writer
      }
      sender.waitUntilExit()
      #expect(sender.terminationStatus == 0)
    }
    running.signal(SIGTERM)
    let result = try running.wait(limit: 30)
    #expect(result.status == 0)
    try expectValid(result.output)
    #expect(result.records.count { $0.action == "verdict.start" } >= 2)
    #expect(
      result.records.count { $0.action == "verdict.start" } <= result.records.count { $0.action == "verdict.end" })
  }

  @Test("a file in a circle at its own speed, for as long as it is wanted, and counts people on")
  func loopedFile() throws {
    let folder = try Scratch()
    let clip = try Program.cached("media/demo.mp4")
    // Four seconds, so that its end comes soon.
    let cut = try Process.run(
      URL(fileURLWithPath: "/usr/bin/ffmpeg"),
      arguments: ["-nostdin", "-v", "error", "-i", clip, "-t", "4", "-c", "copy", folder.file("short.mp4")])
    cut.waitUntilExit()
    try #require(cut.terminationStatus == 0)
    let configuration = try folder.write(
      Data("streams: [{name: circle, source: '\(folder.file("short.mp4"))', loop: true, fps: 5}]\n".utf8),
      to: "unmask.yaml")
    let running = try Program.Running(["watch", "--config", configuration])
    try running.wait(limit: 120) { records in
      reasons("stream.connecting", records).count { $0 == "end_of_file" } >= 2
        && records.count { $0.action == "verdict.start" } >= 2
    }
    running.signal(SIGTERM)
    let result = try running.wait(limit: 30)
    #expect(result.status == 0)
    try expectValid(result.output)
    #expect(reasons("stream.lost", result.records).isEmpty)
    let tracks = result.records.filter { $0.action == "verdict.start" }.compactMap { $0.number("unmask.face.track") }
    #expect(tracks == tracks.sorted() && Set(tracks).count == tracks.count, "\(tracks)")
  }
}
