internal import GRDB

/// The tables of a ledger, version by version. A version that has been released is never edited: changes are a new one.
///
/// What was looked at (`content`, `scan`, `track`, `ballot`, `key_picture`) is kept apart from what was concluded
/// (`verdict`, `stretch`, each under one `judgement`): another threshold or vote is a new judgement of the same ballots.
enum LedgerSchema {
  /// SQLite's `application_id` of every ledger: "UNMK".
  static let application = 0x554E_4D4B

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(sql: "PRAGMA application_id = \(application)")
      for statement in first { try database.execute(sql: statement) }
    }
    migrator.registerMigration("2") { database in
      for statement in second { try database.execute(sql: statement) }
    }
    return migrator
  }

  private static let first = [
    // The detector. Scores are kept as the network gives them; `temperature` and `bias` make probabilities of them.
    // `area_levels` are the confidences, ascending, at which `ballot.areas` tells the mask's area (a JSON array).
    """
    CREATE TABLE model (
      id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, name TEXT NOT NULL, version TEXT NOT NULL,
      threshold REAL NOT NULL, minimum_component INTEGER NOT NULL, temperature REAL NOT NULL, bias REAL NOT NULL,
      crop_scale REAL NOT NULL, input_size INTEGER NOT NULL, area_levels TEXT NOT NULL,
      figures TEXT, training TEXT, licence TEXT
    ) STRICT
    """,
    // What else decides about the ballots: sampling, smallest face, face detector. `description` is a JSON object.
    "CREATE TABLE settings (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, description TEXT NOT NULL) STRICT",
    // How ballots become verdicts. The threshold is a probability where the model is calibrated.
    """
    CREATE TABLE judgement (
      id INTEGER PRIMARY KEY, threshold REAL NOT NULL, window REAL NOT NULL, minimum_ballots INTEGER NOT NULL,
      line REAL NOT NULL, margin REAL NOT NULL, dwell REAL NOT NULL,
      UNIQUE (threshold, window, minimum_ballots, line, margin, dwell)
    ) STRICT
    """,
    // One run of the program; a run that was cut short and taken up again stays one run. `request` is a JSON object:
    // the paths and options by which it is taken up. `owner` tells whether the process still lives. Records up to the
    // `event.sequence` of `told` are known to be written.
    """
    CREATE TABLE run (
      id INTEGER PRIMARY KEY, ulid TEXT NOT NULL UNIQUE, program TEXT NOT NULL, began TEXT NOT NULL, ended TEXT,
      request TEXT NOT NULL, shard TEXT, owner TEXT, told INTEGER NOT NULL DEFAULT 0,
      model_id INTEGER NOT NULL REFERENCES model, settings_id INTEGER NOT NULL REFERENCES settings,
      judgement_id INTEGER NOT NULL REFERENCES judgement
    ) STRICT
    """,
    // Bytes, wherever they lie.
    "CREATE TABLE content (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL) STRICT",
    // A path, and what lay there when it was last looked at. `modified` is in microseconds since 1970.
    """
    CREATE TABLE file (
      id INTEGER PRIMARY KEY, absolute TEXT NOT NULL UNIQUE, path TEXT NOT NULL, bytes INTEGER, modified INTEGER,
      device INTEGER, inode INTEGER, content_id INTEGER REFERENCES content
    ) STRICT
    """,
    "CREATE INDEX file_content ON file (content_id)",
    // One content looked at with one model under one setting, by `run_id`; without content where it cannot be told
    // again, as of an address. An error message holds `{path}` for the file's path.
    """
    CREATE TABLE scan (
      id INTEGER PRIMARY KEY, content_id INTEGER REFERENCES content, model_id INTEGER NOT NULL REFERENCES model,
      settings_id INTEGER NOT NULL REFERENCES settings, run_id INTEGER NOT NULL REFERENCES run, finished TEXT NOT NULL, seconds REAL NOT NULL,
      container TEXT, codec TEXT, width INTEGER, height INTEGER, duration REAL, frame_rate REAL,
      is_still INTEGER NOT NULL,
      decoded INTEGER NOT NULL, sampled INTEGER NOT NULL, skipped INTEGER NOT NULL, corrupt INTEGER NOT NULL,
      analysed INTEGER NOT NULL, evicted INTEGER NOT NULL, failed INTEGER NOT NULL, faces INTEGER NOT NULL,
      error_code TEXT, error_message TEXT,
      UNIQUE (content_id, model_id, settings_id)
    ) STRICT
    """,
    // One person followed through a video, or one face of a picture. `ended_frame` is the frame before which the track
    // ended; null at the end of the file.
    """
    CREATE TABLE track (
      scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE, number INTEGER NOT NULL, ended_frame INTEGER,
      PRIMARY KEY (scan_id, number)
    ) STRICT, WITHOUT ROWID
    """,
    // What one sampled frame said of one track; without a score it abstained. `place` orders the faces of a frame. Boxes
    // are in tenths of a pixel of the displayed picture. `areas` holds the mask's share of the crop in 1/65535, 16 bits
    // little endian for each of the model's levels; without the zeros at the end, null when nothing else is there.
    """
    CREATE TABLE ballot (
      scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE, frame INTEGER NOT NULL, place INTEGER NOT NULL,
      track INTEGER NOT NULL, time REAL NOT NULL, score REAL, x INTEGER, y INTEGER, width INTEGER, height INTEGER,
      picture_width INTEGER, picture_height INTEGER, areas BLOB,
      PRIMARY KEY (scan_id, frame, place)
    ) STRICT, WITHOUT ROWID
    """,
    // The crop around a face (JPEG) and its mask (PNG, white where manipulated), both of the area x, y, width, height of
    // the displayed picture.
    """
    CREATE TABLE key_picture (
      id INTEGER PRIMARY KEY, scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE, track INTEGER NOT NULL,
      time REAL NOT NULL, score REAL NOT NULL, x REAL NOT NULL, y REAL NOT NULL, width REAL NOT NULL,
      height REAL NOT NULL, picture BLOB NOT NULL, mask BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX key_picture_scan ON key_picture (scan_id, track, time)",
    """
    CREATE TABLE verdict (
      scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE, judgement_id INTEGER NOT NULL REFERENCES judgement,
      label TEXT NOT NULL, reason TEXT NOT NULL, score REAL,
      PRIMARY KEY (scan_id, judgement_id)
    ) STRICT, WITHOUT ROWID
    """,
    // One label standing over one stretch of one track, in the order in which the records tell them. The box is that of
    // the strongest evidence.
    """
    CREATE TABLE stretch (
      scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE, judgement_id INTEGER NOT NULL REFERENCES judgement,
      place INTEGER NOT NULL, track INTEGER NOT NULL, label TEXT NOT NULL, reason TEXT NOT NULL, score REAL,
      fake INTEGER NOT NULL, real INTEGER NOT NULL, abstained INTEGER NOT NULL, start REAL NOT NULL, finish REAL NOT NULL,
      x REAL, y REAL, width REAL, height REAL, picture_width INTEGER, picture_height INTEGER, mask_area REAL,
      strongest REAL,
      PRIMARY KEY (scan_id, judgement_id, place)
    ) STRICT, WITHOUT ROWID
    """,
    // The files of a run that have been told, in the order of its records, and what came of each: a scan, or the reason
    // why there is none. The sequences are the `event.sequence` of its first and its last record.
    """
    CREATE TABLE item (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, place INTEGER NOT NULL,
      file_id INTEGER NOT NULL REFERENCES file, path TEXT NOT NULL, scan_id INTEGER REFERENCES scan,
      error_code TEXT, error_message TEXT, first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL,
      PRIMARY KEY (run_id, place), UNIQUE (run_id, file_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX item_file ON item (file_id)",
    "CREATE INDEX item_scan ON item (scan_id)",
  ]

  private static let second = [
    // `clearance` is the highest score that may be called real: 1, whatever the ballots call real. SQLite cannot widen a
    // UNIQUE, so the table is written anew under its name.
    """
    CREATE TABLE judgement_2 (
      id INTEGER PRIMARY KEY, threshold REAL NOT NULL, window REAL NOT NULL, minimum_ballots INTEGER NOT NULL,
      line REAL NOT NULL, margin REAL NOT NULL, dwell REAL NOT NULL, clearance REAL NOT NULL,
      UNIQUE (threshold, window, minimum_ballots, line, margin, dwell, clearance)
    ) STRICT
    """,
    """
    INSERT INTO judgement_2 SELECT id, threshold, window, minimum_ballots, line, margin, dwell, 1 FROM judgement
    """,
    "DROP TABLE judgement",
    "ALTER TABLE judgement_2 RENAME TO judgement",
  ]
}
