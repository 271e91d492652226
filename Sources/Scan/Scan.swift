public import Analysis
internal import Forensics
internal import Foundation
internal import Media
public import Records
internal import Synchronization

/// A scan of files and folders, from paths to records.
///
/// Several files are open at once, so that one file's slow decoding does not leave the analysis threads idle.
public final class Scan: Sendable {
  private struct State {
    var running: [Int: SourceAnalysis] = [:]
    var outcome = ScanOutcome()
    var isStopped = false
  }

  private let pool: AnalysisPool
  private let models: AnalysisModels
  private let settings: AnalysisSettings
  private let sink: RecordSink
  private let complain: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// - Parameter complain: told one sentence about each thing that could not be read.
  public init(
    models: AnalysisModels, settings: AnalysisSettings, sink: RecordSink,
    complain: @escaping @Sendable (String) -> Void
  ) throws {
    pool = try AnalysisPool(models: models, settings: settings)
    self.models = models
    self.settings = settings
    self.sink = sink
    self.complain = complain
  }

  /// Scans everything; blocks until it is done or stopped.
  /// - Parameter jobs: files open at once.
  public func run(paths: [String], jobs: Int) -> ScanOutcome {
    let free = DispatchSemaphore(value: max(1, jobs))
    let open = DispatchGroup()
    for (index, input) in ScanInput.inputs(at: paths).enumerated() {
      free.wait()
      if state.withLock({ $0.isStopped }) {
        free.signal()
        break
      }
      open.enter()
      start(input, number: index) {
        free.signal()
        open.leave()
      }
    }
    open.wait()
    var outcome = state.withLock { $0.outcome }
    write(Record(.scanSummary, message: outcome.sentence, details: Details(summary: outcome.details)))
    outcome.sinkFailure = sink.failure
    return outcome
  }

  /// Ends the scan early: open verdicts are closed and written; `run` then returns with the outcome so far.
  public func stop() {
    let running = state.withLock { state in
      state.isStopped = true
      state.outcome.isInterrupted = true
      return Array(state.running.values)
    }
    for analysis in running { analysis.cancel() }
  }

  private func start(_ input: ScanInput, number: Int, done: @escaping @Sendable () -> Void) {
    switch input {
    case .problem(let path, let code, let message):
      let narrator = Narrator(subject: .file(FileDetails(path: path)), models: models)
      finish(narrator, nil, nil, Record.Failure(code: code, message: message))
      done()
    case .file(let path):
      // The digest reads the whole file: not on the thread that starts the next one.
      startThread(named: "digest") { [self] in
        analyse(Location(path), as: fileDetails(path), number: number, done: done)
      }
    case .address(let address):
      let location = Location(address)
      analyse(location, as: FileDetails(path: location.redacted), number: number, done: done)
    }
  }

  private func analyse(_ location: Location, as file: FileDetails, number: Int, done: @escaping @Sendable () -> Void) {
    let narrator = Mutex(Narrator(subject: .file(file), models: models))
    // Held while the analysis is registered, so that a file that ends at once is not registered after its end.
    state.withLock { state in
      if state.isStopped { return done() }
      state.running[number] = SourceAnalysis(of: location, in: pool, settings: settings) { [self] event in
        let teller = narrator.withLock { $0 }
        switch event {
        case .opened(let info):
          var known = file
          known.duration = info.duration
          narrator.withLock { $0 = Narrator(subject: .file(known), models: models) }
        case .flowing, .picture: break
        case .person(let change):
          // In a file everything is known at its end: only finished stretches are told.
          if case .ended = change.change { write(teller.record(of: change)) }
        case .finished(let summary, let counters, let failure):
          finish(
            teller, summary, counters, failure.map { Record.Failure(code: $0.code.rawValue, message: $0.message) })
          self.state.withLock { _ = $0.running.removeValue(forKey: number) }
          done()
        }
      }
    }
  }

  private func finish(
    _ narrator: Narrator, _ summary: Summary?, _ counters: SourceCounters?, _ failure: Record.Failure?
  ) {
    // A file that could not be opened has no verdict, one that was cut short has that of its readable part.
    let verdict = (counters?.decoded ?? 0) > 0 || failure == nil ? summary : nil
    let threshold = models.rule(settings).threshold
    state.withLock { $0.outcome.count(verdict?.assessment.label, hasFailed: failure != nil) }
    if let failure { complain(failure.message) }
    let sentence = verdict.map { Self.sentence(of: $0.assessment.label) } ?? "could not be read"
    let isFake = verdict?.assessment.label == .fake
    write(
      narrator.record(
        .scanFile, kind: isFake ? .alert : .event, level: failure != nil ? .error : isFake ? .warn : .info,
        message: sentence, reason: verdict?.assessment.reason.rawValue, failure: failure
      ) { details in
        details.verdict = verdict.map { VerdictDetails($0, threshold: threshold) }
        details.counters = counters.map(CounterDetails.init)
        details.model = ModelDetails(models.detector)
      })
  }

  private func write(_ record: Record) {
    do throws(SinkError) {
      try sink.write(record)
    } catch {
      // Without records there is nothing to scan for. Stopping waits for locks that this caller may hold.
      if !state.withLock({ $0.isStopped }) { startThread(named: "stop") { [self] in stop() } }
    }
  }

  private func fileDetails(_ path: String) -> FileDetails {
    let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
    return FileDetails(path: path, sha256: try? SHA256.hexDigest(ofFile: path), bytes: size)
  }

  private static func sentence(of label: Label) -> String {
    switch label {
    case .fake: "manipulated"
    case .real: "no manipulation found"
    case .inconclusive: "undecided"
    case .noFace: "no face found"
    }
  }
}
