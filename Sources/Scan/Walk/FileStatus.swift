internal import Foundation
internal import Media

/// What the file system says of a path.
struct FileStatus: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case file, folder, link, other }

  let kind: Kind
  let bytes: Int
  let modified: Int64
  let device: Int64
  let inode: Int64

  /// Nil when there is nothing, or it may not be looked at; `errno` tells which.
  init?(_ path: String, followsLinks: Bool) {
    var status = stat()
    let name = PathText.cString(of: path)
    let result = unsafe followsLinks ? stat(name, &status) : lstat(name, &status)
    guard result == 0 else { return nil }
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
    bytes = Int(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
    device = Int64(truncatingIfNeeded: status.st_dev)
    inode = Int64(truncatingIfNeeded: status.st_ino)
  }

  func found(at path: String) -> FoundFile {
    FoundFile(path: path, bytes: bytes, modified: modified, device: device, inode: inode)
  }
}
