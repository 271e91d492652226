internal import Foundation

/// Pictures and videos in folders.
enum FaceFiles {
  struct File: Sendable, Hashable {
    let path: String
    /// The path below its folder, which names the person.
    let name: String
    let bytes: Int
    /// Seconds since 1970.
    let modified: Double
  }

  /// All of them, sorted folder by folder; a path that is a file stands for itself.
  /// - Throws: `ForgeError` for a path that does not exist or cannot be looked into, and for two files of one name: they
  ///   would be one person, and whoever is held out under one name could be learnt from under another.
  static func list(_ folders: [String]) throws(ForgeError) -> [File] {
    var files: [File] = []
    for folder in folders {
      var isFolder: ObjCBool = false
      guard unsafe FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
        throw ForgeError("\(folder) does not exist")
      }
      if isFolder.boolValue {
        guard FileManager.default.isReadableFile(atPath: folder) else {
          throw ForgeError("\(folder) may not be read: permission denied")
        }
        files += MediaFiles.below(folder).map { file("\(folder)/\($0)", $0) }
      } else {
        files.append(file(folder, (folder as NSString).lastPathComponent))
      }
    }
    try requireDifferentPeople(files)
    return files
  }

  private static func requireDifferentPeople(_ files: [File]) throws(ForgeError) {
    var (paths, names): ([String: String], [String: String]) = ([:], [:])
    for file in files {
      if let other = names.updateValue(file.path, forKey: file.name) {
        throw ForgeError(
          other == file.path
            ? "\(other) is given twice"
            : "\(other) and \(file.path) would both be the person \(file.name); give the folder that both lie in instead"
        )
      }
      if let other = paths.updateValue(file.name, forKey: URL(fileURLWithPath: file.path).standardizedFileURL.path) {
        throw ForgeError("\(file.path) is given twice, as the person \(other) and as \(file.name)")
      }
    }
  }

  private static func file(_ path: String, _ name: String) -> File {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    return File(
      path: path, name: name, bytes: (facts?[.size] as? Int) ?? 0,
      modified: (facts?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0)
  }
}
