import Foundation
import Testing

@Suite("unmask watch as a service", .serialized)
struct ServiceTests {
  /// A port on which nobody listens: its connections are refused.
  private let deadCamera = "rtsp://127.0.0.1:9/dead"

  private func write(_ text: String, to folder: Scratch) throws -> String {
    try folder.write(Data(text.utf8), to: "unmask.yaml")
  }

  private func looped(_ name: String, _ further: String = "") throws -> String {
    "  - {name: \(name), source: '\(try Program.cached("media/demo.mp4"))', loop: true, fps: 1\(further)}\n"
  }

  @Test(
    "is ready when every stream was tried, lives on beside a dead camera, and says when it reloads and ends",
    arguments: [true, false])
  func lifecycle(isAbstract: Bool) throws {
    let manager = try ServiceManager(isAbstract: isAbstract)
    let folder = try Scratch()
    let path = try write("streams:\n" + looped("lobby") + "  - {name: gate, source: '\(deadCamera)'}\n", to: folder)
    let running = try Program.Running(["watch", "--config", path], environment: manager.environment(watchdog: 60))
    try running.wait(for: "READY=1") { manager.lines.contains("READY=1") }
    let tried = Set(
      Program.records(in: running.output).filter { ["stream.online", "stream.lost"].contains($0.action) }
        .compactMap { $0.text("unmask.stream.name") })
    #expect(tried == ["lobby", "gate"])
    try running.wait(for: "a status of both streams") {
      manager.lines.contains { $0.hasPrefix("STATUS=1 of 2 streams online") && $0.contains("gate lost (refused)") }
    }
    #expect(manager.lines.contains("WATCHDOG=1"))

    manager.forget()
    running.signal(SIGHUP)
    try running.wait(for: "the end of the reload") { manager.lines.contains("READY=1") }
    #expect(manager.messages.contains { $0.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=\d+/) != nil })

    manager.forget()
    running.signal(SIGTERM)
    let result = try running.wait(limit: 30)
    #expect(result.status == 0)
    #expect(manager.lines.first == "STOPPING=1")
    try expectValid(result.output)
  }

  @Test("gives signs of life while every camera is dead")
  func deadCameras() throws {
    let manager = try ServiceManager(isAbstract: true)
    let folder = try Scratch()
    let path = try write("streams: ['\(deadCamera)']\n", to: folder)
    let running = try Program.Running(["watch", "--config", path], environment: manager.environment(watchdog: 1))
    try running.wait(for: "ten signs of life") { manager.lines.count { $0 == "WATCHDOG=1" } >= 10 }
    running.signal(SIGTERM)
    #expect(try running.wait(limit: 30).status == 0)
  }

  @Test("reads its configuration again on SIGHUP: what did not change goes on undisturbed, a bad file changes nothing")
  func reload() throws {
    let folder = try Scratch()
    let path = try write("streams:\n" + looped("a") + looped("b") + looped("c"), to: folder)
    let running = try Program.Running(["watch", "--config", path])
    try running.wait { records in
      Set(records.filter { $0.action == "stream.online" }.compactMap { $0.text("unmask.stream.name") }).count == 3
    }

    _ = try write(
      "streams:\n" + looped("a") + looped("b", ", weight: 2") + looped("d") + "analysis: {threads: 3}\n", to: folder)
    running.signal(SIGHUP)
    try running.wait { records in
      records.contains { $0.action == "stream.online" && $0.text("unmask.stream.name") == "d" }
        && records.contains { $0.action == "service.reload" }
    }
    try running.wait { records in
      // The changed one has begun anew.
      records.count { $0.action == "stream.online" && $0.text("unmask.stream.name") == "b" } == 2
    }
    _ = try write("streams:\n" + looped("a") + "defaults: {fsp: 3}\n", to: folder)
    running.signal(SIGHUP)
    try running.wait { records in records.contains { $0.action == "service.reload_failed" } }
    running.signal(SIGTERM)
    let result = try running.wait(limit: 30)
    #expect(result.status == 0)
    try expectValid(result.output)

    let reload = try #require(result.records.first { $0.action == "service.reload" })
    for (key, count) in [("added", 1.0), ("removed", 1), ("changed", 1), ("untouched", 1)] {
      #expect(reload.number("unmask.reload.\(key)") == count, "\(key)")
    }
    #expect(reload.at("unmask.reload.need_restart") as? [String] == ["analysis"])
    #expect(result.errors.contains("analysis after a restart only"))
    let failed = try #require(result.records.first { $0.action == "service.reload_failed" })
    #expect(failed.text("error.message")?.contains("did you mean `fps`?") == true)
    #expect(result.errors.contains("unmask.yaml:3:12: "))
    #expect(result.errors.contains("everything goes on as it was"))
    // Not one word about the stream that stayed as it was, before its end.
    #expect(
      result.records.count { $0.action?.hasPrefix("stream.") == true && $0.text("unmask.stream.name") == "a" } == 2,
      "connecting, online")
  }

  @Test("waits for streams where none is configured yet, and takes them up on SIGHUP")
  func emptyAtFirst() throws {
    let manager = try ServiceManager(isAbstract: true)
    let folder = try Scratch()
    let path = try write("streams:\n", to: folder)
    let running = try Program.Running(["watch", "--config", path], environment: manager.environment())
    try running.wait(for: "READY=1") { manager.lines.contains("READY=1") }
    try running.wait(for: "the status") { manager.lines.contains("STATUS=no stream is configured") }
    _ = try write("streams:\n" + looped("lobby"), to: folder)
    running.signal(SIGHUP)
    try running.wait { records in records.contains { $0.action == "stream.online" } }
    running.signal(SIGTERM)
    #expect(try running.wait(limit: 30).status == 0)
  }

  @Test("takes its output and its models from the file, and from the command line rather than from there")
  func output() throws {
    let folder = try Scratch()
    let picture = try Program.cached("media/astronaut.png")
    let path = try write(
      "output: {file: '\(folder.file("a.jsonl"))'}\nanalysis: {model: '\(Program.root)/Models/unet_v1'}\n"
        + "streams: [{name: still, source: '\(picture)'}]\n", to: folder)
    let first = try Program.run("watch", "--exit-zero", "--config", path)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.isEmpty)
    try expectValid(folder.text("a.jsonl"))
    let start = try #require(Program.records(in: folder.text("a.jsonl")).first)
    #expect(start.text("event.reason") == "configuration")
    #expect(start.text("unmask.run.settings.config") == path)
    let second = try Program.run("watch", "--exit-zero", "--config", path, "--output", folder.file("b.jsonl"), picture)
    #expect(second.status == 0, "\(second.errors)")
    let names = Set(Program.records(in: folder.text("b.jsonl")).compactMap { $0.text("unmask.stream.name") })
    #expect(names == ["still", "astronaut"])
  }
}
