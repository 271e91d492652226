internal import Foundation
internal import Media

/// The files of one folder and the folders below it, depth first, by name: a stable order whatever the file system's.
/// Holds the names of the folders on the way, nothing else, so that an archive may have any size.
struct FolderWalk {
  private struct Level {
    let path: String
    /// Below the folder that was given; empty for that itself.
    let relative: String
    let device: Int64
    let inode: Int64
    /// In reverse order: the next name is the last.
    var names: [String]
  }

  private let options: WalkOptions
  private var levels: [Level] = []
  private var problems: [ScanInput] = []
  /// Whether anything that could be scanned was met, filters aside.
  private(set) var hasMet = false

  /// Links named on the command line are followed.
  init(_ path: String, options: WalkOptions) {
    self.options = options
    if let status = FileStatus(path, followsLinks: true) { enter(path, relative: "", status) }
  }

  mutating func next() -> ScanInput? {
    while problems.isEmpty, let level = levels.last {
      guard let name = level.names.last else {
        levels.removeLast()
        continue
      }
      levels[levels.count - 1].names.removeLast()
      if let input = look(at: name, in: level) { return input }
    }
    return problems.popLast()
  }

  private mutating func look(at name: String, in level: Level) -> ScanInput? {
    if name.hasPrefix("."), !options.takesHidden { return nil }
    let path = level.path.hasSuffix("/") ? level.path + name : level.path + "/" + name
    let relative = level.relative.isEmpty ? name : level.relative + "/" + name
    if options.exclude.contains(where: { $0.matches(relative) }) { return nil }
    guard let status = FileStatus(path, followsLinks: options.followsLinks) else {
      // A link that leads nowhere, or a file that was removed meanwhile, is nothing to scan.
      if errno == ENOENT || errno == ELOOP { return nil }
      return .problem(
        path: path, code: "unreadable",
        message: "\(path): cannot be looked at: \(unsafe String(cString: strerror(errno)))")
    }
    switch status.kind {
    case .folder:
      // With links followed, a folder may lie within itself.
      if levels.contains(where: { $0.device == status.device && $0.inode == status.inode }) { return nil }
      enter(path, relative: relative, status)
      return nil
    case .file: return take(status.found(at: path), relative: relative)
    case .link, .other: return nil
    }
  }

  private mutating func take(_ file: FoundFile, relative: String) -> ScanInput? {
    guard Self.isMedia(file) else { return nil }
    hasMet = true
    guard options.include.isEmpty || options.include.contains(where: { $0.matches(relative) }) else { return nil }
    return .file(file)
  }

  /// By its content; what has the name of media is taken as well, so that a broken file is told of and not passed over.
  private static func isMedia(_ file: FoundFile) -> Bool {
    let name = file.path.split(separator: "/").last ?? ""
    let suffix = name.split(separator: ".").dropFirst().last.map { $0.lowercased() }
    return suffix.map(mediaSuffixes.contains) == true || MediaProbe.isMedia(file.path)
  }

  private mutating func enter(_ path: String, relative: String, _ status: FileStatus) {
    guard let listing = unsafe opendir(PathText.cString(of: path)) else {
      problems.append(
        .problem(
          path: path, code: "unreadable",
          message: "\(path): the folder cannot be read: \(unsafe String(cString: strerror(errno)))"))
      hasMet = true
      return
    }
    defer { unsafe closedir(listing) }
    var names: [(name: String, key: [UInt8])] = []
    while let entry = unsafe readdir(listing) {
      let isFolder = unsafe entry.pointee.d_type == UInt8(DT_DIR)
      let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      let name = PathText.text(of: bytes)
      guard name != ".", name != ".." else { continue }
      // With the slash, the order is that of the whole paths' bytes.
      names.append((name, isFolder ? bytes + [UInt8(ascii: "/")] : bytes))
    }
    names.sort { $1.key.lexicographicallyPrecedes($0.key) }
    levels.append(
      Level(path: path, relative: relative, device: status.device, inode: status.inode, names: names.map(\.name)))
  }

  /// Names of what is usually video or a picture.
  private static let mediaSuffixes: Set<String> = [
    "3gp", "asf", "avi", "flv", "gif", "h264", "hevc", "m2ts", "m4v", "mjpeg", "mjpg", "mkv", "mov", "mp4", "mpeg",
    "mpg", "mts", "mxf", "ogv", "vob", "webm", "wmv", "y4m", "bmp", "jpeg", "jpg", "png", "tif", "tiff", "webp",
  ]
}
