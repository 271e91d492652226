internal import Forensics
internal import Foundation
internal import GRDB
internal import Media

// What reports ask of a ledger.

extension Ledger {
  /// All runs, the oldest first.
  public func runs() throws(LedgerError) -> [LedgerRun] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT run.*, settings.description AS settings, model_id, judgement_id FROM run
          JOIN settings ON settings.id = settings_id ORDER BY run.id
          """
      ).map { row in
        LedgerRun(
          id: row["id"], ulid: row["ulid"], program: row["program"], began: row["began"], ended: row["ended"],
          request: row["request"], settings: row["settings"],
          model: try LedgerModel.fetch(database, id: row["model_id"]),
          judgement: try Judgement.fetch(database, id: row["judgement_id"]), shard: row["shard"])
      }
    }
  }

  /// The files of a run in the order of its records, one after the other; or, without a run, every file that any run
  /// has met, by path, as its latest run saw it.
  /// - Parameter body: called with the ledger locked against writing of its own process: it must not call it.
  public func forEachEntry(ofRun run: Int64? = nil, _ body: (LedgerEntry) throws -> Void) throws(LedgerError) {
    let choice =
      run != nil
      ? "WHERE item.run_id = :run ORDER BY item.place"
      : """
      WHERE item.run_id = (SELECT max(newer.run_id) FROM item AS newer WHERE newer.file_id = item.file_id)
      ORDER BY file.absolute
      """
    try read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT item.run_id AS item_run, item.path, item.error_code AS item_error,
            item.error_message AS item_message, file.absolute, file.bytes, file.modified, content.sha256,
            scan.*, item.scan_id, verdict.label, verdict.reason, verdict.score
          FROM item JOIN run ON run.id = item.run_id JOIN file ON file.id = item.file_id
          LEFT JOIN scan ON scan.id = item.scan_id
          LEFT JOIN content ON content.id = scan.content_id
          LEFT JOIN verdict ON verdict.scan_id = item.scan_id AND verdict.judgement_id = run.judgement_id
          \(choice)
          """, arguments: run.map { ["run": $0] } ?? StatementArguments())
      while let row = try rows.next() { try body(LedgerEntry(row)) }
    }
  }

  /// The people of a scan with their timelines, what was concluded of them, and their pictures, by track.
  public func tracks(of scan: LedgerScan.ID, under judgement: Judgement) throws(LedgerError) -> [LedgerTrack] {
    let ballots = Dictionary(grouping: try ballots(of: scan), by: \.track)
    let stretches = Dictionary(grouping: try stretches(of: scan, under: judgement), by: \.track)
    let pictures = Dictionary(grouping: try pictures(of: scan), by: \.track)
    return ballots.keys.sorted().map { track in
      LedgerTrack(
        number: track, timeline: ballots[track] ?? [], stretches: stretches[track] ?? [],
        pictures: pictures[track] ?? [])
    }
  }

  /// Every ballot of a scan in the order in which they were cast.
  public func ballots(of scan: LedgerScan.ID) throws(LedgerError) -> [LedgerBallot] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM ballot WHERE scan_id = ? ORDER BY frame, place", arguments: [scan]
      ).map(LedgerBallot.init)
    }
  }

  /// What was concluded under a judgement, in the order of the records; empty when nothing was.
  public func stretches(
    of scan: LedgerScan.ID, under judgement: Judgement
  ) throws(LedgerError) -> [LedgerStretch] {
    try read { database in
      guard let id = try judgement.id(in: database) else { return [] }
      return try Row.fetchAll(
        database, sql: "SELECT * FROM stretch WHERE scan_id = ? AND judgement_id = ? ORDER BY place",
        arguments: [scan, id]
      ).map { LedgerStretch($0, under: judgement) }
    }
  }

  /// The verdict on the whole file under a judgement; nil when it was not judged so.
  public func verdict(of scan: LedgerScan.ID, under judgement: Judgement) throws(LedgerError) -> LedgerVerdict? {
    try read { database in
      guard let id = try judgement.id(in: database) else { return nil }
      return try Row.fetchOne(
        database, sql: "SELECT * FROM verdict WHERE scan_id = ? AND judgement_id = ?", arguments: [scan, id]
      ).flatMap(LedgerVerdict.init)
    }
  }

  /// The key pictures of a scan, by track and time.
  public func pictures(of scan: LedgerScan.ID) throws(LedgerError) -> [KeyPicture] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM key_picture WHERE scan_id = ? ORDER BY track, time, id", arguments: [scan]
      ).map(KeyPicture.init)
    }
  }
}
