import Faces
import Foundation
import Media

/// The files that the set-up provides.
enum Fixtures {
  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func path(_ relative: String) throws -> String {
    let path = root.appending(path: relative).path
    guard FileManager.default.fileExists(atPath: path) else {
      throw Missing(description: "\(relative) is missing: run `make setup` once")
    }
    return path
  }

  /// Loaded once for all tests; loading again would prove nothing more.
  static let models = Result { try FaceModels(directory: path(".cache/mtcnn")) }

  static func frame(ofFile path: String) throws -> Frame {
    let reader = try VideoReader(Location(path), options: ReaderOptions())
    guard let frame = try reader.next() else { throw Missing(description: "\(path) has no picture") }
    return frame
  }

  static func astronaut() throws -> Frame {
    try frame(ofFile: path(".cache/media/astronaut.png"))
  }

  /// The astronaut as ffmpeg writes it with `options`, in a folder of its own that `body` must be done with at its end.
  static func withAstronaut<R>(_ options: [String], as name: String, _ body: (Frame) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "unmask-faces-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let output = folder.appending(path: name).path
    let ffmpeg = Process()
    ffmpeg.executableURL = URL(filePath: "/usr/bin/env")
    ffmpeg.arguments =
      ["ffmpeg", "-nostdin", "-v", "error", "-i", try path(".cache/media/astronaut.png")] + options + [output]
    try ffmpeg.run()
    ffmpeg.waitUntilExit()
    guard ffmpeg.terminationStatus == 0 else {
      throw Missing(description: "ffmpeg could not write \(name) with \(options): run `make setup` once")
    }
    return try body(frame(ofFile: output))
  }
}
