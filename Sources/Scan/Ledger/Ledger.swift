internal import Foundation
internal import GRDB

/// The book of an archive: which file was looked at, with which model, what each frame said of each person, and what
/// was concluded from it. One SQLite file.
///
/// A transaction that has been committed survives the end of the process and the loss of power (write-ahead log,
/// `synchronous = FULL`). Any number of processes may read while one writes.
public final class Ledger: Sendable {
  public enum Access: Sendable {
    case read
    /// Creates the file, and the folders it lies in, when they do not exist.
    case write
  }

  /// Whether it ends with the process.
  public let isTemporary: Bool
  /// Whether what has been told is dropped, because nobody will ask for it again.
  let forgetsTold: Bool
  /// Where it lies; `memory` for one that lives as long as the process.
  public let path: String
  private let database: any DatabaseWriter

  /// Opens a ledger, bringing an older one up to this version.
  /// - Throws: when it cannot be opened, is no ledger, was written by a newer version, or is damaged.
  public init(path: String, for access: Access = .write) throws(LedgerError) {
    self.path = path
    isTemporary = false
    forgetsTold = false
    do {
      if access == .write {
        try Self.makeFolder(of: path)
      } else if !FileManager.default.fileExists(atPath: path) {
        throw LedgerError(.unreachable, "ledger \(path) does not exist; `unmask scan` makes one")
      }
      try Self.refuseForeign(path)
      switch access {
      case .read: database = try DatabaseQueue(path: path, configuration: Self.configuration(isReadOnly: true))
      case .write:
        database = try DatabasePool(path: path, configuration: Self.configuration(isReadOnly: false))
        try Self.protect(path)
      }
      try checkVersion()
      switch access {
      case .write: try LedgerSchema.migrator.migrate(database)
      // An older one is brought up to date, or what came later could not be read.
      case .read: if try isOutdated() { _ = try Ledger(path: path) }
      }
    } catch {
      throw LedgerError(error, at: path)
    }
  }

  /// A ledger that is forgotten with the process. It spills to the disk when it grows.
  ///
  /// - Parameter forgetsTold: drops each file once it has been told; not where a report shall be made of all.
  public init(temporary: Void, forgetsTold: Bool = true) throws(LedgerError) {
    path = "memory"
    isTemporary = true
    self.forgetsTold = forgetsTold
    do {
      database = try DatabaseQueue(path: "")
      try LedgerSchema.migrator.migrate(database)
    } catch {
      throw LedgerError(error, at: path)
    }
  }

  /// Reads within one transaction: all of `body` sees the same state.
  func read<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
    do {
      return try database.read(body)
    } catch {
      throw LedgerError(error, at: path)
    }
  }

  /// Changes all or nothing; when it returns, the change is on the disk.
  @discardableResult
  func write<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
    do {
      return try database.write(body)
    } catch {
      throw LedgerError(error, at: path)
    }
  }

  /// Runs outside of a transaction, as attaching another ledger requires.
  func writeWithoutTransaction<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
    do {
      return try database.writeWithoutTransaction(body)
    } catch {
      throw LedgerError(error, at: path)
    }
  }

  private static func configuration(isReadOnly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    configuration.busyMode = .timeout(20)
    configuration.prepareDatabase { database in
      guard !database.configuration.readonly else { return }
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
    }
    return configuration
  }

  private func checkVersion() throws {
    let path = path
    try database.read { database in
      let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
      guard application == LedgerSchema.application || isEmpty else {
        throw LedgerError(.foreign, "ledger \(path) is another program's database; name another file with --ledger")
      }
      if try LedgerSchema.migrator.hasBeenSuperseded(database) {
        throw LedgerError(.newer, "ledger \(path) was written by a newer version of unmask; use that one")
      }
    }
  }

  /// Whether an earlier version of the program wrote it last.
  private func isOutdated() throws -> Bool {
    try database.read { database in
      let migrator = LedgerSchema.migrator
      return try !migrator.appliedIdentifiers(database).isEmpty && !migrator.hasCompletedMigrations(database)
    }
  }

  private static func makeFolder(of path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    guard !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) else { return }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw LedgerError(.unreachable, "ledger \(path): its folder \(folder) cannot be made; use --ledger")
    }
  }

  /// Faces are in it: nobody but the owner and the group reads a ledger.
  private static func protect(_ path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
  }

  /// A file that is there and not empty must say of itself that it is a ledger, before anything is changed in it.
  private static func refuseForeign(_ path: String) throws {
    guard let file = FileHandle(forReadingAtPath: path) else { return }
    defer { try? file.close() }
    let head = try file.read(upToCount: 100) ?? Data()
    guard !head.isEmpty else { return }
    guard head.count == 100, head.starts(with: Data("SQLite format 3\0".utf8)) else {
      throw LedgerError(.foreign, "ledger \(path) is not a ledger; name another file with --ledger")
    }
    // The number is big endian at byte 68. A ledger whose first transaction still lies in its log has none yet, but
    // is in log mode (byte 18) or has no more than the page of its header.
    let application = head[68..<72].reduce(0) { $0 << 8 | Int($1) }
    let isYoung = try application == 0 && (head[18] == 2 || file.seekToEnd() <= 65_536)
    guard application == LedgerSchema.application || isYoung else {
      throw LedgerError(.foreign, "ledger \(path) is another program's database; name another file with --ledger")
    }
  }
}
