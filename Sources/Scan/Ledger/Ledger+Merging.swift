internal import GRDB

extension Ledger {
  /// Takes over everything that another ledger knows, as of the machines that shared an archive. What both know stays as
  /// it is here; merging the same ledger again changes nothing.
  /// - Throws: when either cannot be used. Then nothing has been taken over.
  public func merge(_ other: String) throws(LedgerError) {
    // Refuses what is no ledger in its own name, and brings an older one up to date.
    _ = try Ledger(path: try Self.existing(other))
    try writeWithoutTransaction { database in
      try database.execute(sql: "ATTACH DATABASE ? AS other", arguments: [other])
      defer { try? database.execute(sql: "DETACH DATABASE other") }
      try database.inTransaction {
        for statement in Self.merging { try database.execute(sql: statement) }
        return .commit
      }
    }
  }

  private static func existing(_ path: String) throws(LedgerError) -> String {
    guard FileStatus(path, followsLinks: true) != nil else {
      throw LedgerError(.unreachable, "ledger \(path) does not exist")
    }
    return path
  }

  /// Each table's rows are found again by what makes them one of a kind; `map_…` leads from the other's row to ours.
  private static let merging = [
    """
    INSERT INTO model (sha256, name, version, threshold, minimum_component, temperature, bias, crop_scale, input_size,
      area_levels, figures, training, licence)
    SELECT sha256, name, version, threshold, minimum_component, temperature, bias, crop_scale, input_size, area_levels,
      figures, training, licence FROM other.model WHERE true ON CONFLICT DO NOTHING
    """,
    map("model", "SELECT theirs.id, ours.id FROM other.model AS theirs JOIN main.model AS ours USING (sha256)"),
    "INSERT INTO settings (sha256, description) SELECT sha256, description FROM other.settings WHERE true ON CONFLICT DO NOTHING",
    map(
      "settings", "SELECT theirs.id, ours.id FROM other.settings AS theirs JOIN main.settings AS ours USING (sha256)"),
    """
    INSERT INTO judgement (threshold, window, minimum_ballots, line, margin, dwell, clearance)
    SELECT threshold, window, minimum_ballots, line, margin, dwell, clearance FROM other.judgement
    WHERE true ON CONFLICT DO NOTHING
    """,
    map(
      "judgement",
      """
      SELECT theirs.id, ours.id FROM other.judgement AS theirs JOIN main.judgement AS ours
        USING (threshold, window, minimum_ballots, line, margin, dwell, clearance)
      """),
    "INSERT INTO content (sha256, bytes) SELECT sha256, bytes FROM other.content WHERE true ON CONFLICT DO NOTHING",
    map("content", "SELECT theirs.id, ours.id FROM other.content AS theirs JOIN main.content AS ours USING (sha256)"),
    """
    INSERT INTO file (absolute, path, bytes, modified, device, inode, content_id)
    SELECT absolute, path, bytes, modified, device, inode, ours FROM other.file
    LEFT JOIN map_content ON theirs = content_id WHERE true ON CONFLICT DO NOTHING
    """,
    map("file", "SELECT theirs.id, ours.id FROM other.file AS theirs JOIN main.file AS ours USING (absolute)"),
    // Runs that are not known yet; only their scans without content are new for certain.
    "DROP TABLE IF EXISTS new_run",
    "CREATE TEMP TABLE new_run AS SELECT id FROM other.run WHERE ulid NOT IN (SELECT ulid FROM main.run)",
    """
    INSERT INTO run (ulid, program, began, ended, request, shard, told, model_id, settings_id, judgement_id)
    SELECT ulid, program, began, ended, request, shard, told, map_model.ours, map_settings.ours, map_judgement.ours
    FROM other.run AS run JOIN map_model ON map_model.theirs = run.model_id
    JOIN map_settings ON map_settings.theirs = run.settings_id
    JOIN map_judgement ON map_judgement.theirs = run.judgement_id
    WHERE true ON CONFLICT (ulid) DO UPDATE SET ended = coalesce(run.ended, excluded.ended)
    """,
    map("run", "SELECT theirs.id, ours.id FROM other.run AS theirs JOIN main.run AS ours USING (ulid)"),
    // Scans that are known here under the same terms, and the new ones, whose numbers go on behind ours.
    map(
      "scan",
      """
      SELECT theirs.id, ours.id FROM other.scan AS theirs JOIN map_content ON map_content.theirs = theirs.content_id
      JOIN map_model ON map_model.theirs = theirs.model_id JOIN map_settings ON map_settings.theirs = theirs.settings_id
      JOIN main.scan AS ours ON ours.content_id = map_content.ours AND ours.model_id = map_model.ours
        AND ours.settings_id = map_settings.ours
      """),
    "DROP TABLE IF EXISTS new_scan",
    """
    CREATE TEMP TABLE new_scan AS
    SELECT id AS theirs, id + (SELECT coalesce(max(id), 0) FROM main.scan) AS ours FROM other.scan
    WHERE id NOT IN (SELECT theirs FROM map_scan)
      AND (content_id IS NOT NULL OR run_id IN (SELECT id FROM new_run))
    """,
    """
    INSERT INTO scan (id, content_id, model_id, settings_id, run_id, finished, seconds, container, codec, width, height,
      duration, frame_rate, is_still, decoded, sampled, skipped, corrupt, analysed, evicted, failed, faces, error_code,
      error_message)
    SELECT new_scan.ours, map_content.ours, map_model.ours, map_settings.ours, map_run.ours, finished, seconds,
      container, codec, width, height, duration, frame_rate, is_still, decoded, sampled, skipped, corrupt, analysed,
      evicted, failed, faces, error_code, error_message
    FROM other.scan AS scan JOIN new_scan ON new_scan.theirs = scan.id
    JOIN map_model ON map_model.theirs = scan.model_id JOIN map_settings ON map_settings.theirs = scan.settings_id
    JOIN map_run ON map_run.theirs = scan.run_id LEFT JOIN map_content ON map_content.theirs = scan.content_id
    """,
    """
    INSERT INTO track (scan_id, number, ended_frame)
    SELECT ours, number, ended_frame FROM other.track JOIN new_scan ON theirs = scan_id
    """,
    """
    INSERT INTO ballot (scan_id, frame, place, track, time, score, x, y, width, height, picture_width, picture_height,
      areas)
    SELECT ours, frame, place, track, time, score, x, y, width, height, picture_width, picture_height, areas
    FROM other.ballot JOIN new_scan ON theirs = scan_id
    """,
    """
    INSERT INTO key_picture (scan_id, track, time, score, x, y, width, height, picture, mask)
    SELECT ours, track, time, score, x, y, width, height, picture, mask
    FROM other.key_picture JOIN new_scan ON theirs = scan_id ORDER BY other.key_picture.id
    """,
    "INSERT INTO map_scan SELECT theirs, ours FROM new_scan",
    "DROP TABLE IF EXISTS new_verdict",
    """
    CREATE TEMP TABLE new_verdict AS
    SELECT verdict.scan_id AS their_scan, verdict.judgement_id AS their_judgement, map_scan.ours AS scan_id,
      map_judgement.ours AS judgement_id
    FROM other.verdict AS verdict JOIN map_scan ON map_scan.theirs = verdict.scan_id
    JOIN map_judgement ON map_judgement.theirs = verdict.judgement_id
    WHERE NOT EXISTS (
      SELECT * FROM main.verdict AS ours
      WHERE ours.scan_id = map_scan.ours AND ours.judgement_id = map_judgement.ours)
    """,
    """
    INSERT INTO verdict (scan_id, judgement_id, label, reason, score)
    SELECT new.scan_id, new.judgement_id, label, reason, score FROM new_verdict AS new
    JOIN other.verdict AS verdict ON verdict.scan_id = their_scan AND verdict.judgement_id = their_judgement
    """,
    """
    INSERT INTO stretch (scan_id, judgement_id, place, track, label, reason, score, fake, real, abstained, start, finish,
      x, y, width, height, picture_width, picture_height, mask_area, strongest)
    SELECT new.scan_id, new.judgement_id, place, track, label, reason, score, fake, real, abstained, start, finish,
      x, y, width, height, picture_width, picture_height, mask_area, strongest FROM new_verdict AS new
    JOIN other.stretch AS stretch ON stretch.scan_id = their_scan AND stretch.judgement_id = their_judgement
    """,
    """
    INSERT INTO item (run_id, place, file_id, path, scan_id, error_code, error_message, first_sequence, last_sequence)
    SELECT map_run.ours, place, map_file.ours, path, map_scan.ours, error_code, error_message, first_sequence,
      last_sequence
    FROM other.item AS item JOIN map_run ON map_run.theirs = run_id JOIN map_file ON map_file.theirs = file_id
    LEFT JOIN map_scan ON map_scan.theirs = scan_id WHERE true ON CONFLICT DO NOTHING
    """,
  ]
  .flatMap { $0.split(separator: ";").map(String.init) }

  private static func map(_ table: String, _ pairs: String) -> String {
    """
    DROP TABLE IF EXISTS map_\(table);
    CREATE TEMP TABLE map_\(table) (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL);
    INSERT INTO map_\(table) \(pairs)
    """
  }
}
