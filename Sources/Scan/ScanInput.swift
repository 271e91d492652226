internal import Foundation

/// One thing to scan, or the reason why there is nothing.
enum ScanInput: Sendable, Hashable {
  case file(String)
  case address(String)
  case problem(path: String, code: String, message: String)

  /// What the paths given on the command line stand for, in their order; folders are walked recursively, their files
  /// sorted by path, hidden ones and those whose name does not end like a video's or picture's left out. A file that
  /// is named itself is taken whatever its name.
  static func inputs(at paths: [String]) -> [ScanInput] { paths.flatMap(inputs(at:)) }

  private static func inputs(at path: String) -> [ScanInput] {
    if path.contains("://") { return [.address(path)] }
    var isDirectory: ObjCBool = false
    // An image sequence (img%04d.png) is no file by itself, so what does not exist is left to the reader to refuse.
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return [.file(path)] }
    guard isDirectory.boolValue else { return [.file(path)] }
    guard let children = try? FileManager.default.subpathsOfDirectory(atPath: path) else {
      return [
        .problem(path: path, code: "unreadable", message: "\(path): the folder cannot be read; check its permissions")
      ]
    }
    let base = path.hasSuffix("/") ? path : path + "/"
    let files = children.filter(isMedia).map { base + $0 }.filter(isRegularFile).sorted()
    if files.isEmpty {
      return [
        .problem(
          path: path, code: "no_video",
          message: "\(path): no video or picture in this folder; name a file to scan it whatever its name")
      ]
    }
    return files.map(ScanInput.file)
  }

  private static let mediaSuffixes: Set<String> = [
    "3gp", "asf", "avi", "flv", "gif", "h264", "hevc", "m2ts", "m4v", "mjpeg", "mjpg", "mkv", "mov", "mp4", "mpeg",
    "mpg", "mts", "mxf", "ogv", "ts", "vob", "webm", "wmv", "y4m", "bmp", "jpeg", "jpg", "png", "tif", "tiff", "webp",
  ]

  private static func isMedia(_ relative: String) -> Bool {
    let isHidden = relative.split(separator: "/").contains { $0.hasPrefix(".") }
    return !isHidden && mediaSuffixes.contains((relative as NSString).pathExtension.lowercased())
  }

  private static func isRegularFile(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.type] as? FileAttributeType != .typeDirectory
  }
}
