import Foundation

/// A program that a test starts and that announces itself with one line. Ended when the object goes, at the latest.
final class ChildProcess: @unchecked Sendable {
  // Unchecked: `process` is only started and stopped, from one test.
  private let process = Process()
  /// The first line it wrote to standard output.
  let announcement: String

  init(_ program: String, _ arguments: [String], directory: String? = nil) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    try process.run()
    var line: [UInt8] = []
    while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
      line.append(byte)
    }
    announcement = String(decoding: line, as: UTF8.self)
  }

  deinit { kill() }

  /// Ends it without warning, as a power cut would.
  func kill() {
    guard process.isRunning else { return }
    _ = Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}

/// GStreamer's RTSP server on loopback, playing a clip over and over at /cam.
struct RTSPServer {
  let process: ChildProcess
  let port: Int

  init(clip: String = "clip.mp4", _ arguments: String...) throws {
    process = try ChildProcess(
      "/usr/bin/python3",
      [Clips.packageRoot + "/Tests/Support/rtsp_server.py", try Clips.path(clip), "--seconds", "60"] + arguments)
    guard let port = process.announcement.split(separator: " ").last.flatMap({ Int($0) }) else {
      throw CocoaError(
        .executableLoad, userInfo: ["reason": "the RTSP server did not start: python3-gi is missing? run make setup"])
    }
    self.port = port
  }

  var address: String { "rtsp://127.0.0.1:\(port)/cam" }
}
