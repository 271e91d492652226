public import Forensics

/// Looks on while an archive is scanned: for progress displays. Called from the threads that do the work: an observer
/// returns within microseconds.
public protocol ScanObserver: Sendable {
  /// So many files and bytes have been counted so far, ahead of the work where that is possible.
  /// - Parameter isComplete: that is all.
  func found(files: Int, bytes: Int, isComplete: Bool)
  /// A worker, counted from 0, begins with a file.
  func began(_ path: String, bytes: Int, worker: Int)
  /// The file of a worker is open.
  /// - Parameter duration: seconds; nil for stills and where the container does not say.
  func opened(duration: Double?, worker: Int)
  /// A worker has come to this media time, seconds.
  func reached(_ time: Double, worker: Int)
  /// A worker is done with its file.
  /// - Parameters:
  ///   - label: nil when nothing of it could be read.
  ///   - hasFailed: it could not be read, wholly or in part.
  ///   - isCached: the ledger knew it.
  func finished(label: Label?, hasFailed: Bool, isCached: Bool, worker: Int)
  /// A worker has left its file without a result: it is none of those asked for, or the scan was stopped.
  func passedOver(worker: Int)
  /// Records are about to be written, and have been: what draws on the same screen makes room meanwhile.
  func willTell()
  func didTell()
}
