import Analysis
import Forensics
import Foundation
import GRDB
import Media
import Testing

@testable import Scan

@Suite("A ledger")
struct LedgerTests {
  @Test("gives back what was kept: ballots, endings, stretches, verdict, pictures, entries")
  func keeps() throws {
    let folder = try Scratch()
    let book = try Book(Ledger(path: folder.file("a/b/scan.ledger")))
    let footage = Footage(seed: 1)
    let id = try book.keep(footage, sha256: "c1", at: "one.mp4", place: 0, sequence: 2...5)
    // Opened again, as another process would.
    let ledger = try Ledger(path: folder.file("a/b/scan.ledger"), for: .read)
    let ballots = try ledger.ballots(of: id)
    #expect(ballots.count == footage.ballots.count)
    for (kept, given) in zip(ballots, footage.ballots) {
      #expect(kept.track == given.track && kept.time == given.time && kept.face?.score == given.face?.score)
      #expect(kept.face?.shares == given.face?.shares)
      #expect(abs((kept.face?.box.x ?? 0) - (given.face?.box.x ?? 0)) <= 0.0501)
    }
    #expect(try ledger.endings(of: id) == footage.endings)
    let judged = JudgedScan(
      footage.ballots, endings: footage.endings, isStill: false, by: book.terms.judgement, of: book.model)
    #expect(try ledger.stretches(of: id, under: book.terms.judgement) == judged.stretches)
    #expect(try ledger.verdict(of: id, under: book.terms.judgement) == judged.verdict)
    #expect(try ledger.pictures(of: id).map(\.mask) == [[4, 5]])
    #expect(try ledger.runs().map(\.ulid) == ["RUN1"])
    #expect(try ledger.runs()[0].judgement == book.terms.judgement)
    #expect(try ledger.runs()[0].model == book.model)
    var entries: [LedgerEntry] = []
    try ledger.forEachEntry { entries.append($0) }
    #expect(entries.map(\.path) == ["one.mp4"])
    #expect(entries[0].sha256 == "c1" && entries[0].verdict == judged.verdict && !entries[0].isCached)
    let tracks = try ledger.tracks(of: id, under: book.terms.judgement)
    #expect(tracks.map(\.number) == Set(footage.ballots.map(\.track)).sorted())
  }

  @Test("answers another threshold from the ballots kept, exactly as if they were cast anew", arguments: 1...20)
  func judgesAnew(seed: UInt64) throws {
    let book = try Book(Ledger(temporary: ()))
    let footage = Footage(seed: seed)
    let id = try book.keep(footage, sha256: "c1", at: "one.mp4", place: 0, sequence: 2...5)
    for threshold: Float in [0, 0.2, 0.5, 0.8, 1] {
      let kept = JudgedScan(
        try book.ledger.ballots(of: id), endings: try book.ledger.endings(of: id), isStill: false,
        by: .example(threshold: threshold), of: book.model)
      // The way of the analysis: the live box, fed frame by frame.
      var box = BallotBox(rule: VoteRule(), threshold: threshold)
      let changes = footage.frames.flatMap { box.add($0) } + box.close()
      let stretches = changes.compactMap { change -> LedgerStretch? in
        guard case .ended(let verdict) = change.change else { return nil }
        return LedgerStretch(track: change.track, verdict: verdict)
      }
      #expect(kept.verdict?.assessment == box.summary.assessment)
      #expect(kept.verdict?.score == box.summary.score)
      #expect(kept.stretches.map(\.track) == stretches.map(\.track))
      for (one, other) in zip(kept.stretches.map(\.verdict), stretches.map(\.verdict)) {
        #expect(one.assessment == other.assessment && one.score == other.score && one.ballots == other.ballots)
        #expect(one.start == other.start && one.end == other.end)
        #expect(one.strongest?.finding.score == other.strongest?.finding.score)
      }
    }
  }

  @Test("tells the mask's area between the thresholds at which it was measured")
  func areas() {
    let model = LedgerModel.example()
    func area(_ threshold: Float) -> Float? {
      let face = LedgerFace(
        score: 0.95, box: Rectangle(x: 0, y: 0, width: 1, height: 1), picture: PixelSize(width: 9, height: 9),
        areas: [0.4, 0.2, 0])
      let ballots = [LedgerBallot(frame: 0, place: 0, track: 1, time: 0, face: face)]
      let judged = JudgedScan(
        ballots, endings: [:], isStill: true, by: .example(threshold: threshold), of: model)
      return judged.stretches.first?.verdict.strongest?.finding.area
    }
    #expect(abs((area(0.5) ?? 9) - 0.2) < 0.001)
    #expect(abs((area(0.3) ?? 9) - 0.3) < 0.001)
    #expect(abs((area(0.7) ?? 9) - 0.1) < 0.001)
    #expect(area(0.96) == 0)
  }

  @Test("knows the run that was cut short by its request, and not one that has ended")
  func runs() throws {
    let book = try Book(Ledger(temporary: ()), request: "r")
    #expect(try book.ledger.takeUpRun(request: "other", terms: book.terms) == nil)
    let cut = try #require(try book.ledger.takeUpRun(request: "r", terms: book.terms))
    #expect(cut.id == book.run && cut.ulid == "RUN1")
    try book.ledger.endRun(book.run)
    #expect(try book.ledger.takeUpRun(request: "r", terms: book.terms) == nil)
  }

  @Test("does not hand a run to a second process while the first is alive")
  func owner() throws {
    let folder = try Scratch()
    let path = folder.file("scan.ledger")
    let book = try Book(Ledger(path: path), request: "r")
    let other = Process()
    other.executableURL = URL(fileURLWithPath: "/bin/sleep")
    other.arguments = ["60"]
    try other.run()
    let stat = try String(contentsOfFile: "/proc/\(other.processIdentifier)/stat", encoding: .utf8)
    let began = stat[stat.lastIndex(of: ")")!...].split(separator: " ")[20]
    let boot = ProcessIdentity.own.boot
    let queue = try DatabaseQueue(path: path)
    try queue.write {
      try $0.execute(sql: "UPDATE run SET owner = ?", arguments: ["\(boot) \(other.processIdentifier) \(began)"])
    }
    let busy = #expect(throws: LedgerError.self) { try book.ledger.takeUpRun(request: "r", terms: book.terms) }
    #expect(busy?.code == .busy)
    other.terminate()
    other.waitUntilExit()
    #expect(try book.ledger.takeUpRun(request: "r", terms: book.terms) != nil)
  }

  @Test("of the first version is opened, and its judgements clear whom the ballots call real")
  func migrated() throws {
    let folder = try Scratch()
    let path = folder.file("first")
    do {
      let first = try DatabaseQueue(path: path)
      try LedgerSchema.migrator.migrate(first, upTo: "1")
      try first.write { database in
        try database.execute(
          sql: """
            INSERT INTO model VALUES (1, 'a', 'example', '1', 0.5, 100, 1, 0, 1.3, 256, '[0.5]', NULL, NULL, NULL);
            INSERT INTO settings VALUES (1, 'b', '{}');
            INSERT INTO judgement VALUES (7, 0.5, 10, 6, 0.5, 0.1, 1);
            INSERT INTO run VALUES (1, 'U', '0.1.0', '2026-01-01T00:00:00Z', NULL, '{}', NULL, NULL, 0, 1, 1, 7);
            """)
      }
    }
    let judgements = [Judgement(threshold: 0.5, votes: VoteRule())]
    // By a report as well, which changes nothing else.
    #expect(try Ledger(path: path, for: .read).runs().map(\.judgement) == judgements)
    let ledger = try Ledger(path: path)
    #expect(try ledger.runs().map(\.judgement) == judgements)
    // The table that was written anew takes judgements that differ in nothing else.
    let book = try Book(ledger)
    try book.keep(Footage(seed: 3), sha256: "c", at: "a.mp4", place: 0, sequence: 2...3)
    #expect(try ledger.runs().count == 2)
  }

  @Test("is refused in one sentence when it is no ledger, another program's database, damaged, or of a newer version")
  func refused() throws {
    let folder = try Scratch()
    func code(_ name: String) throws -> LedgerError.Code? {
      let path = folder.file(name)
      let error = #expect(throws: LedgerError.self) { try Ledger(path: path) }
      #expect(error?.description.contains(path) == true)
      #expect(error?.description.contains("\n") == false)
      return error?.code
    }
    try folder.write(String(repeating: "not a database, a text. ", count: 20), to: "text")
    #expect(try code("text") == .foreign)

    try DatabaseQueue(path: folder.file("other")).write { database in
      try database.execute(sql: "PRAGMA application_id = 7; CREATE TABLE t (x); INSERT INTO t VALUES (1)")
    }
    #expect(try code("other") == .foreign)

    _ = try Ledger(path: folder.file("newer"))
    try DatabaseQueue(path: folder.file("newer")).write { database in
      try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('999')")
    }
    #expect(try code("newer") == .newer)

    do {
      let book = try Book(Ledger(path: folder.file("damaged")))
      try book.keep(Footage(seed: 3), sha256: "c", at: "a.mp4", place: 0, sequence: 2...3)
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("damaged")))
    var damaged = data
    for offset in 100..<data.count { damaged[offset] = 0xA5 }
    try damaged.write(to: URL(fileURLWithPath: folder.file("damaged")))
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder.file("damaged" + suffix)) }
    #expect(try code("damaged") == .corrupt)

    #expect(throws: LedgerError.self) { try Ledger(path: folder.file("missing"), for: .read) }
  }

  @Test("that is forgotten with the process still tells of a copy of what it has told of and dropped")
  func forgets() throws {
    let book = try Book(Ledger(temporary: ()))
    let id = try book.keep(Footage(seed: 1), sha256: "c", at: "a.mp4", place: 0, sequence: 2...4)
    try book.ledger.forget(try book.ledger.items(of: book.run, behind: 0), of: book.run)
    #expect(try book.ledger.ballots(of: id).isEmpty && book.ledger.pictures(of: id).isEmpty)
    let known = try #require(try book.ledger.scan(ofContent: "c", under: book.terms))
    let copy = LedgerItem(path: "b.mp4", absolute: "/archive/b.mp4", scan: known)
    try book.ledger.keep([ToldItem(item: copy, place: 1, sequence: 5...7)], of: book.run, behind: 4)
    #expect(try book.ledger.verdict(of: known, under: book.terms.judgement) != nil)
    #expect(try !book.ledger.stretches(of: known, under: book.terms.judgement).isEmpty)
  }

  @Test("takes over what another one knows, and nothing twice")
  func merges() throws {
    let folder = try Scratch()
    let ours = try Book(Ledger(path: folder.file("ours")), ulid: "RUN1")
    let theirs = try Book(Ledger(path: folder.file("theirs")), ulid: "RUN2", threshold: 0.8)
    try ours.keep(Footage(seed: 1), sha256: "shared", at: "a.mp4", place: 0, sequence: 2...4)
    try theirs.keep(Footage(seed: 5), sha256: "only-theirs", at: "b.mp4", place: 0, sequence: 2...4)
    let shared = try theirs.keep(Footage(seed: 1), sha256: "shared", at: "copy.mp4", place: 1, sequence: 5...7)
    for _ in 0..<2 {
      try ours.ledger.merge(folder.file("theirs"))
      var entries: [LedgerEntry] = []
      try ours.ledger.forEachEntry { entries.append($0) }
      #expect(entries.map(\.path) == ["a.mp4", "b.mp4", "copy.mp4"])
      #expect(entries.map(\.sha256) == ["shared", "only-theirs", "shared"])
      // The same content, looked at once here and once there, is one scan with two verdicts.
      #expect(entries[0].scan?.id == entries[2].scan?.id)
      #expect(try entries[2].verdict == theirs.ledger.verdict(of: shared, under: theirs.terms.judgement))
      let taken = try #require(entries[1].scan?.id)
      #expect(try ours.ledger.ballots(of: taken).count == Footage(seed: 5).ballots.count)
      #expect(try ours.ledger.pictures(of: taken).count == 1)
      #expect(try ours.ledger.runs().map(\.ulid) == ["RUN1", "RUN2"])
    }
  }

  @Test("keeps an error in the words of whatever path its content lies at")
  func errors() throws {
    let book = try Book(Ledger(temporary: ()))
    var scan = FinishedScan()
    scan.failure = LedgerFailure(code: "damaged", message: "a/x.mp4 is damaged: a/x.mp4 ends early")
    let id = try book.ledger.keep(
      scan, of: ("c", 1), path: "a/x.mp4", judged: JudgedScan(), under: book.terms, by: book.run)
    let kept = try book.ledger.scan(id, at: "b/copy.mp4")
    #expect(kept?.failure?.message == "b/copy.mp4 is damaged: b/copy.mp4 ends early")
  }
}
