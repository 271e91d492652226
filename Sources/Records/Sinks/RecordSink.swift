internal import Foundation
internal import Synchronization

/// Where records go: standard output or a file, one `write` a line.
///
/// Shared by all threads of a run; lines keep the order of their sequence numbers.
public final class RecordSink: Sendable {
  /// Who waits when records cannot be written.
  public enum Delivery: Sendable, Hashable {
    /// The caller, for as long as it takes; what cannot be written is an error, and the last one. When `write` returns
    /// the record has left the program. For archives, whose files can wait.
    case direct
    /// The records, in memory, while a thread of the sink's own tries and tries again. The caller never waits; what
    /// finds no more room is counted, and told of by `records.lost`. For live streams, which cannot wait.
    case queued
  }

  private enum Way: Sendable {
    case direct(DirectDelivery)
    case queued(QueuedDelivery)
    case plain(PlainDelivery)
  }

  private let way: Way

  /// - Parameters:
  ///   - complain: told one sentence when records begin to wait, when they are written again, and when something else
  ///     went wrong. Must not wait for long.
  /// - Throws: when the file's name or its permissions are wrong; a full disk is an error for direct delivery alone.
  public convenience init(
    _ configuration: OutputConfiguration, delivery: Delivery, encoder: RecordEncoder,
    complain: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(SinkError) {
    // A reader that went away and a file that may not grow are errors to report, not reasons to die unheard.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    let outlet: any RecordOutlet =
      if let path = configuration.path {
        RecordFile(configuration, path: path, complain: complain)
      } else {
        StandardOutput()
      }
    try self.init(to: outlet, configuration, delivery: delivery, encoder: encoder, complain: complain)
  }

  init(
    to outlet: sending any RecordOutlet, _ configuration: OutputConfiguration, delivery: Delivery,
    encoder: RecordEncoder, complain: @escaping @Sendable (String) -> Void
  ) throws(SinkError) {
    if let form = configuration.format.plain {
      precondition(delivery == .direct, "only JSON is queued")
      way = .plain(try PlainDelivery(form, to: outlet, lastSequence: encoder.sequence))
      return
    }
    let scribe = Scribe(encoder, to: outlet, sync: configuration.sync, waits: delivery == .direct)
    do throws(SinkError) {
      try scribe.open()
    } catch  where delivery == .queued && error.passes {
      // The thread tries again, and says so.
    }
    switch delivery {
    case .direct: way = .direct(DirectDelivery(scribe))
    case .queued:
      way = .queued(QueuedDelivery(scribe, encoder, limits: configuration.queue, complain: complain))
    }
  }

  deinit { if case .queued(let queued) = way { queued.end(within: 1) } }

  /// Writes one record, or lets it wait for its turn. After a failure, which every later call repeats, nothing more is
  /// written: half a line may stand at the end.
  public func write(_ record: Record) throws(SinkError) {
    switch way {
    case .direct(let direct): try direct.write(record)
    case .queued(let queued): try queued.write(record)
    case .plain(let plain): try plain.write(record)
    }
  }

  /// What made the sink give up, if anything did. Queued delivery gives up only when nobody can ever read again.
  public var failure: SinkError? {
    switch way {
    case .direct(let direct): direct.failure
    case .queued(let queued): queued.failure
    case .plain(let plain): plain.failure
    }
  }

  /// `event.sequence` of the last record that was written; nil where records wait, and nobody can tell.
  public var lastSequence: Int64? {
    switch way {
    case .direct(let direct): direct.lastSequence
    case .queued: nil
    case .plain(let plain): plain.lastSequence
    }
  }

  /// How the sink is doing.
  public var status: SinkStatus {
    switch way {
    case .direct(let direct): direct.status
    case .queued(let queued): queued.status
    case .plain(let plain): plain.status
    }
  }

  /// Goes on in a new file if somebody has moved the old one away. Returns at once.
  public func reopen() {
    switch way {
    case .direct(let direct): direct.reopen()
    case .queued(let queued): queued.reopen()
    case .plain(let plain): plain.reopen()
    }
  }

  /// Writes what still waits, and brings it to the disk if it is to be; later records are not taken.
  /// - Parameter seconds: what still waits then is lost.
  /// - Returns: the number of records that were lost without being told of.
  @discardableResult
  public func finish(within seconds: Double) -> Int {
    switch way {
    case .direct(let direct):
      direct.finish()
      return 0
    case .queued(let queued): return queued.finish(within: seconds)
    case .plain(let plain):
      plain.finish()
      return 0
    }
  }
}
