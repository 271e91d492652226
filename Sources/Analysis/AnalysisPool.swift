internal import Media

/// The analysis threads, shared fairly by all sources: each thread takes one frame of the lane whose turn it is.
///
/// Threads of its own, because a frame's analysis computes for tens of milliseconds and must not hold up the
/// cooperative pool.
public final class AnalysisPool: Sendable {
  private let roster = Roster()
  let models: AnalysisModels

  /// Starts the threads, each with its own examiner, prepared for sources with these settings; others cost a little
  /// more the first time.
  /// - Throws: what loading the networks for the first thread throws.
  public init(models: AnalysisModels, settings: AnalysisSettings) throws {
    self.models = models
    for _ in 0..<max(1, settings.threads) {
      // Made here, so that a model that cannot be planned is refused before any source is opened; each examiner then
      // belongs to its thread alone.
      nonisolated(unsafe) let examiner = try Examiner(models: models, settings: settings)
      startThread(named: "analysis") { [roster] in
        while let (lane, task) = roster.next() {
          do {
            lane.commit(try unsafe examiner.outcome(of: task, in: lane), ticket: task.ticket)
          } catch {
            lane.commit(.failed("\(error)"), ticket: task.ticket)
          }
        }
      }
    }
  }

  /// Lets the threads end once the lanes they have are over.
  deinit { roster.close() }

  func add(_ lane: Lane) { roster.add(lane) }

  /// A lane has a frame more, or will get none any more.
  func wake() { roster.wake() }
}
