import Testing

@testable import Watch

@Suite("Names of evidence")
struct EvidenceNameTests {
  @Test("tell the stream, the moment and the person")
  func form() {
    let name = EvidenceName(stream: "lobby", time: 1_767_323_045.9, track: 3)
    #expect(name.path(.png) == "lobby/2026-01-02T03-04-05Z-3.png")
    #expect(name.path(.mp4) == "lobby/2026-01-02T03-04-05Z-3.mp4")
  }

  @Test(
    "never lead out of the folder, whatever a stream is called",
    arguments: [
      "..", ".", "", "/etc/passwd", "../../up", "a/b", "a\u{0}b", "new\nline", ".hidden", "-rf *", "$(reboot)",
      "a:b\\c",
      String(repeating: "x", count: 5000), String(repeating: "👩‍👩‍👧‍👦", count: 60), "\u{202E}gpj", "~root",
    ])
  func hostileStreams(stream: String) {
    let folder = EvidenceName.folder(for: stream)
    #expect(!folder.isEmpty && !folder.hasPrefix(".") && folder.utf8.count <= 200)
    #expect(folder.allSatisfy { $0.isLetter || $0.isNumber || "-_.~".contains($0) })
    #expect(folder != stream)
  }

  @Test("keep streams apart whose names become alike")
  func collisions() {
    let names = [
      "a/b", "a\\b", "a b", "a_b", "a?b", String(repeating: "l", count: 60), String(repeating: "l", count: 61),
    ]
    #expect(Set(names.map(EvidenceName.folder)).count == names.count)
    #expect(EvidenceName.folder(for: "Вход-2") == "Вход-2", "letters of any script stay")
  }

  @Test("tell our files from all others")
  func recognition() {
    for time in [0.0, 1e9, 1_767_323_045.9, -5, 1e15, .infinity, .nan] {
      let path = EvidenceName(stream: "lobby", time: time, track: 12).path(.mkv)
      #expect(EvidenceName.isOurs(path.dropFirst("lobby/".count)), "\(path)")
    }
    for other in [
      "notes.txt", "holiday.png", "2026-01-02T03-04-05Z-.png", "2026-01-02T03-04-05Z-3", "2026-01-02T03-04-05Z-3.jpg",
      "2026-01-02T03-04-05Z-3a.png", "x2026-01-02T03-04-05Z-3.png", ".png", "", "2026-01-02T03:04:05Z-3.png",
    ] {
      #expect(!EvidenceName.isOurs(other[...]), "\(other)")
    }
    #expect(EvidenceName.isRemnant("2026-01-02T03-04-05Z-3.png.812-4.partial"))
    for other in ["2026-01-02T03-04-05Z-3.png", "notes.txt.812-4.partial", "2026-01-02T03-04-05Z-3.png.x.partial"] {
      #expect(!EvidenceName.isRemnant(other[...]))
    }
  }
}
