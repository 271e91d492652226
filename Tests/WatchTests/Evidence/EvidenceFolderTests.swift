import Foundation
import Testing

@testable import Media
@testable import Watch

@Suite("The folder of evidence")
struct EvidenceFolderTests {
  private let root = NSTemporaryDirectory() + "unmask-evidence-" + UUID().uuidString
  private let now = 1_767_323_045.0

  private func name(_ number: Int, stream: String = "lobby") -> String {
    EvidenceName(stream: stream, time: now + Double(number), track: number).path(.png)
  }

  private func files() -> [String] {
    let all = FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []
    return all.filter { $0.hasSuffix(".png") || $0.hasSuffix(".txt") || $0.hasSuffix(".partial") }.sorted()
  }

  private func place(_ path: String, bytes: Int, age: Double) throws {
    let whole = root + "/" + path
    try FileManager.default.createDirectory(
      atPath: (whole as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(count: bytes).write(to: URL(fileURLWithPath: whole))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: now - age)], ofItemAtPath: whole)
  }

  @Test("stays within its bytes: the oldest go first, across all streams")
  func bounded() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var folder = EvidenceFolder(root: root, mostBytes: 1000, longestAge: 1e6)
    for number in 0..<10 {
      try folder.write(
        [UInt8](repeating: 7, count: 300), to: name(number, stream: number.isMultiple(of: 2) ? "even" : "odd"),
        now: now + Double(number))
    }
    #expect(files() == [name(8, stream: "even"), name(7, stream: "odd"), name(9, stream: "odd")].sorted())
  }

  @Test("lets go of what is too old, and of what was there before the program started")
  func aged() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    try place(name(1, stream: "old"), bytes: 10, age: 100)
    try place(name(2), bytes: 10, age: 50)
    try place(name(3), bytes: 10, age: 10)
    var folder = EvidenceFolder(root: root, mostBytes: 1000, longestAge: 60)
    folder.tidy(now: now)
    #expect(files() == [name(2), name(3)])
    #expect(!FileManager.default.fileExists(atPath: root + "/old"), "an empty folder goes as well")
    folder.tidy(now: now + 40)
    #expect(files() == [name(3)])
  }

  @Test("touches nothing that is not its own, and follows no links")
  func foreign() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    try place("lobby/notes.txt", bytes: 5000, age: 1e6)
    try place("elsewhere/target.txt", bytes: 5000, age: 1e6)
    try FileManager.default.createSymbolicLink(
      atPath: root + "/lobby/" + name(1).dropFirst(6), withDestinationPath: root + "/elsewhere/target.txt")
    try FileManager.default.createSymbolicLink(atPath: root + "/linked", withDestinationPath: root + "/elsewhere")
    var folder = EvidenceFolder(root: root, mostBytes: 100, longestAge: 60)
    folder.tidy(now: now)
    try folder.write([1, 2, 3], to: name(2), now: now)
    #expect(Set(files()) == ["elsewhere/target.txt", "lobby/notes.txt", name(1), name(2)])
  }

  @Test("replaces a file of the same name without counting it twice")
  func replaces() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    var folder = EvidenceFolder(root: root, mostBytes: 1000, longestAge: 1e6)
    try folder.write([UInt8](repeating: 1, count: 400), to: name(1), now: now)
    for _ in 0..<20 { try folder.write([UInt8](repeating: 2, count: 500), to: name(2), now: now) }
    #expect(files() == [name(1), name(2)])
  }

  @Test("removes what an interrupted writer left, once it is old")
  func remnants() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    try place(name(1) + ".12-3.partial", bytes: 10, age: 7200)
    try place(name(2) + ".12-4.partial", bytes: 10, age: 1)
    var folder = EvidenceFolder(root: root, mostBytes: 1000, longestAge: 60)
    folder.tidy(now: now)
    #expect(files() == [name(2) + ".12-4.partial"])
  }

  @Test("refuses what is larger than all it may hold, and names a folder that cannot be written")
  func refuses() throws {
    var folder = EvidenceFolder(root: "/dev/null/evidence", mostBytes: 1000, longestAge: 60)
    do throws(MediaError) {
      try folder.write([1], to: name(1), now: now)
      Issue.record("wrote below a device")
    } catch {
      #expect(error.message.contains("/dev/null/evidence"))
    }
    do throws(MediaError) {
      try folder.write([UInt8](repeating: 0, count: 1001), to: name(1), now: now)
      Issue.record("wrote too much")
    } catch {
      #expect(error.code == .tooLarge)
    }
  }
}
