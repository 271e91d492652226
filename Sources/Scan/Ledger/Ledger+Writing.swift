internal import Analysis
internal import Forensics
internal import Foundation
internal import GRDB
internal import Media

/// What a scan was made with: the rows that every scan and verdict of a run refers to.
struct LedgerTerms: Sendable, Hashable {
  let model: Int64
  let settings: Int64
  let judgementID: Int64
  let judgement: Judgement
}

/// A content that has been looked at, to be kept.
struct FinishedScan: Sendable {
  var media: LedgerMedia?
  var counters = LedgerCounters()
  var failure: LedgerFailure?
  var seconds = 0.0
  var ballots: [LedgerBallot] = []
  /// The frame before which each track ended; tracks that are not in it ended with the file.
  var endings: [Int: Int] = [:]
  var pictures: [KeyPicture] = []
  /// Media times of all frames that were looked at.
  var times: [Double] = []
}

/// A scan as it is kept.
struct KeptScan: Sendable, Hashable {
  let scan: LedgerScan
  let failure: LedgerFailure?
  let run: LedgerRun.ID
}

extension Ledger {
  /// Registers what a run works with.
  /// - Parameter settings: a JSON object with its keys in order, so that the same settings are the same text.
  func terms(model: LedgerModel, settings: String, judgement: Judgement) throws(LedgerError) -> LedgerTerms {
    try write { database in
      let digest = SHA256.hexDigest(of: Array(settings.utf8))
      try database.execute(
        sql: "INSERT INTO settings (sha256, description) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING",
        arguments: [digest, settings])
      return LedgerTerms(
        model: try model.register(in: database),
        settings: try Int64.fetchOne(database, sql: "SELECT id FROM settings WHERE sha256 = ?", arguments: [digest])!,
        judgementID: try judgement.register(in: database), judgement: judgement)
    }
  }

  /// The scan of a content under these terms, if there is one.
  func scan(ofContent sha256: String, under terms: LedgerTerms) throws(LedgerError) -> LedgerScan.ID? {
    try read { database in
      try Int64.fetchOne(
        database,
        sql: """
          SELECT scan.id FROM scan JOIN content ON content.id = content_id
          WHERE sha256 = ? AND model_id = ? AND settings_id = ?
          """, arguments: [sha256, terms.model, terms.settings])
    }
  }

  /// Keeps what was seen in a content, and the verdict on it, in one transaction. Where another process has kept the
  /// same meanwhile, that stays.
  /// - Parameter sha256: nil for what cannot be recognised again, such as an address.
  func keep(
    _ scan: FinishedScan, of content: (sha256: String, bytes: Int)?, path: String, judged: JudgedScan,
    under terms: LedgerTerms, by run: LedgerRun.ID
  ) throws(LedgerError) -> LedgerScan.ID {
    try write { database in
      let contentID = try content.map { try Self.register(content: $0, in: database) }
      if let contentID,
        let known = try Int64.fetchOne(
          database, sql: "SELECT id FROM scan WHERE content_id = ? AND model_id = ? AND settings_id = ?",
          arguments: [contentID, terms.model, terms.settings])
      {
        return known
      }
      let id = try Self.insert(scan, content: contentID, path: path, terms, run, in: database)
      let track = try database.makeStatement(sql: "INSERT INTO track VALUES (?, ?, ?)")
      for number in Set(scan.ballots.map(\.track)).sorted() {
        try track.execute(arguments: [id, number, scan.endings[number]])
      }
      let ballot = try database.makeStatement(
        sql: "INSERT INTO ballot VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      for one in scan.ballots { try ballot.execute(arguments: one.row(of: id)) }
      for picture in scan.pictures {
        try database.execute(
          sql: """
            INSERT INTO key_picture (scan_id, track, time, score, x, y, width, height, picture, mask)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            id, picture.track, picture.time, picture.score, picture.area.x, picture.area.y, picture.area.width,
            picture.area.height, Data(picture.picture), Data(picture.mask),
          ])
      }
      try Self.insert(judged, of: id, terms.judgementID, in: database)
      return id
    }
  }

  /// Keeps a further verdict on a scan.
  func keep(_ judged: JudgedScan, of scan: LedgerScan.ID, under terms: LedgerTerms) throws(LedgerError) {
    try write { database in try Self.insert(judged, of: scan, terms.judgementID, in: database) }
  }

  /// The frame before which each track ended.
  func endings(of scan: LedgerScan.ID) throws(LedgerError) -> [Int: Int] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT number, ended_frame FROM track WHERE scan_id = ? AND ended_frame IS NOT NULL",
        arguments: [scan])
      return Dictionary(rows.map { ($0["number"] as Int, $0["ended_frame"] as Int) }) { first, _ in first }
    }
  }

  /// A scan, what cut it short, and the run that made it.
  func scan(_ id: LedgerScan.ID, at path: String) throws(LedgerError) -> KeptScan? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM scan WHERE id = ?", arguments: [id]).map { row in
        let code: String? = row["error_code"]
        let failure = code.map {
          LedgerFailure(code: $0, message: LedgerScan.message(row["error_message"] ?? "", at: path))
        }
        return KeptScan(scan: LedgerScan(row, id: id), failure: failure, run: row["run_id"])
      }
    }
  }

  static func register(content: (sha256: String, bytes: Int), in database: Database) throws -> Int64 {
    try database.execute(
      sql: "INSERT INTO content (sha256, bytes) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING",
      arguments: [content.sha256, content.bytes])
    return try Int64.fetchOne(
      database, sql: "SELECT id FROM content WHERE sha256 = ?", arguments: [content.sha256])!
  }

  private static func insert(
    _ scan: FinishedScan, content: Int64?, path: String, _ terms: LedgerTerms, _ run: LedgerRun.ID,
    in database: Database
  ) throws -> Int64 {
    let media = scan.media
    let counters = scan.counters
    try database.execute(
      sql: """
        INSERT INTO scan (content_id, model_id, settings_id, run_id, finished, seconds, container, codec, width, height,
          duration, frame_rate, is_still, decoded, sampled, skipped, corrupt, analysed, evicted, failed, faces,
          error_code, error_message)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        content, terms.model, terms.settings, run, Ledger.now(), scan.seconds, media?.container, media?.codec,
        media?.size?.width, media?.size?.height, media?.duration, media?.frameRate, media?.isStill ?? false,
        counters.decoded, counters.sampled, counters.skipped, counters.corrupt, counters.analysed, counters.evicted,
        counters.failed, counters.faces, scan.failure?.code,
        scan.failure.map { LedgerScan.kept($0.message, at: path) },
      ])
    return database.lastInsertedRowID
  }

  private static func insert(_ judged: JudgedScan, of scan: Int64, _ judgement: Int64, in database: Database) throws {
    guard let verdict = judged.verdict else { return }
    try database.execute(
      sql: "INSERT INTO verdict VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      arguments: [
        scan, judgement, verdict.label.rawValue, verdict.assessment.reason.rawValue, verdict.score,
      ])
    guard database.changesCount > 0 else { return }
    let stretch = try database.makeStatement(
      sql: "INSERT INTO stretch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for (place, one) in judged.stretches.enumerated() {
      try stretch.execute(arguments: one.row(of: scan, judgement, place))
    }
  }
}

extension LedgerBallot {
  fileprivate func row(of scan: Int64) -> StatementArguments {
    func tenths(_ value: Double?) -> Int? { value.map { Int(($0 * 10).rounded().clamped(to: 1e9)) } }
    return [
      scan, frame, place, track, time, face?.score, tenths(face?.box.x), tenths(face?.box.y),
      tenths(face?.box.width), tenths(face?.box.height), face?.picture.width, face?.picture.height,
      face?.packedShares,
    ]
  }
}

extension Double {
  fileprivate func clamped(to limit: Double) -> Double { isFinite ? Swift.min(Swift.max(self, -limit), limit) : 0 }
}

extension LedgerStretch {
  fileprivate func row(of scan: Int64, _ judgement: Int64, _ place: Int) -> StatementArguments {
    let strongest = verdict.strongest
    return [
      scan, judgement, place, track, verdict.label.rawValue, verdict.assessment.reason.rawValue, verdict.score,
      verdict.ballots.fake, verdict.ballots.real, verdict.ballots.abstained, verdict.start, verdict.end,
      strongest?.box.x, strongest?.box.y, strongest?.box.width, strongest?.box.height, strongest?.picture.width,
      strongest?.picture.height, strongest?.finding.area, strongest?.finding.score,
    ]
  }
}
