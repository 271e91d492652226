internal import Forensics
internal import Foundation
internal import GRDB
internal import Records

/// What lay at a path when it was last looked at.
struct KnownFile: Sendable, Hashable {
  let bytes: Int
  /// Microseconds since 1970.
  let modified: Int64
  let device: Int64
  let inode: Int64
  let sha256: String
}

/// One file of a run, ready to be told.
struct LedgerItem: Sendable, Hashable {
  var path: String
  var absolute: String
  /// What lies there, unless it cannot be read or told again.
  var known: KnownFile?
  var scan: LedgerScan.ID?
  /// Why there is no scan.
  var failure: LedgerFailure?
}

/// An item with its place in the stream of records.
struct ToldItem: Sendable, Hashable {
  var item: LedgerItem
  var place: Int
  /// `event.sequence` of its records.
  var sequence: ClosedRange<Int64>
}

extension Ledger {
  static func now() -> String { Timestamp.now().rfc3339 }

  /// Begins a run.
  func beginRun(
    ulid: String, program: String, request: String, shard: String?, terms: LedgerTerms
  ) throws(LedgerError) -> LedgerRun.ID {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO run (ulid, program, began, request, shard, owner, model_id, settings_id, judgement_id)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          ulid, program, Self.now(), request, shard, ProcessIdentity.own.text, terms.model, terms.settings,
          terms.judgementID,
        ])
      return database.lastInsertedRowID
    }
  }

  /// The latest run with this request and these terms if it was cut short and its process is gone; it is this process's
  /// from now on.
  func takeUpRun(request: String, terms: LedgerTerms) throws(LedgerError) -> (id: LedgerRun.ID, ulid: String)? {
    let path = path
    return try write { database in
      guard
        let row = try Row.fetchOne(
          database,
          sql: """
            SELECT id, ulid, ended, owner FROM run WHERE request = ? AND model_id = ? AND settings_id = ?
              AND judgement_id = ? ORDER BY id DESC LIMIT 1
            """, arguments: [request, terms.model, terms.settings, terms.judgementID]),
        row["ended"] as String? == nil
      else { return nil }
      if let owner = (row["owner"] as String?).flatMap(ProcessIdentity.init), owner != .own, owner.isAlive {
        throw LedgerError(
          .busy, "ledger \(path): this scan is under way already, in process \(owner.process); wait for it to end")
      }
      try database.execute(
        sql: "UPDATE run SET owner = ? WHERE id = ?", arguments: [ProcessIdentity.own.text, row["id"] as Int64])
      return (row["id"], row["ulid"])
    }
  }

  /// A run has come to its end. Earlier ones with the same request need not remember their files any more.
  func endRun(_ run: LedgerRun.ID) throws(LedgerError) {
    try write { database in
      try database.execute(
        sql: "UPDATE run SET ended = ?, owner = NULL WHERE id = ?", arguments: [Self.now(), run])
      try database.execute(
        sql: """
          DELETE FROM item WHERE run_id IN (
            SELECT old.id FROM run AS old JOIN run AS new ON new.request = old.request
            WHERE new.id = ? AND old.id < new.id)
          """, arguments: [run])
    }
  }

  /// What is known of the file at a path.
  func file(at absolute: String) throws(LedgerError) -> KnownFile? {
    try read { database in
      try Row.fetchOne(
        database,
        sql: """
          SELECT file.*, sha256 FROM file JOIN content ON content.id = content_id
          WHERE absolute = ? AND modified IS NOT NULL
          """, arguments: [absolute]
      ).map { row in
        KnownFile(
          bytes: row["bytes"], modified: row["modified"], device: row["device"], inode: row["inode"],
          sha256: row["sha256"])
      }
    }
  }

  /// Keeps items that are about to be told.
  /// - Parameter sequence: the records up to this one are written.
  func keep(_ items: [ToldItem], of run: LedgerRun.ID, behind sequence: Int64) throws(LedgerError) {
    try write { database in
      try database.execute(sql: "UPDATE run SET told = ? WHERE id = ?", arguments: [sequence, run])
      for told in items {
        let (item, known) = (told.item, told.item.known)
        let content = try known.map { try Self.register(content: ($0.sha256, $0.bytes), in: database) }
        try database.execute(
          sql: """
            INSERT INTO file (absolute, path, bytes, modified, device, inode, content_id) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (absolute) DO UPDATE SET path = excluded.path, bytes = excluded.bytes,
              modified = excluded.modified, device = excluded.device, inode = excluded.inode,
              content_id = excluded.content_id
            """,
          arguments: [
            item.absolute, item.path, known?.bytes, known?.modified, known?.device, known?.inode, content,
          ])
        try database.execute(
          sql: """
            INSERT INTO item (run_id, place, file_id, path, scan_id, error_code, error_message, first_sequence,
              last_sequence)
            SELECT ?, ?, id, ?, ?, ?, ?, ?, ? FROM file WHERE absolute = ?
            """,
          arguments: [
            run, told.place, item.path, item.scan, item.failure?.code, item.failure?.message,
            told.sequence.lowerBound, told.sequence.upperBound, item.absolute,
          ])
      }
    }
  }

  /// Notes the sequence up to which a run's records are written.
  func note(told sequence: Int64, of run: LedgerRun.ID) throws(LedgerError) {
    try write { try $0.execute(sql: "UPDATE run SET told = ? WHERE id = ?", arguments: [sequence, run]) }
  }

  /// Half a line behind a sequence becomes a record of its own: what follows moves on by one.
  func makeRoom(behind sequence: Int64, of run: LedgerRun.ID) throws(LedgerError) {
    try write { database in
      try database.execute(
        sql: """
          UPDATE item SET first_sequence = first_sequence + 1, last_sequence = last_sequence + 1
          WHERE run_id = ? AND last_sequence > ?
          """, arguments: [run, sequence])
    }
  }

  /// Forgets items with records behind a sequence: they are told again.
  func forgetItems(of run: LedgerRun.ID, behind sequence: Int64) throws(LedgerError) {
    try write { database in
      try database.execute(
        sql: "DELETE FROM item WHERE run_id = ? AND last_sequence > ?", arguments: [run, sequence])
    }
  }

  /// The sequence up to which a run's records are known to be written.
  func told(of run: LedgerRun.ID) throws(LedgerError) -> Int64 {
    try read { try Int64.fetchOne($0, sql: "SELECT told FROM run WHERE id = ?", arguments: [run]) ?? 0 }
  }

  /// The items of a run with records behind a sequence, in their order.
  func items(of run: LedgerRun.ID, behind sequence: Int64) throws(LedgerError) -> [ToldItem] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT item.*, file.absolute, file.bytes, file.modified, file.device, file.inode, content.sha256
          FROM item JOIN file ON file.id = file_id LEFT JOIN content ON content.id = file.content_id
          WHERE run_id = ? AND last_sequence > ? ORDER BY place
          """, arguments: [run, sequence]
      ).map { row in
        let code: String? = row["error_code"]
        let sha256: String? = row["sha256"]
        let known = sha256.map {
          KnownFile(
            bytes: row["bytes"], modified: row["modified"], device: row["device"], inode: row["inode"], sha256: $0)
        }
        let item = LedgerItem(
          path: row["path"], absolute: row["absolute"], known: known, scan: row["scan_id"],
          failure: code.map { LedgerFailure(code: $0, message: row["error_message"] ?? "") })
        return ToldItem(item: item, place: row["place"], sequence: row["first_sequence"]...row["last_sequence"])
      }
    }
  }

  /// The place and the sequence behind which a run goes on.
  func end(of run: LedgerRun.ID) throws(LedgerError) -> (places: Int, sequence: Int64) {
    try read { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT max(place) AS place, max(last_sequence) AS sequence FROM item WHERE run_id = ?",
        arguments: [run])
      return ((row?["place"] as Int?).map { $0 + 1 } ?? 0, row?["sequence"] ?? 0)
    }
  }

  /// What a run has found in the items whose records end at a sequence or before it.
  func outcome(of run: LedgerRun.ID, upTo sequence: Int64) throws(LedgerError) -> ScanOutcome {
    try read { database in
      var outcome = ScanOutcome()
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT verdict.label, coalesce(item.error_code, scan.error_code) IS NOT NULL AS failed, count(*) AS files
          FROM item JOIN run ON run.id = item.run_id LEFT JOIN scan ON scan.id = item.scan_id
          LEFT JOIN verdict ON verdict.scan_id = item.scan_id AND verdict.judgement_id = run.judgement_id
          WHERE item.run_id = ? AND last_sequence <= ? GROUP BY 1, 2
          """, arguments: [run, sequence])
      while let row = try rows.next() {
        outcome.count(
          (row["label"] as String?).flatMap(Label.init(rawValue:)), hasFailed: row["failed"], files: row["files"])
      }
      return outcome
    }
  }

  /// Forgets what has been told, where nobody will ask for it again. What was concluded stays: a copy of the file may be
  /// waiting to be told of the same.
  func forget(_ told: [ToldItem], of run: LedgerRun.ID) throws(LedgerError) {
    try write { database in
      for item in told {
        try database.execute(sql: "DELETE FROM item WHERE run_id = ? AND place = ?", arguments: [run, item.place])
        for table in ["ballot", "track", "key_picture"] {
          try database.execute(sql: "DELETE FROM \(table) WHERE scan_id = ?", arguments: [item.item.scan])
        }
      }
    }
  }

  /// Whether a run has told of the file at a path.
  func hasTold(of absolute: String, in run: LedgerRun.ID) throws(LedgerError) -> Bool {
    try read { database in
      try Bool.fetchOne(
        database,
        sql: """
          SELECT EXISTS (SELECT * FROM item JOIN file ON file.id = file_id WHERE run_id = ? AND absolute = ?)
          """, arguments: [run, absolute]) ?? false
    }
  }
}
