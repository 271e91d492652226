import Foundation
import Testing

@testable import Scan

@Suite("Walking an archive")
struct WalkTests {
  private func inputs(_ request: ScanRequest) throws -> [ScanInput] {
    var walk = try ArchiveWalk(request)
    var inputs: [ScanInput] = []
    while let input = walk.next() { inputs.append(input) }
    return inputs
  }

  private func paths(_ request: ScanRequest, below folder: Scratch) throws -> [String] {
    try inputs(request).compactMap {
      guard case .file(let file) = $0 else { return nil }
      return String(file.path.dropFirst(folder.path.count + 1))
    }
  }

  /// The head of an empty but sound GIF: what is recognised by its content.
  private static let gif = "GIF89a\u{1}\u{0}\u{1}\u{0}\u{0}\u{0}\u{0};"

  private func archive() throws -> Scratch {
    let folder = try Scratch()
    for name in ["b/2.mp4", "b/10.mp4", "b.mp4", "a/deep/er/x.mkv", "a/.cache/y.mkv", ".hidden.mp4", "b/notes.txt"] {
      try folder.write("nothing", to: name)
    }
    try folder.write(Self.gif, to: "a/by-content")
    return folder
  }

  @Test("goes through folders in the order of their paths, hidden ones only when asked for")
  func order() throws {
    let folder = try archive()
    var request = ScanRequest(paths: [folder.path])
    let expected = ["a/by-content", "a/deep/er/x.mkv", "b.mp4", "b/10.mp4", "b/2.mp4"]
    #expect(try paths(request, below: folder) == expected)
    request.walk.takesHidden = true
    #expect(try paths(request, below: folder) == [".hidden.mp4", "a/.cache/y.mkv"] + expected)
  }

  @Test("takes what patterns include and leaves out what they exclude, folders as a whole")
  func patterns() throws {
    let folder = try archive()
    var request = ScanRequest(paths: [folder.path])
    request.walk.include = [try GlobPattern("*.mp4")]
    #expect(try paths(request, below: folder) == ["b.mp4", "b/10.mp4", "b/2.mp4"])
    request.walk.exclude = [try GlobPattern("b")]
    #expect(try paths(request, below: folder) == ["b.mp4"])
    request.walk.include = []
    request.walk.exclude = [try GlobPattern("a/**/*.mkv"), try GlobPattern("b/?.mp4")]
    #expect(try paths(request, below: folder) == ["a/by-content", "b.mp4", "b/10.mp4"])
  }

  @Test("passes over what was changed before a time")
  func since() throws {
    let folder = try archive()
    let old = Date(timeIntervalSince1970: 1_000_000)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: folder.file("b.mp4"))
    var request = ScanRequest(paths: [folder.path])
    request.walk.since = 2_000_000
    #expect(try !paths(request, below: folder).contains("b.mp4"))
    #expect(try paths(request, below: folder).contains("b/2.mp4"))
  }

  @Test("follows links in folders only when asked to, and never in circles")
  func links() throws {
    let folder = try archive()
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: folder.file("b/up"), withDestinationPath: folder.path)
    try manager.createSymbolicLink(atPath: folder.file("c.mp4"), withDestinationPath: folder.file("b.mp4"))
    try manager.createSymbolicLink(atPath: folder.file("gone.mp4"), withDestinationPath: "/nowhere/at/all")
    var request = ScanRequest(paths: [folder.path])
    let plain = try paths(request, below: folder)
    #expect(plain.count == 5)
    request.walk.followsLinks = true
    #expect(try paths(request, below: folder) == plain + ["c.mp4"])
    // A link that is named itself is followed in any case.
    request = ScanRequest(paths: [folder.file("c.mp4")])
    #expect(try paths(request, below: folder) == ["c.mp4"])
  }

  @Test("tells of what is named and cannot be had, and of folders without media, and goes on")
  func problems() throws {
    let folder = try archive()
    try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
    let request = ScanRequest(paths: [folder.file("empty"), folder.file("missing.mp4"), folder.file("b.mp4")])
    let found = try inputs(request)
    #expect(found.count == 3)
    guard case .problem(let path, let code, _) = found[0] else {
      Issue.record("an empty folder is told of")
      return
    }
    #expect(path == folder.file("empty") && code == "no_video")
    #expect(found[1] == .other(folder.file("missing.mp4")))
    #expect(throws: WalkError.self) {
      var request = ScanRequest(paths: [])
      request.filesFrom = folder.file("no-list")
      _ = try ArchiveWalk(request)
    }
  }

  @Test("reads paths from a list, one a line or ended by zero bytes", arguments: [false, true])
  func lists(isNull: Bool) throws {
    let folder = try archive()
    let names = ["b.mp4", "b/2.mp4", "a"].map(folder.file)
    let text = isNull ? names.map { $0 + "\0" }.joined() : names.joined(separator: "\n") + "\n\n"
    var request = ScanRequest(paths: [folder.file("b/10.mp4")])
    request.filesFrom = try folder.write(text, to: "list")
    request.isNullSeparated = isNull
    #expect(
      try paths(request, below: folder) == ["b/10.mp4", "b.mp4", "b/2.mp4", "a/by-content", "a/deep/er/x.mkv"])
  }

  @Test("deals every path to exactly one shard, the same every time", arguments: [1, 2, 3, 7, 100])
  func shards(count: Int) throws {
    let shards = (1...count).compactMap { Shard(number: $0, count: count) }
    var sizes = [Int](repeating: 0, count: count)
    for number in 0..<700 {
      let owners = shards.indices.filter { shards[$0].contains("archive/clip-\(number).mp4") }
      #expect(owners.count == 1)
      sizes[owners[0]] += 1
    }
    #expect(sizes.max()! <= 3 * 700 / count + 10)
    #expect(Shard("2/3")?.contains("x") == Shard(number: 2, count: 3)?.contains("x"))
    for text in ["0/3", "4/3", "1/0", "1", "a/b", "1/2/3", "-1/2", ""] { #expect(Shard(text) == nil, "\(text)") }
  }

  @Test(
    "matches patterns as git and ripgrep do",
    arguments: [
      ("*.mp4", "a/b/x.mp4", true), ("*.mp4", "x.mp4.part", false), ("a/*.mp4", "a/x.mp4", true),
      ("a/*.mp4", "a/b/x.mp4", false), ("**/x.mp4", "x.mp4", true), ("a/**/x.mp4", "a/x.mp4", true),
      ("a/**/x.mp4", "a/b/c/x.mp4", true), ("a/**", "a/b/c", true), ("/x.mp4", "a/x.mp4", false),
      ("/x.mp4", "x.mp4", true), ("cam[0-9].mp4", "cam7.mp4", true), ("cam[!0-9].mp4", "cam7.mp4", false),
      ("cam[]x].mp4", "cam].mp4", true), ("\\*.mp4", "*.mp4", true), ("\\*.mp4", "x.mp4", false),
      ("ä?.mp4", "äö.mp4", true), ("a*b*c", "aXbXbXc", true), ("a*b*c", "aXbXcX", false), ("dir/", "x/dir", true),
    ])
  func globs(pattern: String, path: String, isMatch: Bool) throws {
    #expect(try GlobPattern(pattern).matches(path) == isMatch)
  }

  @Test("refuses a pattern that is not closed, and is quick with a spiteful one")
  func badGlobs() throws {
    for text in ["cam[0-9.mp4", "[", "", "/"] { #expect(throws: GlobError.self) { try GlobPattern(text) } }
    let spiteful = try GlobPattern(String(repeating: "*a", count: 60) + "b")
    #expect(!spiteful.matches(String(repeating: "a", count: 250)))
  }
}
