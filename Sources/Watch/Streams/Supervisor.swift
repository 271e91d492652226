internal import Analysis
internal import Foundation
internal import Media
internal import Records
internal import ServiceLifecycle
internal import Synchronization

/// Keeps one owner for each configured stream: starts them, gives them time, applies reloads and ends them in good
/// order.
///
/// A stream whose configuration changed is stopped and begun anew when the old owner has let go; one that stayed as it
/// was notices nothing.
final class Supervisor: Service {
  /// How often owners are told that time has passed.
  static let tickInterval = Duration.milliseconds(250)

  private enum Command: Sendable {
    case reload(WatchConfiguration)
    case tick
    case tried(String)
    case ended(String, StreamOutcome)
    case stop
  }

  /// A stream's place: its owner, and what shall follow it.
  private struct Place {
    var owner: StreamOwner
    var wasTried = false
    /// The configuration that takes over when the owner has let go; nil lets the place go as well.
    var successor: StreamConfiguration?
    var isLeaving = false
  }

  private struct Course {
    var configuration: WatchConfiguration
    var places: [String: Place] = [:]
    var outcome = WatchOutcome()
    /// When the end began, by the board's clock; nil before.
    var stoppingSince: Double?

    var isStopping: Bool { stoppingSince != nil }
  }

  private let first: WatchConfiguration
  private let board: StatusBoard
  private let surroundings: StreamOwner.Surroundings
  /// Whether records still find their way; a daemon whose records go nowhere must not look alive.
  private let isUseful: @Sendable () -> Bool
  private let commands: AsyncStream<Command>
  private let orders: AsyncStream<Command>.Continuation
  private let result = Mutex(WatchOutcome())
  /// When the supervisor last did its round, by the board's clock.
  private let lastRound: Atomic<UInt64>

  init(
    _ configuration: WatchConfiguration, board: StatusBoard, surroundings: StreamOwner.Surroundings,
    isUseful: @escaping @Sendable () -> Bool = { true }
  ) {
    first = configuration
    self.board = board
    self.surroundings = surroundings
    self.isUseful = isUseful
    lastRound = Atomic(board.now().bitPattern)
    (commands, orders) = AsyncStream.makeStream()
  }

  /// Seconds since the supervisor last did its round.
  var silence: Double { board.now() - Double(bitPattern: lastRound.load(ordering: .relaxed)) }

  /// What came of it, once `run` has returned.
  var outcome: WatchOutcome { result.withLock { $0 } }

  /// Watches other streams from now on. Those that stay as they are go on undisturbed.
  func reload(_ configuration: WatchConfiguration) { orders.yield(.reload(configuration)) }

  /// Ends all streams; `run` returns when they have ended.
  func stop() { orders.yield(.stop) }

  func run() async throws {
    await withGracefulShutdownHandler {
      await withDiscardingTaskGroup { group in
        var course = Course(configuration: first)
        for stream in first.streams { start(stream, &course, &group) }
        let clock = Task { [orders] in
          while !Task.isCancelled {
            try await Task.sleep(for: Self.tickInterval)
            orders.yield(.tick)
          }
        }
        defer { clock.cancel() }
        if course.places.isEmpty { board.becomeReady() }
        for await command in commands {
          obey(command, &course, &group)
          // With sources that end, the daemon does as well; without any stream it waits for a reload.
          if course.places.isEmpty && (course.isStopping || !course.configuration.streams.isEmpty) { break }
        }
        result.withLock { [outcome = course.outcome] in $0 = outcome }
      }
    } onGracefulShutdown: { [self] in
      stop()
    }
  }

  private func obey(_ command: Command, _ course: inout Course, _ group: inout DiscardingTaskGroup) {
    switch command {
    case .tick:
      lastRound.store(board.now().bitPattern, ordering: .relaxed)
      for place in course.places.values { place.owner.tick() }
      if !isUseful() { stopAll(&course) }
      abandonLate(course)
    case .tried(let name):
      course.places[name]?.wasTried = true
      if course.places.values.allSatisfy(\.wasTried) { board.becomeReady() }
    case .ended(let name, let outcome): ended(name, outcome, &course, &group)
    case .reload(let next): apply(next, &course, &group)
    case .stop: stopAll(&course)
    }
  }

  private func start(
    _ stream: StreamConfiguration, firstTrack: Int = 1, _ course: inout Course, _ group: inout DiscardingTaskGroup
  ) {
    let details = StreamDetails(
      name: stream.name, kind: stream.location.kind.rawValue, url: stream.location.redacted)
    var surroundings = surroundings
    surroundings.statsInterval = course.configuration.limits.statsInterval
    let owner = StreamOwner(
      stream, settings: course.configuration.watching(stream), status: board.add(details), surroundings: surroundings
    ) { [orders] in orders.yield(.tried(stream.name)) }
    course.places[stream.name] = Place(owner: owner)
    group.addTask { [orders] in
      orders.yield(.ended(stream.name, await owner.run(firstTrack: firstTrack)))
    }
  }

  private func ended(
    _ name: String, _ outcome: StreamOutcome, _ course: inout Course, _ group: inout DiscardingTaskGroup
  ) {
    guard let place = course.places.removeValue(forKey: name) else { return }
    course.outcome.hasFake = course.outcome.hasFake || outcome.hasFake
    course.outcome.failures += outcome.hasFailed ? 1 : 0
    if let successor = place.successor, !course.isStopping {
      start(successor, firstTrack: outcome.nextTrack, &course, &group)
    } else if place.isLeaving {
      board.remove(place.owner.status)
    }
    if course.places.values.allSatisfy(\.wasTried) { board.becomeReady() }
  }

  private func apply(_ next: WatchConfiguration, _ course: inout Course, _ group: inout DiscardingTaskGroup) {
    guard !course.isStopping else { return }
    let change = ConfigurationChange(from: course.configuration, to: next)
    course.configuration = next
    for stream in change.removed {
      course.places[stream.name]?.isLeaving = true
      course.places[stream.name]?.successor = nil
      course.places[stream.name]?.owner.stop()
    }
    for stream in change.added + change.changed {
      guard let place = course.places[stream.name] else {
        start(stream, &course, &group)
        continue
      }
      // The old owner may still be on its way out.
      course.places[stream.name]?.successor = stream
      course.places[stream.name]?.isLeaving = false
      place.owner.stop()
    }
  }

  private func stopAll(_ course: inout Course) {
    guard !course.isStopping else { return }
    course.stoppingSince = board.now()
    for place in course.places.values { place.owner.stop() }
  }

  /// Lets go of streams that do not let go of themselves: one that hangs must not keep the program from its end.
  private func abandonLate(_ course: Course) {
    let patience = course.configuration.limits.stopTimeout
    guard let since = course.stoppingSince, board.now() - since > patience else { return }
    for place in course.places.values { place.owner.abandon() }
  }
}
