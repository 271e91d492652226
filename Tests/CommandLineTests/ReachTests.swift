import Foundation
import Testing

@Suite("What a scanned file may reach")
struct ReachTests {
  /// A port of this machine that counts who comes.
  private final class Doorbell {
    private let descriptor: Int32
    let port: UInt16

    init() throws {
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      unsafe address.sin_addr.s_addr = inet_addr("127.0.0.1")
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let bound = unsafe withUnsafeMutablePointer(to: &address) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe bind(listener, $0, size) == 0 && listen(listener, 16) == 0
            && getsockname(listener, $0, &size) == 0
        }
      }
      descriptor = listener
      try #require(bound)
      port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    var visitors: Int {
      var count = 0
      while true {
        let visitor = accept(descriptor, nil, nil)
        guard visitor >= 0 else { return count }
        close(visitor)
        count += 1
      }
    }
  }

  /// Notices when a file is opened, by whomever.
  private final class Canary {
    private let descriptor: Int32

    init(_ path: String) throws {
      descriptor = inotify_init1(Int32(IN_NONBLOCK))
      let watch = unsafe inotify_add_watch(descriptor, path, UInt32(IN_OPEN))
      try #require(watch >= 0)
    }

    deinit { close(descriptor) }

    var wasOpened: Bool {
      var events = [UInt8](repeating: 0, count: 4096)
      return unsafe read(descriptor, &events, events.count) > 0
    }
  }

  /// A film whose pictures, so it says, lie in another file: the reference of its video track to itself (`url `, with
  /// the flag for "in this file") becomes one to `address`, and every box around it grows by as much.
  private func film(_ original: Data, pointingTo address: String) throws -> Data {
    var bytes = [UInt8](original)
    let place = try #require(original.range(of: Data("url ".utf8))).lowerBound - 4
    let text = Array(address.utf8) + [0]
    func length(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
    func grow(at offset: Int) {
      let grown = UInt32(length(at: offset) + text.count)
      for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: grown >> UInt32(24 - 8 * index)) }
    }
    // The boxes around it are those that begin before and end behind it, from the outermost to its own.
    var offset = 0
    let headers = ["moov": 8, "trak": 8, "mdia": 8, "minf": 8, "dinf": 8, "dref": 16]
    while offset < place {
      let size = length(at: offset)
      let name = String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self)
      try #require(size >= 8)
      if offset + size > place, let header = headers[name] {
        grow(at: offset)
        offset += header
      } else {
        offset += size
      }
    }
    try #require(offset == place)
    grow(at: place)
    bytes[place + 11] = 0
    bytes.insert(contentsOf: text, at: place + 12)
    return Data(bytes)
  }

  @Test("no playlist, reference or external track leads the scanner to another file or to an address")
  func nothingElseIsOpened() throws {
    let folder = try Scratch()
    let (inside, outside) = (folder.file("in"), folder.file("out"))
    for path in [inside, outside] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    let clip = try Program.cached("media/clip.mp4")
    let prey = outside + "/canary.mp4"
    try FileManager.default.copyItem(atPath: clip, toPath: prey)
    let bell = try Doorbell()
    let address = "http://127.0.0.1:\(bell.port)/a.mp4"
    var texts: [String: String] = [:]
    for (kind, target) in [("near", prey), ("url", "file://" + prey), ("far", address)] {
      texts["\(kind).m3u8"] = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n\(target)\n#EXT-X-ENDLIST\n"
      texts["\(kind)-list.mp4"] = texts["\(kind).m3u8"]
      texts["\(kind).ffconcat"] = "ffconcat version 1.0\nfile '\(target)'\n"
      texts["\(kind).mpd"] = """
        <?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S">
        <Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>\(target)</BaseURL>
        </Representation></AdaptationSet></Period></MPD>
        """
      texts["\(kind).asx"] = "<asx version=\"3.0\"><entry><ref href=\"\(target)\"/></entry></asx>"
      texts["\(kind).svg"] = """
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="\(target)"/></svg>
        """
      let film = try film(Data(contentsOf: URL(fileURLWithPath: clip)), pointingTo: target)
      try film.write(to: URL(fileURLWithPath: "\(inside)/\(kind)-track.mp4"))
    }
    texts["session.sdp"] =
      "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video \(bell.port) RTP/AVP 96\n"
    for (name, text) in texts { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(inside)/\(name)")) }

    let canary = try Canary(prey)
    let result = try Program.run("scan", "--no-ledger", "--fps", "1", inside)
    #expect(!canary.wasOpened, "a scanned file led to another")
    #expect(bell.visitors == 0, "a scanned file led to an address")
    try expectValid(result.output)
    // Named by itself, without a folder around it, a playlist is no more than a file either.
    for name in ["far.m3u8", "near.ffconcat", "url.mpd"] {
      _ = try Program.run("scan", "--no-ledger", "\(inside)/\(name)")
    }
    #expect(!canary.wasOpened && bell.visitors == 0)
    // Canary and bell are not deaf.
    _ = try Data(contentsOf: URL(fileURLWithPath: prey))
    #expect(canary.wasOpened)
    _ = try Program.run("scan", "--no-ledger", address)
    #expect(bell.visitors > 0)
  }
}
