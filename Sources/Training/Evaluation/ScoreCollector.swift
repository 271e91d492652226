internal import Analysis
internal import Dispatch
internal import Forensics
internal import Media
internal import Synchronization

/// Takes every item of a set through the analysis and keeps what each frame said.
final class ScoreCollector: Sendable {
  private struct State {
    var next = 0
    var running: [Int: SourceAnalysis] = [:]
    var results: [Int: ScoredSource] = [:]
    var isStopped = false
  }

  /// One item in one condition.
  private struct Task: Sendable {
    let item: EvaluationItem
    let condition: Condition
  }

  private let pool: AnalysisPool
  private let settings: AnalysisSettings
  private let tasks: [Task]
  private let complain: @Sendable (String) -> Void
  private let progress: @Sendable (_ done: Int, _ of: Int) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - complain: told one sentence about each thing that could not be read.
  ///   - progress: told how many of all sources are done.
  init(
    _ items: [EvaluationItem], conditions: [Condition], minimumComponents: [Int], models: AnalysisModels,
    settings: AnalysisSettings, complain: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void
  ) throws {
    var settings = settings
    settings.survey = SurveyRequest(
      minimumComponents: minimumComponents, keepsMarks: items.contains { $0.mask != nil })
    self.settings = settings
    self.complain = complain
    self.progress = progress
    pool = try AnalysisPool(models: models, settings: settings)
    tasks = conditions.flatMap { condition in items.map { Task(item: $0, condition: condition) } }
  }

  /// Works through everything; blocks until it is done.
  /// - Parameter jobs: sources open at once.
  /// - Returns: the sources in the order of conditions and items; nil when it was stopped before the end.
  func run(jobs: Int) -> [ScoredSource]? {
    let workers = DispatchGroup()
    for _ in 0..<min(max(1, jobs), tasks.count) {
      workers.enter()
      startThread(named: "evaluate") { [self] in
        while let number = begin() { finish(number, score(tasks[number], number: number)) }
        workers.leave()
      }
    }
    workers.wait()
    return state.withLock { state in
      state.isStopped ? nil : tasks.indices.compactMap { state.results[$0] }
    }
  }

  /// Ends the run early.
  func stop() {
    let running = state.withLock { state in
      state.isStopped = true
      return Array(state.running.values)
    }
    for analysis in running { analysis.cancel() }
  }

  private func begin() -> Int? {
    state.withLock { state in
      guard !state.isStopped, state.next < tasks.count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }

  private func finish(_ number: Int, _ source: ScoredSource) {
    let (done, isStopped) = state.withLock { state in
      state.results[number] = source
      return (state.results.count, state.isStopped)
    }
    guard !isStopped else { return }
    if let failure = source.failure { complain(failure) }
    progress(done, tasks.count)
  }

  private func score(_ task: Task, number: Int) -> ScoredSource {
    do throws(MediaError) {
      return try task.condition.withTreated(task.item.path) { path in
        analyse(path, as: task, number: number)
      }
    } catch {
      return ScoredSource(
        item: task.item, condition: task.condition.name, isStill: false, seconds: 0, frames: [],
        failure: error.message)
    }
  }

  private func analyse(_ path: String, as task: Task, number: Int) -> ScoredSource {
    struct Heard {
      var info: VideoInfo?
      var frames: [FrameBallots] = []
      var failure: MediaError?
    }
    let heard = Mutex(Heard())
    let isOver = DispatchSemaphore(value: 0)
    let analysis = SourceAnalysis(
      of: Location(path), in: pool, settings: settings,
      observe: { ballots in heard.withLock { $0.frames.append(ballots) } },
      report: { event in
        switch event {
        case .opened(let info): heard.withLock { $0.info = info }
        case .flowing, .picture, .person: break
        case .finished(_, _, let failure):
          heard.withLock { $0.failure = failure }
          isOver.signal()
        }
      })
    let isStopped = state.withLock { state in
      state.running[number] = analysis
      return state.isStopped
    }
    if isStopped { analysis.cancel() }
    isOver.wait()
    state.withLock { _ = $0.running.removeValue(forKey: number) }
    let result = heard.withLock { $0 }
    var failure = result.failure?.message
    var mask: TrueMask?
    if let path = task.item.mask, failure == nil {
      do throws(MediaError) { mask = try TrueMask(path) } catch { failure = error.message }
    }
    var frames: [ScoredFrame] = []
    for ballots in result.frames {
      do throws(MediaError) {
        frames.append(try ScoredFrame(ballots, mask: mask))
      } catch {
        failure = failure ?? error.message
        mask = nil
      }
    }
    // A picture that was sent through a video codec is still judged as a picture.
    let isStill =
      task.condition == .original
      ? result.info?.isStill ?? false : (try? VideoReader(Location(task.item.path)))?.info.isStill ?? false
    let lastTime = frames.last?.time ?? 0
    let length = failure == nil ? max(result.info?.duration ?? 0, lastTime) : lastTime
    return ScoredSource(
      item: task.item, condition: task.condition.name, isStill: isStill, seconds: isStill ? 0 : length,
      frames: frames, failure: failure)
  }
}

extension ScoredFrame {
  fileprivate init(_ ballots: FrameBallots, mask: TrueMask?) throws(MediaError) {
    var people: [ScoredPerson] = []
    for person in ballots.people {
      var scored = ScoredPerson(track: person.track)
      if case .cast(let evidence) = person.vote, let survey = person.survey {
        scored.scores = survey.scores
        if let mask, let marks = survey.marks {
          scored.overlap = try mask.overlap(with: marks, at: ballots.time, picture: evidence.picture)
        }
      }
      people.append(scored)
    }
    self.init(time: ballots.time, people: people, ended: ballots.ended)
  }
}
