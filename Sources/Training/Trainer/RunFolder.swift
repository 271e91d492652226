internal import Foundation
internal import Glibc

/// The folder of a training run and the files in it.
public struct RunFolder: Sendable, Hashable {
  public let path: String

  public init(path: String) { self.path = path }

  public var checkpoint: String { path + "/checkpoint.bin" }
  public var previousCheckpoint: String { path + "/checkpoint.previous.bin" }
  public var metrics: String { path + "/metrics.jsonl" }
  public var curves: String { path + "/curves.svg" }
  public var model: String { path + "/model.onnx" }

  public func masks(epoch: Int) -> String {
    let digits = String(epoch)
    return path + "/masks-epoch-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits + ".png"
  }

  /// Makes the folder for a new run.
  /// - Throws: `TrainingError` when it cannot be made, or when it holds a run already.
  public func begin() throws(TrainingError) {
    if holdsRun {
      throw TrainingError(
        "\(path): holds a training run already; go on with it by --resume, or name another folder with --out")
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw TrainingError("\(path): cannot be made (\(WriteFailure.reason(error))); name another folder with --out")
    }
  }

  public var holdsRun: Bool {
    [checkpoint, previousCheckpoint].contains { FileManager.default.fileExists(atPath: $0) }
  }

  /// Puts a new checkpoint in the place of the last, which is kept as the previous one. Whatever fails, and whenever the
  /// machine stops, one whole checkpoint remains.
  /// - Throws: `TrainingError` when it cannot be written; what there was is then untouched.
  func keep(checkpoint bytes: [UInt8]) throws(TrainingError) {
    let fresh = path + "/checkpoint.new.bin"
    do {
      try DurableFile.write(bytes, to: fresh)
      if FileManager.default.fileExists(atPath: checkpoint) {
        try DurableFile.rename(checkpoint, to: previousCheckpoint)
      }
      try DurableFile.rename(fresh, to: checkpoint)
    } catch {
      unsafe unlink(fresh)
      throw TrainingError(
        "\(checkpoint): cannot be written (\(error.reason)); make room"
          + (holdsRun ? ", the one before it is kept" : ""))
    }
  }

  /// Replaces a file by new contents, whole or not at all.
  func write(_ bytes: [UInt8], to file: String) throws(TrainingError) {
    let fresh = file + ".new"
    do {
      try DurableFile.write(bytes, to: fresh)
      try DurableFile.rename(fresh, to: file)
    } catch {
      unsafe unlink(fresh)
      throw TrainingError("\(file): cannot be written (\(error.reason)); make room and go on with --resume")
    }
  }

  /// Sets a damaged checkpoint aside, so that the next one does not push out the last good one.
  func setAside() { try? DurableFile.rename(checkpoint, to: path + "/checkpoint.damaged.bin") }
}

/// Files that are on the disk when the call returns.
private enum DurableFile {
  struct Failure: Error {
    let reason: String
    init() { reason = unsafe String(cString: strerror(errno)) }
  }

  static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Failure() }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure() }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw Failure() }
  }

  static func rename(_ old: String, to new: String) throws(Failure) {
    guard unsafe Glibc.rename(old, new) == 0 else { throw Failure() }
  }
}
