import Foundation
import Testing

/// Whatever a password looks like, no part of it leaves the program.
@Suite("Passwords", .serialized)
struct PasswordTests {
  /// Characters that end a user, a host, a path or a query, that escape, that quote, and that terminals obey.
  private static let hostile = [
    "@", ":", "/", "?", "#", "%", "%40", "%2F", "&", "=", "+", " ", ";", "\\", "\"", "'", "<", ">", "[", "]", "{", "|",
    "^", "`", "$", "!", "*", "~", ",", "ö", "é", "👁", "%zz", "%", "..", "//", "@@", "://", "\u{1B}[31m",
  ]

  /// Passwords of three words with hostile characters between them, and the words.
  private func passwords(_ count: Int) -> [(password: String, words: [String])] {
    var seed: UInt64 = 20_260_102
    func random(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % bound
    }
    return (0..<count).map { _ in
      let words = (0..<3).map { _ in String((0..<7).map { _ in "bcdfghjkmnpqrstvwxz".randomElement(random) }) }
      return (words.joined(separator: Self.hostile[random(Self.hostile.count)]), words)
    }
  }

  @Test("are in no record, no complaint and no list of processes, refused or rejected, spelt any way")
  func nowhere() throws {
    let port = try Camera.freePort()
    let camera = try Camera(port: port, clip: "camera.mp4", user: "anna", password: "another")
    let nobody = try Camera.freePort()
    let passwords = passwords(60)
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._~")
    var addresses: [String] = []
    for (index, entry) in passwords.enumerated() {
      let encoded = entry.password.addingPercentEncoding(withAllowedCharacters: allowed) ?? entry.words[0]
      let text = index.isMultiple(of: 3) ? entry.password : encoded
      let host = "127.0.0.1:\(index.isMultiple(of: 2) ? port : nobody)"
      switch index % 5 {
      case 0: addresses.append("http://viewer:\(text)@\(host)/cam\(index).m3u8")
      case 1: addresses.append("http://\(host)/cam\(index).ts?user=viewer&password=\(encoded)")
      default: addresses.append("rtsp://viewer:\(text)@\(host)/cam")
      }
    }
    let folder = try Scratch()
    let list = try folder.write(Data(addresses.joined(separator: "\n").utf8), to: "sources")
    let running = try Program.Running(["watch", "--sources-from", list])
    try running.wait { records in
      Set(records.filter { $0.action == "stream.lost" }.compactMap { $0.text("unmask.stream.name") }).count
        >= addresses.count
    }
    let commandLine = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(running.identifier)/cmdline"))
    let environment = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(running.identifier)/environ"))
    running.signal(SIGTERM)
    let result = try running.wait(limit: 30)
    camera.stop()
    try expectValid(result.output)
    let everything =
      result.output + result.errors + String(decoding: commandLine, as: UTF8.self)
      + String(decoding: environment, as: UTF8.self)
    for (index, entry) in passwords.enumerated() {
      for word in entry.words {
        #expect(!everything.contains(word), "a part of the password in \(addresses[index].debugDescription)")
      }
      // As HTTP and RTSP send it.
      let credentials = Data("viewer:\(entry.password)".utf8).base64EncodedString()
      #expect(!everything.contains(credentials.prefix(20)))
    }
    let reasons = Set(result.records.filter { $0.action == "stream.lost" }.compactMap { $0.text("event.reason") })
    #expect(reasons.isSuperset(of: ["refused", "unauthorised"]))
  }
}

extension String {
  fileprivate func randomElement(_ random: (Int) -> Int) -> Character {
    self[index(startIndex, offsetBy: random(count))]
  }
}
