import Foundation
import Testing

@Suite("unmask train")
struct TrainTests {
  /// A small network on small pictures.
  private func arguments(_ folder: Scratch, out: String, steps: Int) throws -> [String] {
    [
      "train", "--faces", folder.file("in"), "--out", folder.file(out), "--cache", folder.file("cache"), "--steps",
      "\(steps)", "--architecture", "haar_unet", "--size", "32", "--batch", "2", "--validation-pairs", "4",
      "--threads", "1", "--face-models", try Program.cached("mtcnn"),
    ]
  }

  private func resumed(_ folder: Scratch, _ run: String) throws -> Program.Result {
    try Program.run(
      "train", "--resume", folder.file(run), "--cache", folder.file("cache"), "--threads", "1", "--face-models",
      Program.cached("mtcnn"))
  }

  private func model(_ folder: Scratch, _ run: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.file(run + "/model.onnx")))
  }

  @Test("interrupted by SIGINT says how to go on, and then ends with the file of an uninterrupted run, byte for byte")
  func interrupted() throws {
    let folder = try Scratch.withFaces()
    let whole = try Program.run(arguments(folder, out: "whole", steps: 12))
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(whole.errors.contains("held-out people AUROC"))
    for file in ["metrics.jsonl", "curves.svg", "masks-epoch-001.png", "checkpoint.bin"] {
      #expect(FileManager.default.fileExists(atPath: folder.file("whole/" + file)), "\(file)")
    }

    let running = try Program.Running(arguments(folder, out: "cut", steps: 12))
    try running.wait(for: "a second step") { folder.text("cut/metrics.jsonl").contains(#""step":2"#) }
    running.signal(SIGINT)
    let cut = try running.wait(limit: 60)
    #expect(cut.status == 130, "\(cut.errors)")
    #expect(cut.errors.contains("go on with: unmask train --resume \(folder.file("cut"))"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("cut/model.onnx")))

    let rest = try resumed(folder, "cut")
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(try model(folder, "cut") == model(folder, "whole"))
    let steps = Program.records(in: folder.text("cut/metrics.jsonl")).filter { $0.text("type") == "step" }
    #expect(steps.compactMap { $0.number("step") } == (1...12).map { Double($0) })
  }

  @Test("ends with a model that scanning takes")
  func scanned() throws {
    let folder = try Scratch.withFaces()
    let trained = try Program.run(arguments(folder, out: "run", steps: 2))
    #expect(trained.status == 0, "\(trained.errors)")
    let scan = try Program.run(
      "scan", "--model", folder.file("run/model.onnx"), "--face-models", Program.cached("mtcnn"),
      folder.file("in/0.png"))
    #expect(scan.status == 0 || scan.status == 1, "\(scan.errors)")
    #expect(scan.records.contains { $0.text("unmask.verdict.label") != nil })
  }

  @Test("finds out before it learns that there is no room for a checkpoint, and can be begun again in the same folder")
  func fullDisk() throws {
    let folder = try Scratch.withFaces()
    let small = ["/usr/bin/prlimit", "--fsize=65536"]
    let begun = try arguments(folder, out: "run", steps: 2)
    let full = try Program.Running(begun, through: small).wait(limit: 120)
    #expect(full.status == 2 && full.errors.contains("checkpoint.bin: cannot be written"), "\(full.errors)")
    #expect(!folder.text("run/metrics.jsonl").contains(#""type":"step""#))
    #expect(try resumed(folder, "run").errors.contains("holds no training run; begin one with --out"))
    let again = try Program.run(begun)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try Program.run(begun).errors.contains("holds a training run already"))
  }

  @Test("refuses what cannot be trained on in one sentence, with status 2")
  func refused() throws {
    let folder = try Scratch.withFaces()
    for name in ["empty", "grey"] {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(atPath: Program.cached("media/grey.png"), toPath: folder.file("grey/grey.png"))
    try folder.write(
      Data(contentsOf: URL(fileURLWithPath: Program.cached("media/astronaut.png"))).prefix(3000), to: "grey/cut.png")
    let (faces, new) = (["--faces", folder.file("in")], ["--out", folder.file("new")])
    for (options, told) in [
      (["--faces", folder.file("nowhere")] + new, "does not exist"),
      (["--faces", folder.file("empty")] + new, "no picture and no video"),
      (["--faces", folder.file("grey")] + new, "no face in 2 files, 1 of them unreadable"),
      (faces + new + ["--architecture", "resnet"], "'resnet'"),
      (faces + new + ["--size", "33"], "a multiple of 32"),
      (faces + new + ["--from", folder.file("nowhere.onnx")], "nowhere.onnx"),
      (faces + new + ["--from", try Program.cached("mtcnn/pnet/model.onnx")], "a mask"),
      (faces + new + ["--steps", "2", "--minutes", "1"], "exclude each other"),
      (faces + new + ["--resume", folder.file("empty")], "either --out"),
      (["--pairs", folder.file("in")] + new, "by twos"),
      (["--resume", folder.file("empty")], "holds no training run"),
      (new, "nothing to train on"),
    ] {
      let result = try Program.run(["train", "--face-models", try Program.cached("mtcnn")] + options)
      #expect(result.status == 2 && result.errors.contains(told), "\(told): \(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("new/checkpoint.bin")))
    }
  }
}
