internal import Foundation
internal import GRDB

/// Why a ledger cannot be used. One sentence that names the file and the way out.
public struct LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure a caller may want to tell apart.
  public enum Code: String, Sendable {
    /// It cannot be opened: no such folder, not permitted.
    case unreachable
    /// It is no ledger: another kind of file or database.
    case foreign
    /// A newer version of the program wrote it.
    case newer
    case corrupt
    /// There is no room, or the disk failed.
    case disk
    /// Another process holds it for too long.
    case busy
    /// Anything else that SQLite refused.
    case database
  }

  public let code: Code
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// What an error of the database means for the ledger at `path`.
  init(_ error: any Error, at path: String) {
    if let known = error as? LedgerError {
      self = known
      return
    }
    guard let error = error as? DatabaseError else {
      self.init(.database, "ledger \(path): \(error.localizedDescription)")
      return
    }
    switch error.resultCode.primaryResultCode {
    case .SQLITE_NOTADB:
      self.init(.foreign, "ledger \(path) is not a ledger; name another file with --ledger")
    case .SQLITE_CORRUPT:
      self.init(
        .corrupt, "ledger \(path) is damaged; restore a copy of it, or move it away to begin a new one")
    case .SQLITE_FULL:
      self.init(.disk, "ledger \(path) cannot grow: the disk is full; make room and run the same command again")
    case .SQLITE_IOERR:
      self.init(
        .disk, "ledger \(path) cannot be read or written: the disk reports an error (\(error.extendedResultCode))")
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY:
      self.init(
        .unreachable, "ledger \(path) cannot be opened for writing; check its folder's permissions or use --ledger")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(.busy, "ledger \(path) is in use by another process; wait for it or use another --ledger")
    default:
      self.init(.database, "ledger \(path): \(error.message ?? "SQLite refuses with \(error.extendedResultCode)")")
    }
  }
}
