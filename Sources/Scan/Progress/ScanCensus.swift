internal import Foundation

/// Counts what a scan has before it, on a thread of its own, so that somebody can be told how much is left.
struct ScanCensus: Sendable {
  let request: ScanRequest
  /// Whether an input has been dealt with by the run that is taken up.
  let isTold: @Sendable (ScanInput) -> Bool
  let observer: any ScanObserver

  /// A list that comes down a pipe can be read only once.
  static func canCount(_ request: ScanRequest) -> Bool {
    guard let list = request.filesFrom else { return true }
    return list != "-" && FileStatus(list, followsLinks: true)?.kind == .file
  }

  /// - Parameter isStopped: asked before each file.
  func count(until isStopped: @escaping @Sendable () -> Bool) {
    guard var walk = try? ArchiveWalk(request) else { return }
    var (files, bytes) = (0, 0)
    while let input = walk.next() {
      if isStopped() { return }
      if isTold(input) { continue }
      files += 1
      if case .file(let file) = input { bytes += file.bytes }
      observer.found(files: files, bytes: bytes, isComplete: false)
    }
    observer.found(files: files, bytes: bytes, isComplete: true)
  }
}
