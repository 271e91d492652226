internal import Foundation

/// A file of records, or a named pipe: opened by path, and again when another file lies there; rotated by rename.
///
/// The folder may belong to somebody else. A symbolic link at the path is not followed, since it could lead into any
/// file that this program may write; folders on the way may be links.
final class RecordFile: RecordOutlet {
  let name: String
  private(set) var generation = 0
  private let path: String
  private let rotation: OutputConfiguration.Rotation
  private let syncs: Bool
  private let rotated: RotatedFiles
  /// Told one sentence when something went wrong that keeps no record from being written.
  private let complain: @Sendable (String) -> Void

  private var file: OpenFile?
  private var size = 0
  var isEmpty: Bool { size == 0 }
  /// When the file's first record was written.
  private var begun: Timestamp?
  private var prelude: Prelude?
  /// Why the next file that is opened is a new one, and how the one before is called by now.
  private var succession = Succession(reason: "new_file")
  /// After a rotation that failed, none is tried before.
  private var nextRotation = Timestamp(microseconds: .min)
  private static let rotationPause: Int64 = 60_000_000

  private struct Succession {
    let reason: String
    var previous: String?
    /// The file before; it shows how whoever set it up wants it: readable by a group of collectors, say.
    var model: OpenFile?
  }

  init(
    _ configuration: OutputConfiguration, path: String, complain: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.path = path
    self.complain = complain
    name = path
    rotation = configuration.rotation
    syncs = configuration.sync.isOn
    rotated = RotatedFiles(of: path)
  }

  deinit { shut() }

  func prepare(for count: Int, at time: Timestamp, isInMidLine: Bool) throws(SinkError) -> Prelude? {
    if let file, file.form != .other, let found = OpenFile.identity(at: path) {
      if found != file.identity { leave(because: "replaced") }
    } else if let file, file.form != .other {
      leave(because: "moved_away")
    }
    if file == nil { try open(at: time) }
    if !isInMidLine && isDue(for: count, at: time) {
      try rotate(because: isFull(for: count) ? "size" : "age", at: time)
    }
    return prelude
  }

  func isWritable(within milliseconds: Int32) -> Bool { file?.isWritable(within: milliseconds) ?? true }

  func write(_ bytes: ArraySlice<UInt8>) throws(SinkError) -> Int {
    guard let file else { return 0 }
    switch file.write(bytes) {
    case .success(let count):
      size += count
      if count > 0, file.form == .regular, case .head = prelude { prelude = nil }
      return count
    case .failure(let failure):
      if failure.code == EPIPE {
        // The next reader of a named pipe gets whole lines, from this one on.
        leave(because: "reopened")
        throw SinkError("\(name): nobody reads this named pipe any more", reason: "no_reader")
      }
      throw SinkError(name, "records cannot be written", code: failure.code)
    }
  }

  func replace(_ broken: BrokenLine, by line: [UInt8]) throws(SinkError) {
    // The descriptor for records appends, wherever a write is meant to go.
    let descriptor = unsafe Foundation.open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
    defer { close(descriptor) }
    guard let opened = OpenFile(descriptor), opened.identity == file?.identity else {
      throw SinkError("\(name): the unfinished line at its end cannot be repaired", reason: "replaced")
    }
    var done = 0
    while done < line.count {
      let written = unsafe line[done...].withUnsafeBytes { buffer in
        unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, off_t(broken.offset + done))
      }
      guard written > 0 || errno == EINTR else {
        throw SinkError(name, "the unfinished line at its end cannot be repaired", code: errno)
      }
      done += max(0, written)
    }
    size = max(size, broken.offset + line.count)
    prelude = nil
  }

  func sync() throws(SinkError) {
    guard let file, file.form == .regular, fdatasync(file.descriptor) != 0 else { return }
    throw SinkError(name, "the system could not bring records to the disk", code: errno)
  }

  func reopen() {
    if let file, OpenFile.identity(at: path) != file.identity { leave(because: "reopened") }
  }

  // Opening

  private func open(at time: Timestamp) throws(SinkError) {
    // Somebody may rename the file between the look at its path and the lock on it.
    for _ in 0..<8 {
      let opened = try openOnce()
      guard opened.form == .regular else { return take(opened, tail: []) }
      let mayRepair = try lock(opened)
      // Behind the lock, since another writer may have been at work until now.
      guard OpenFile.identity(at: path) == opened.identity, let settled = OpenFile(opened.descriptor) else {
        close(opened.descriptor)
        continue
      }
      let ends = FileEnds(of: settled, path: path)
      begun = ends.begun ?? time
      take(settled, tail: mayRepair ? ends.tail : [])
      if case .repair(let broken) = prelude, !broken.isOurs { try end(broken) }
      return
    }
    throw SinkError("\(name): is renamed faster than it can be opened", reason: "replaced")
  }

  private func openOnce() throws(SinkError) -> OpenFile {
    // Without a reader a named pipe would not open, and without O_NONBLOCK nobody could tell.
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    let descriptor = unsafe Foundation.open(path, flags, 0o640)
    guard descriptor >= 0 else {
      let code = errno
      let advice: String? =
        switch code {
        case ELOOP: "a symbolic link is not followed; name the file that it points to"
        case ENOENT: "make its folder first"
        case EISDIR: "name a file in it"
        case ENXIO: "nobody reads this named pipe"
        default: nil
        }
      throw SinkError(name, "cannot be opened for writing", code: code, advice: advice)
    }
    guard let opened = OpenFile(descriptor) else {
      let code = errno
      close(descriptor)
      throw SinkError(name, "cannot be opened for writing", code: code)
    }
    return opened
  }

  /// Writers that rotate want a file for themselves; others share it, a line at a time.
  /// - Returns: whether nobody else writes, so that an unfinished line is nobody's.
  private func lock(_ opened: OpenFile) throws(SinkError) -> Bool {
    if flock(opened.descriptor, LOCK_EX | LOCK_NB) == 0 {
      if !rotation.isOn { flock(opened.descriptor, LOCK_SH | LOCK_NB) }
      return true
    }
    // Some file systems know no locks.
    guard errno == EWOULDBLOCK else { return true }
    if !rotation.isOn && flock(opened.descriptor, LOCK_SH | LOCK_NB) == 0 { return false }
    close(opened.descriptor)
    throw SinkError(
      "\(name): another program writes records to it; give each its own file", reason: "locked", passes: false)
  }

  private func take(_ opened: OpenFile, tail: [UInt8]) {
    file = opened
    size = opened.size
    generation += 1
    prelude = nil
    if opened.form != .regular { return }
    if let broken = BrokenLine(in: tail, size: size) {
      prelude = .repair(broken)
    } else if size == 0 {
      prelude = .head(reason: succession.reason, previous: succession.previous)
      if let model = succession.model {
        fchown(opened.descriptor, model.owner, model.group)
        fchmod(opened.descriptor, model.mode)
        file = OpenFile(opened.descriptor)
      }
      if syncs { syncFolder() }
    }
    if succession.previous != nil { rotated.prune(keeping: rotation.keep) }
    succession = Succession(reason: "new_file")
  }

  /// Ends a line that this program did not begin.
  private func end(_ broken: BrokenLine) throws(SinkError) {
    prelude = nil
    do throws(SinkError) {
      _ = try write([UInt8(ascii: "\n")])
    } catch {
      // Looked at again when it is opened the next time.
      shut()
      throw error
    }
  }

  /// Lines go elsewhere from now on.
  private func leave(because reason: String) {
    succession = Succession(reason: reason)
    shut()
  }

  private func shut() {
    guard let open = file else { return }
    if syncs && open.form == .regular { fdatasync(open.descriptor) }
    close(open.descriptor)
    file = nil
    prelude = nil
    begun = nil
  }

  // Rotating

  private func isFull(for count: Int) -> Bool { rotation.bytes.map { size + count > $0 } ?? false }

  private func isDue(for count: Int, at time: Timestamp) -> Bool {
    guard file?.form == .regular, size > 0, prelude == nil, rotation.isOn, time >= nextRotation else { return false }
    if isFull(for: count) { return true }
    guard let age = rotation.age, let begun else { return false }
    return Double(time.microseconds - begun.microseconds) >= age * 1e6
  }

  private func rotate(because reason: String, at time: Timestamp) throws(SinkError) {
    let next = rotated.freeName(at: time)
    guard unsafe rename(path, rotated.path(of: next)) == 0 else {
      // Better a file that is too long than records that are lost.
      complain("\(name): cannot be renamed to \(next), so it grows on: \(SinkError.sentence(errno))")
      nextRotation = Timestamp(microseconds: time.microseconds + Self.rotationPause)
      return
    }
    succession = Succession(reason: reason, previous: next, model: file)
    shut()
    try open(at: time)
  }

  private func syncFolder() {
    let folder = (path as NSString).deletingLastPathComponent
    let descriptor = unsafe Foundation.open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
