import Foundation
import Testing

@testable import Media

@Suite("Network sources", .serialized)
struct NetworkTests {
  private func options(open: Double = 10, read: Double = 5) -> ReaderOptions {
    var options = ReaderOptions()
    options.openTimeout = open
    options.readTimeout = read
    return options
  }

  private func openError(_ location: Location, _ options: ReaderOptions) -> MediaError? {
    do throws(MediaError) {
      _ = try VideoReader(location, options: options)
      return nil
    } catch {
      return error
    }
  }

  @Test("reads a live stream over TCP and over UDP", arguments: ReaderOptions.Transport.allCases)
  func readsLive(transport: ReaderOptions.Transport) throws {
    let server = try RTSPServer()
    var options = options()
    options.transport = transport
    let reader = try VideoReader(Location(server.address), options: options)
    #expect(reader.info.isLive && reader.info.container == "rtsp" && reader.info.codec == "h264")
    var times: [Double] = []
    // Longer than the clip, so that its repetition is crossed as well.
    while times.count < 60, let frame = try reader.next() {
      times.append(frame.time)
      #expect(frame.size == PixelSize(width: 320, height: 240))
    }
    #expect(times.count == 60 && times.first == 0)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    #expect((2.0...4.0).contains(times.last ?? 0))
  }

  @Test("a server that dies in the middle is an error within the deadline")
  func noticesDeath() throws {
    let server = try RTSPServer()
    let reader = try VideoReader(Location(server.address), options: options(read: 3))
    for _ in 0..<5 { #expect(try reader.next() != nil) }
    server.process.kill()
    let start = ContinuousClock.now
    let (_, error) = reader.drained()
    #expect(error?.code == .lost || error?.code == .noPackets)
    #expect(ContinuousClock.now - start < .seconds(8))
  }

  @Test("user and password are needed, given in the address or apart, and never shown", arguments: [false, true])
  func authenticates(digest: Bool) throws {
    let password = "p@ss w/ö:1#?"
    let server =
      try digest
      ? RTSPServer("--user", "bob", "--password", password, "--digest")
      : RTSPServer("--user", "bob", "--password", password)
    let right = Location(server.address, user: "bob", password: password)
    #expect(try VideoReader(right, options: options()).next() != nil)
    let wrong = try #require(openError(Location(server.address, user: "bob", password: "Wr0ng/one"), options()))
    #expect(wrong.code == .unauthorised)
    #expect(!wrong.message.contains("Wr0ng") && wrong.message.contains("127.0.0.1"))
    #expect(openError(Location(server.address), options())?.code == .unauthorised)
  }

  @Test("nobody listening, an unknown path and an unknown host are told apart")
  func tellsFailuresApart() throws {
    let server = try RTSPServer()
    let unknown = Location(server.address.replacing("/cam", with: "/nothing"))
    #expect(openError(unknown, options())?.code == .notFound)
    server.process.kill()
    #expect(openError(Location(server.address), options())?.code == .refused)
    #expect(openError(Location("rtsp://host.invalid/cam"), options(open: 5))?.code == .unreachable)
  }

  @Test("a host that accepts and stays silent is given up at the deadline; cancelling does not wait for it")
  func timesOut() async throws {
    let silent = try SilentServer()
    let start = ContinuousClock.now
    let error = openError(Location("rtsp://127.0.0.1:\(silent.port)/cam"), options(open: 0.5))
    #expect(error?.code == .timedOut)
    #expect(ContinuousClock.now - start < .seconds(5))
    let canceller = Canceller()
    BlockingThread.start {
      usleep(200_000)
      canceller.cancel()
    }
    do throws(MediaError) {
      _ = try VideoReader(
        Location("http://127.0.0.1:\(silent.port)/a.mp4"), options: options(open: 60), canceller: canceller)
      Issue.record("opened a silent server")
    } catch {
      #expect(error.code == .cancelled)
    }
  }

  @Test("plays HLS and a plain file over HTTP; a missing one is not found")
  func readsHTTP() throws {
    let port = try SilentServer().port
    let server = try ChildProcess(
      "/usr/bin/python3", ["-u", "-m", "http.server", "--bind", "127.0.0.1", String(port)],
      directory: try Clips.path("clip.mp4").replacing("/clip.mp4", with: ""))
    #expect(server.announcement.contains("Serving"))
    for name in ["playlist.m3u8", "clip.mp4"] {
      let reader = try VideoReader(Location("http://127.0.0.1:\(port)/\(name)"), options: options())
      let (frames, error) = reader.drained()
      #expect(error == nil)
      #expect(frames.count == 50 && !reader.info.isLive)
    }
    #expect(openError(Location("http://127.0.0.1:\(port)/none.mp4"), options())?.code == .notFound)
    server.kill()
  }
}

/// Listens on a free port of loopback and never says a word.
struct SilentServer: ~Copyable {
  let port: Int
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
      }
    }
    try #require(isBound && listen(descriptor, 16) == 0)
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }
}
