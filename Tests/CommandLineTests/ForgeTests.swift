import Foundation
import Testing

@Suite("unmask forge")
struct ForgeTests {
  private func forge(_ folder: Scratch, into out: String, _ options: String...) throws -> [[String: Any]] {
    let command = ["forge", "--faces", folder.file("in"), "--out", folder.file(out), "--cache", folder.file("cache")]
    let result = try Program.run(command + ["--size", "64", "--kinds", "self"] + options)
    #expect(result.status == 0, "\(result.errors)")
    return Program.records(in: folder.text(out + "/pairs.jsonl"))
  }

  @Test("makes of the same seed the same pairs, each with its mask, and a sheet to look at")
  func same() throws {
    let folder = try Scratch.withFaces()
    let pairs = try forge(folder, into: "a", "--count", "3", "--seed", "9")
    #expect(pairs.count == 3)
    for pair in pairs {
      #expect((pair["strength"] as? Double ?? 0) >= 0.3 && pair["degradation"] is [String: Any])
    }
    #expect(try forge(folder, into: "b", "--count", "3", "--seed", "9") as NSArray == pairs as NSArray)
    for name in ["real", "fake", "mask"].map({ "00002-\($0).png" }) + ["sheet.png"] {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("a/" + name)))
      #expect(bytes.count > 100)
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("b/" + name))) == bytes)
    }
  }

  @Test("keeps the people that training holds out apart from those that it learns from")
  func people() throws {
    let folder = try Scratch.withFaces()
    func identities(_ people: String) throws -> Set<String> {
      Set(try forge(folder, into: people, "--count", "40", "--people", people).compactMap { $0["identity"] as? String })
    }
    let (training, heldOut) = (try identities("training"), try identities("held-out"))
    #expect(training.count > 10)
    #expect(!heldOut.isEmpty)
    #expect(training.isDisjoint(with: heldOut))
    let clips = try Program.run("forge", "--pairs", "a", "b", "--out", folder.file("no"), "--people", "held-out")
    #expect(clips.status == 2 && clips.errors.contains("--people"))
  }

  @Test("refuses two files that would be one person, and one file given twice, since neither could be held out")
  func namesakes() throws {
    let folder = try Scratch.withFaces()
    try FileManager.default.copyItem(atPath: folder.file("in"), toPath: folder.file("other"))
    for (faces, told) in [
      ([folder.file("in"), folder.file("other")], "0.png"), ([folder.path, folder.file("in")], "twice"),
    ] {
      let result = try Program.run(["forge", "--faces"] + faces + ["--out", folder.file("out")])
      #expect(result.status == 2 && result.complaints.count == 1 && result.errors.contains(told), "\(result.errors)")
      // Nothing stays that would be in the way of another try.
      #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    }
  }

  @Test("keeps the pairs that found room, all of them listed and nothing else, when there is none for more")
  func fullDisk() throws {
    let folder = try Scratch.withFaces()
    // The list grows beyond, the pictures do not.
    let small = ["/usr/bin/prlimit", "--fsize=4096"]
    let result = try Program.Running(
      ["forge", "--faces", folder.file("in"), "--out", folder.file("out"), "--count", "64", "--size", "32"],
      through: small
    ).wait(limit: 120)
    let pairs = Program.records(in: folder.text("out/pairs.jsonl"))
    #expect(result.status == 2 && (1..<64).contains(pairs.count))
    #expect(
      result.errors.contains("pairs.jsonl cannot be written") && result.errors.contains("; the \(pairs.count) before"))
    #expect(folder.text("out/pairs.jsonl").hasSuffix("}\n"))
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("out"))
    #expect(
      Set(files)
        == Set(pairs.flatMap { pair in ["real", "fake", "mask"].compactMap { pair[$0] as? String } } + ["pairs.jsonl"]))
  }
}
