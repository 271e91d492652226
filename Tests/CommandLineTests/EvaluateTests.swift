import Foundation
import Testing

/// A tiny set with known truth, cut out of the demonstration clip, and what evaluate and calibrate make of it.
@Suite("unmask evaluate and calibrate", .serialized)
struct EvaluateTests {
  /// Two real and two manipulated clips of a second each, and a real picture.
  private func makeSet(in folder: Scratch) throws -> String {
    let set = folder.file("set")
    for kind in ["real", "fake"] {
      try FileManager.default.createDirectory(atPath: set + "/" + kind, withIntermediateDirectories: true)
    }
    let clip = try Program.cached("media/demo.mp4")
    // By the truth beside the clip: one real person from 0 to 7 s, a manipulated one from 16 s on.
    for (name, start) in [("real/a", 1), ("real/b", 4), ("fake/c", 17), ("fake/d", 20)] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
      process.arguments = [
        "-v", "error", "-ss", "\(start)", "-t", "1.2", "-i", clip, "-an", "-vf", "scale=640:-2", "-preset", "ultrafast",
        "\(set)/\(name).mp4",
      ]
      process.standardInput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
    }
    try FileManager.default.copyItem(
      atPath: Program.cached("media/astronaut.png"), toPath: set + "/real/astronaut.png")
    return set
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("measure a set, keep its scores, and write a calibrated model that scanning then uses")
  func wholeWay() throws {
    let folder = try Scratch()
    let set = try makeSet(in: folder)
    let (kept, page, output) = (folder.file("scores.jsonl"), folder.file("page.html"), folder.file("calibrated"))

    let fresh = try Program.run(
      "evaluate", "--fps", "10", "--rounds", "100", "--scores", kept, "--html", page, "--json", "-", set)
    #expect(fresh.status == 0, "\(fresh.errors)")
    let report = try object(fresh.output)
    #expect((report["files"] as? [[String: Any]])?.count == 5)
    #expect((report["files"] as? [[String: Any]])?.allSatisfy { $0["score"] != nil } == true)
    #expect(report.text("model.sha256")?.count == 64)
    let html = folder.text("page.html")
    #expect(html.contains("<svg") && html.contains("real/astronaut.png") && !html.contains("://"))

    // Without a clearance whatever the threshold leaves is cleared.
    let careless = try object(
      Program.run("evaluate", "--clearance", "1", "--rounds", "100", "--json", "-", set).output)
    let point = (careless.number("operating_point.clearance"), careless.number("operating_point.reported_threshold"))
    #expect(point.0 != nil && point.0 == point.1)

    // The same figures come out of the kept scores.
    let again = try Program.run("evaluate", "--rounds", "100", "--json", "-", kept)
    #expect(again.output == fresh.output)
    // Judged at another point they give what the footage gives.
    let other = ["--threshold", "0.3", "--clearance", "0.2", "--window", "4", "--rounds", "100", "--json", "-"]
    let renewed = try Program.run(["evaluate"] + other + [kept])
    #expect(renewed.output == (try Program.run(["evaluate", "--fps", "10"] + other + [set])).output)
    #expect(try object(renewed.output).number("operating_point.clearance") == 0.2)
    // What cannot be obeyed is not passed over in silence.
    let disobeyed = try Program.run("evaluate", "--min-face", "80", kept)
    #expect(disobeyed.status == 2 && disobeyed.complaints.count == 1 && disobeyed.errors.contains("--min-face"))
    let otherModel = try Program.run("evaluate", "--model", "Models/unet_v1", kept)
    #expect(otherModel.status == 2 && otherModel.errors.contains("--model is for footage"))
    // A file that is judged twice would count twice; footage and scores are not mixed.
    let twiceKept = try Program.run("evaluate", kept, kept)
    #expect(twiceKept.status == 2 && twiceKept.errors.contains("would count twice"))
    #expect(try Program.run("evaluate", set, kept).status == 2)

    let calibration = try Program.run("calibrate", "--rounds", "100", "--json", "-", "--out", output, kept)
    #expect(calibration.status == 0, "\(calibration.errors)")
    let found = try object(calibration.output)
    let threshold = try #require(found.number("after.reported_threshold"))

    // The golden test still passes, the card shows all of it, and a scan works by it.
    #expect(try Program.run("model", "test", output).output == "1 passed, 0 failed, 0 unsupported\n")
    let card = try Program.run("model", "inspect", output + "/model.onnx").output
    for key in [
      "threshold", "min_component", "vote.line", "vote.margin", "vote.dwell", "vote.clearance", "score.temperature",
      "score.bias", "calibration ", "calibration.of",
    ] { #expect(card.contains("\n" + key), "\(key)") }
    let scan = try Program.run("scan", "--model", output, Program.cached("media/astronaut.png"))
    let used = scan.records.first?.number("unmask.run.settings.threshold")
    #expect(abs((used ?? -1) - threshold) < 2e-6, "\(scan.output)")
    let judged = try Program.run("evaluate", "--fps", "10", "--rounds", "100", "--json", "-", "--model", output, set)
    let after = try object(judged.output)
    for key in ["threshold", "min_component", "line", "margin", "dwell", "clearance", "temperature", "bias"] {
      let (chosen, read) = (found.number("after." + key), after.number("operating_point." + key))
      #expect(abs((chosen ?? -1) - (read ?? -2)) < 2e-6, "\(key): \(chosen as Any), read as \(read as Any)")
    }

    // Scores of the original still fit the calibrated model, whose weights are the same; it is replaced in place.
    let before = try Data(contentsOf: URL(fileURLWithPath: output + "/model.onnx"))
    let replaced = try Program.run("calibrate", "--rounds", "100", "--in-place", "--model", output, kept)
    #expect(replaced.status == 0, "\(replaced.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: output + "/model.onnx")) == before)
    let left = try FileManager.default.contentsOfDirectory(atPath: output).sorted()
    #expect(left == ["CARD.md", "model.onnx", "test_data_set_0"])

    // So do those of the calibrated model, however often it is calibrated, as its weights stay the same.
    let (later, twice, thrice) = (folder.file("later.jsonl"), folder.file("twice"), folder.file("thrice"))
    _ = try Program.run("evaluate", "--fps", "10", "--rounds", "100", "--scores", later, "--model", output, set)
    for (scores, model, out) in [(later, output, twice), (kept, twice, thrice)] {
      let result = try Program.run(
        "calibrate", "--rounds", "100", "--max-false-share", "1", "--out", out, "--model", model, scores)
      #expect(result.status == 0, "\(result.errors)")
    }

    // A folder that holds a model already is left alone, and so is another model than the scores'.
    let occupied = try Program.run("calibrate", "--rounds", "100", "--out", output, kept)
    #expect(occupied.status == 2)
    #expect(occupied.errors.contains("another folder"))
    let foreign = try Program.run(
      "calibrate", "--rounds", "100", "--in-place", "--model", Program.cached("mtcnn/pnet"), kept)
    #expect(foreign.status == 2)
    #expect(foreign.errors.contains("not the model that these scores are from"))
  }

  @Test("read a list, tell what cannot be read, and say so with status 3")
  func list() throws {
    let folder = try Scratch()
    let picture = try Program.cached("media/astronaut.png")
    try folder.write(
      Data("path,label,kind,group\n\(picture),real,,p1\n\(picture),1,edited,p1\nmissing.mp4,fake,swap,p2\n".utf8),
      to: "list.csv")
    let result = try Program.run("evaluate", "--rounds", "100", "--json", "-", folder.file("list.csv"))
    #expect(result.status == 3)
    #expect(result.errors.contains("missing.mp4"))
    let report = try object(result.output)
    #expect((report["unreadable"] as? [String])?.count == 1)
    #expect((report["files"] as? [[String: Any]])?.count == 2)
    // What cannot be read is of no kind.
    let kinds = try #require(report["kinds"] as? [[String: Any]])
    #expect(kinds.map { $0["name"] as? String } == ["edited"])
    #expect(kinds[0]["fakes"] as? Int == 1 && kinds[0]["auroc"] as? Double == 0.5)
  }

  @Test("refuse what cannot be measured in one sentence, with status 2")
  func mistakes() throws {
    let folder = try Scratch()
    let empty = folder.file("empty")
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
    try folder.write(Data("x.mp4,perhaps\n".utf8), to: "list.csv")
    try folder.write(Data("nonsense\n".utf8), to: "scores.jsonl")
    let lines: [[String]] = [
      ["evaluate", folder.file("nowhere")], ["evaluate", empty], ["evaluate", folder.file("list.csv")],
      ["calibrate", folder.file("scores.jsonl")], ["calibrate", "--max-alarms", "-1", empty],
      ["calibrate", "--max-false-share", "1.5", empty],
      ["calibrate", "--out", "x", "--in-place", empty],
    ]
    for arguments in lines {
      let result = try Program.run(arguments)
      #expect(result.status == 2, "\(arguments)")
      #expect(result.output.isEmpty)
      #expect(!result.errors.isEmpty)
    }
  }
}
