internal import Foundation

/// Finds videos and pictures in folders, by the endings of their names.
enum MediaFiles {
  private static let endings: Set<String> = [
    "3gp", "asf", "avi", "flv", "gif", "h264", "hevc", "m2ts", "m4v", "mjpeg", "mjpg", "mkv", "mov", "mp4", "mpeg",
    "mpg", "mts", "mxf", "ogv", "ts", "vob", "webm", "wmv", "y4m", "bmp", "jpeg", "jpg", "png", "tif", "tiff", "webp",
  ]

  /// The paths relative to `folder` of all of them, sorted; hidden ones are left out. Empty when there is no such folder.
  static func below(_ folder: String) -> [String] {
    let children = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return children.filter { relative in
      let isHidden = relative.split(separator: "/").contains { $0.hasPrefix(".") }
      return !isHidden && endings.contains((relative as NSString).pathExtension.lowercased())
    }.sorted()
  }
}
