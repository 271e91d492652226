import Foundation
import Testing

/// GStreamer's RTSP server, from Debian, serving one clip in a loop on loopback.
final class Camera {
  private let process = Process()
  private let output = Pipe()

  /// - Parameter behaviour: further options of the server, such as `--corrupt 0.3`.
  init(
    port: Int, clip: String = "demo.mp4", user: String? = nil, password: String? = nil, _ behaviour: String...
  ) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    var arguments = [
      Program.root + "/Tests/Support/rtsp_server.py", "--port", "\(port)", "--seconds", "120",
      try Program.cached("media/" + clip),
    ]
    if let user, let password { arguments += ["--user", user, "--password", password] }
    process.arguments = arguments + behaviour
    process.standardOutput = output
    try process.run()
    let greeting = output.fileHandleForReading.availableData
    try #require(String(decoding: greeting, as: UTF8.self).contains("READY"), "the RTSP server did not start")
  }

  /// Ends it without warning, as a power cut would.
  func stop() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Holds it still: connections stay open and nothing is sent.
  func freeze() { kill(process.processIdentifier, SIGSTOP) }

  func thaw() { kill(process.processIdentifier, SIGCONT) }

  deinit { if process.isRunning { stop() } }

  /// A port that nobody uses at the moment.
  static func freePort() throws -> Int {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    try #require(bound)
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
