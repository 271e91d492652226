internal import Forensics
internal import Foundation
internal import GRDB
internal import Media

// Rows of the tables as values.

extension LedgerModel {
  static func fetch(_ database: Database, id: Int64) throws -> LedgerModel {
    guard let row = try Row.fetchOne(database, sql: "SELECT * FROM model WHERE id = ?", arguments: [id]) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT)
    }
    let levels: String = row["area_levels"]
    return LedgerModel(
      name: row["name"], version: row["version"], sha256: row["sha256"],
      rule: FrameRule(threshold: row["threshold"], minimumComponent: row["minimum_component"]),
      calibration: ScoreCalibration(temperature: max(row["temperature"], 1e-6), bias: row["bias"]),
      cropScale: row["crop_scale"], inputSize: row["input_size"],
      areaLevels: (try? JSONDecoder().decode([Float].self, from: Data(levels.utf8))) ?? [],
      figures: row["figures"], training: row["training"], licence: row["licence"])
  }

  /// The row's id, which is made when there is none.
  func register(in database: Database) throws -> Int64 {
    let levels = String(decoding: try JSONEncoder().encode(areaLevels), as: UTF8.self)
    try database.execute(
      sql: """
        INSERT INTO model (sha256, name, version, threshold, minimum_component, temperature, bias, crop_scale,
          input_size, area_levels, figures, training, licence)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING
        """,
      arguments: [
        sha256, name, version, rule.threshold, rule.minimumComponent, calibration.temperature, calibration.bias,
        cropScale, inputSize, levels, figures, training, licence,
      ])
    return try Int64.fetchOne(database, sql: "SELECT id FROM model WHERE sha256 = ?", arguments: [sha256])!
  }
}

extension Judgement {
  private var arguments: StatementArguments {
    [
      "threshold": threshold, "window": votes.window, "minimum": votes.minimumBallots, "line": votes.line,
      "margin": votes.margin, "dwell": votes.dwell, "clearance": votes.clearance,
    ]
  }

  static func fetch(_ database: Database, id: Int64) throws -> Judgement {
    guard let row = try Row.fetchOne(database, sql: "SELECT * FROM judgement WHERE id = ?", arguments: [id]) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT)
    }
    return Judgement(
      threshold: row["threshold"],
      votes: VoteRule(
        window: row["window"], minimumBallots: row["minimum_ballots"], line: row["line"], margin: row["margin"],
        dwell: row["dwell"], clearance: row["clearance"]))
  }

  func id(in database: Database) throws -> Int64? {
    try Int64.fetchOne(
      database,
      sql: """
        SELECT id FROM judgement WHERE threshold = :threshold AND window = :window AND minimum_ballots = :minimum
          AND line = :line AND margin = :margin AND dwell = :dwell AND clearance = :clearance
        """, arguments: arguments)
  }

  /// The row's id, which is made when there is none.
  func register(in database: Database) throws -> Int64 {
    try database.execute(
      sql: """
        INSERT INTO judgement (threshold, window, minimum_ballots, line, margin, dwell, clearance)
        VALUES (:threshold, :window, :minimum, :line, :margin, :dwell, :clearance) ON CONFLICT DO NOTHING
        """, arguments: arguments)
    return try id(in: database)!
  }
}

extension LedgerEntry {
  init(_ row: Row) {
    let id: Int64? = row["scan_id"]
    let run: Int64 = row["item_run"]
    let path: String = row["path"]
    let ownCode: String? = row["item_error"]
    let ownMessage: String? = row["item_message"]
    let code: String? = row["error_code"]
    let message: String? = row["error_message"]
    let failure =
      if let ownCode { LedgerFailure(code: ownCode, message: ownMessage ?? "") } else {
        code.map { LedgerFailure(code: $0, message: LedgerScan.message(message ?? "", at: path)) }
      }
    self.init(
      run: run, path: path, absolute: row["absolute"], bytes: row["bytes"], modified: row["modified"],
      sha256: row["sha256"], scan: id.map { LedgerScan(row, id: $0) }, verdict: LedgerVerdict(row), failure: failure,
      isCached: id != nil && row["run_id"] as Int64? != run)
  }
}

extension LedgerScan {
  /// Stands for the file's path in error messages that are kept.
  private static let path = "{path}"

  static func message(_ kept: String, at path: String) -> String {
    kept.replacingOccurrences(of: Self.path, with: path)
  }

  /// A short path may be a part of other words: only where it stands by itself is it the path.
  static func kept(_ message: String, at path: String) -> String {
    guard !path.isEmpty else { return message }
    var kept = ""
    var rest = message[...]
    while let found = rest.range(of: path) {
      let before = found.lowerBound == message.startIndex ? " " : message[message.index(before: found.lowerBound)]
      let after = found.upperBound == message.endIndex ? " " : message[found.upperBound]
      let isAlone = before == " " && (after.isWhitespace || after.isPunctuation)
      kept += rest[..<found.lowerBound] + (isAlone ? Self.path[...] : rest[found])
      rest = rest[found.upperBound...]
    }
    return kept + rest
  }

  init(_ row: Row, id: Int64) {
    var counters = LedgerCounters()
    counters.decoded = row["decoded"]
    counters.sampled = row["sampled"]
    counters.skipped = row["skipped"]
    counters.corrupt = row["corrupt"]
    counters.analysed = row["analysed"]
    counters.evicted = row["evicted"]
    counters.failed = row["failed"]
    counters.faces = row["faces"]
    let container: String? = row["container"]
    let width: Int? = row["width"]
    let media = container.map {
      LedgerMedia(
        container: $0, codec: row["codec"], size: width.map { PixelSize(width: $0, height: row["height"]) },
        duration: row["duration"], frameRate: row["frame_rate"], isStill: row["is_still"])
    }
    self.init(id: id, finished: row["finished"], seconds: row["seconds"], media: media, counters: counters)
  }
}

extension LedgerVerdict {
  init?(_ row: Row) {
    guard let label = (row["label"] as String?).flatMap(Label.init(rawValue:)),
      let reason = (row["reason"] as String?).flatMap(Reason.init(rawValue:))
    else { return nil }
    self.init(assessment: Assessment(label: label, reason: reason), score: row["score"])
  }
}

extension LedgerBallot {
  init(_ row: Row) {
    self.init(
      frame: row["frame"], place: row["place"], track: row["track"], time: row["time"], face: LedgerFace(row))
  }
}

extension LedgerFace {
  init?(_ row: Row) {
    guard let score = row["score"] as Float? else { return nil }
    let box = Rectangle(
      x: Double(row["x"] as Int) / 10, y: Double(row["y"] as Int) / 10, width: Double(row["width"] as Int) / 10,
      height: Double(row["height"] as Int) / 10)
    self.init(
      score: score, box: box, picture: PixelSize(width: row["picture_width"], height: row["picture_height"]),
      areas: [])
    for (index, byte) in ((row["areas"] as Data?) ?? Data()).prefix(32).enumerated() {
      shares[index / 2] |= UInt16(byte) << (8 * (index % 2))
    }
  }

  /// The shares as bytes, little endian, without the zeros at the end; nil when all are 0.
  var packedShares: Data? {
    guard let last = (0..<16).last(where: { shares[$0] > 0 }) else { return nil }
    return Data((0...last).flatMap { [UInt8(shares[$0] & 255), UInt8(shares[$0] >> 8)] })
  }
}

extension LedgerStretch {
  init(_ row: Row, under judgement: Judgement) {
    var verdict = Verdict(
      assessment: LedgerVerdict(row)?.assessment ?? Assessment(label: .inconclusive, reason: .tooFewBallots),
      score: row["score"], threshold: judgement.threshold, clearance: judgement.votes.clearance,
      ballots: Tally(fake: row["fake"], real: row["real"], abstained: row["abstained"]), start: row["start"],
      end: row["finish"])
    if let strongest = row["strongest"] as Float? {
      verdict.strongest = Evidence(
        finding: MaskFinding(score: strongest, area: row["mask_area"]),
        box: Rectangle(x: row["x"], y: row["y"], width: row["width"], height: row["height"]),
        picture: PixelSize(width: row["picture_width"], height: row["picture_height"]))
    }
    self.init(track: row["track"], verdict: verdict)
  }
}

extension KeyPicture {
  init(_ row: Row) {
    self.init(
      track: row["track"], time: row["time"], score: row["score"],
      area: Rectangle(x: row["x"], y: row["y"], width: row["width"], height: row["height"]),
      picture: [UInt8](row["picture"] as Data), mask: [UInt8](row["mask"] as Data))
  }
}
