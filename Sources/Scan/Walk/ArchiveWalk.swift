internal import Foundation
internal import Media

/// Everything that paths stand for, one after the other, in the order given; nothing is listed ahead.
struct ArchiveWalk {
  private var paths: ArraySlice<String>
  private var list: FileList?
  private let listName: String
  private let options: WalkOptions
  private var folder: (walk: FolderWalk, path: String)?

  init(_ request: ScanRequest) throws(WalkError) {
    paths = request.paths[...]
    listName = request.filesFrom ?? ""
    options = request.walk
    if let file = request.filesFrom { list = try FileList(file, isNull: request.isNullSeparated) }
  }

  mutating func next() -> ScanInput? {
    while true {
      if let input = nextInFolder() {
        if isWanted(input) { return input }
        continue
      }
      guard let path = nextPath() else {
        guard let failure = list?.failure else { return nil }
        list = nil
        return .problem(path: listName, code: "io", message: "--files-from \(listName) cannot be read on: \(failure)")
      }
      if let input = look(at: path), isWanted(input) { return input }
    }
  }

  private mutating func nextPath() -> String? { paths.popFirst() ?? list?.next() }

  private mutating func nextInFolder() -> ScanInput? {
    guard var walk = folder?.walk, let path = folder?.path else { return nil }
    if let input = walk.next() {
      folder = (walk, path)
      return input
    }
    folder = nil
    guard !walk.hasMet else { return nil }
    return .problem(
      path: path, code: "no_video",
      message: "\(path): no video or picture in this folder; name a file to scan it whatever it is")
  }

  /// What is named itself is taken whatever it is.
  private mutating func look(at path: String) -> ScanInput? {
    if path.contains("://") { return .other(path) }
    // An image sequence (img%04d.png) is no file by itself, so what does not exist is left to the reader to refuse.
    guard let status = FileStatus(path, followsLinks: true) else { return .other(path) }
    switch status.kind {
    case .folder:
      folder = (FolderWalk(path, options: options), path)
      return nil
    case .file: return .file(status.found(at: path))
    case .link, .other: return .other(path)
    }
  }

  private func isWanted(_ input: ScanInput) -> Bool {
    switch input {
    case .file(let file):
      if let since = options.since, Double(file.modified) / 1e6 < since { return false }
      return options.shard?.contains(file.path) ?? true
    case .other(let path), .problem(let path, _, _): return options.shard?.contains(path) ?? true
    }
  }
}
