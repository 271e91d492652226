internal import Foundation
internal import Media

/// The folder of evidence: bounded by size and age, the oldest files go first. Blocks; for one thread at a time.
///
/// Only files with names of ours count and are ever removed; a person's notes among them stay.
struct EvidenceFolder {
  private struct Entry {
    let path: String
    let bytes: Int
    /// Unix time of the last change, seconds.
    let time: Double
  }

  let root: String
  private let mostBytes: Int
  private let longestAge: Double
  /// From the oldest to the newest.
  private var entries: [Entry] = []
  private var bytes = 0

  init(root: String, mostBytes: Int, longestAge: Double) {
    self.root = root
    self.mostBytes = mostBytes
    self.longestAge = longestAge
  }

  /// Looks at what is there, as others may have changed it, and lets go of what is too old or too much.
  mutating func tidy(now: Double) {
    entries = []
    for folder in Self.names(in: root) where Self.status(root + "/" + folder)?.isFolder == true {
      for name in Self.names(in: root + "/" + folder) {
        let path = folder + "/" + name
        if EvidenceName.isRemnant(name[...]) {
          // An hour is longer than any writer takes.
          if let age = Self.status(root + "/" + path).map({ now - $0.time }), age > 3600 {
            unsafe unlink(root + "/" + path)
          }
        } else if EvidenceName.isOurs(name[...]), let status = Self.status(root + "/" + path), status.isFile {
          entries.append(Entry(path: path, bytes: status.bytes, time: status.time))
        }
      }
    }
    entries.sort { ($0.time, $0.path) < ($1.time, $1.path) }
    bytes = entries.reduce(0) { $0 + $1.bytes }
    prune(now: now)
  }

  /// Writes a file, whole or not at all, and makes room for it.
  /// - Parameter path: relative to the folder. A file that is there is replaced.
  mutating func write(_ content: [UInt8], to path: String, now: Double) throws(MediaError) {
    guard content.count <= mostBytes else {
      throw MediaError(
        .tooLarge, "evidence of \(content.count) bytes is more than the folder \(root) may hold (\(mostBytes))")
    }
    if let index = entries.firstIndex(where: { $0.path == path }) { bytes -= entries.remove(at: index).bytes }
    // Room first: on a disk that is as full as the folder may be, there is none otherwise.
    prune(now: now, for: content.count)
    let folder = root + "/" + path.prefix { $0 != "/" }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw MediaError(.io, "the folder \(folder) cannot be made: \(unsafe String(cString: strerror(errno)))")
    }
    try AtomicFile.write(content, to: root + "/" + path)
    entries.append(Entry(path: path, bytes: content.count, time: now))
    bytes += content.count
  }

  private mutating func prune(now: Double, for more: Int = 0) {
    var gone = 0
    while gone < entries.count {
      let oldest = entries[gone]
      guard bytes + more > mostBytes || now - oldest.time > longestAge else { break }
      unsafe unlink(root + "/" + oldest.path)
      // A folder that still holds something refuses.
      unsafe rmdir(root + "/" + oldest.path.prefix { $0 != "/" })
      bytes -= oldest.bytes
      gone += 1
    }
    entries.removeFirst(gone)
  }

  private static func names(in folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }

  /// Of the thing itself: links are not followed.
  private static func status(_ path: String) -> (isFolder: Bool, isFile: Bool, bytes: Int, time: Double)? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    let kind = status.st_mode & S_IFMT
    return (
      kind == S_IFDIR, kind == S_IFREG, Int(status.st_size),
      Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
    )
  }
}
