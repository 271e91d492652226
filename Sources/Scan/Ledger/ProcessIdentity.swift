internal import Foundation

/// A process that cannot be mistaken for a later one with the same number.
struct ProcessIdentity: Sendable, Hashable {
  let boot: String
  let process: Int32
  /// Clock ticks after the boot at which it began.
  let began: String

  static let own = ProcessIdentity(
    boot: bootIdentity, process: getpid(), began: beginning(of: getpid()) ?? "0")

  var text: String { "\(boot) \(process) \(began)" }

  init(boot: String, process: Int32, began: String) {
    self.boot = boot
    self.process = process
    self.began = began
  }

  init?(_ text: String) {
    let parts = text.split(separator: " ")
    guard parts.count == 3, let process = Int32(parts[1]) else { return nil }
    self.init(boot: String(parts[0]), process: process, began: String(parts[2]))
  }

  /// Whether it runs on this machine. One of another machine or an earlier boot is taken for gone: SQLite's log cannot
  /// be shared between machines.
  var isAlive: Bool { boot == Self.bootIdentity && Self.beginning(of: process) == began }

  private static let bootIdentity =
    (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
    .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"

  /// Field 22 of `/proc/PID/stat`, counted behind the name, which may hold anything.
  private static func beginning(of process: Int32) -> String? {
    guard let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[end...].split(separator: " ")
    // A zombie has ended. The state stands first behind the name.
    guard fields.count > 20, fields[1] != "Z" else { return nil }
    return String(fields[20])
  }
}
