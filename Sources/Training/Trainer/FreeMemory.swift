internal import Foundation

/// How much memory may still be taken.
enum FreeMemory {
  /// What the kernel holds for available, or what the control group leaves, whichever is less; nil where neither is told.
  static var bytes: Int? {
    [available(File.memory), controlGroup()].compactMap(\.self).min()
  }

  private enum File {
    static let memory = "/proc/meminfo"
    static let most = "/sys/fs/cgroup/memory.max"
    static let current = "/sys/fs/cgroup/memory.current"
  }

  private static func available(_ path: String) -> Int? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return available(in: text)
  }

  /// `MemAvailable:   12345 kB`, in bytes.
  static func available(in text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }

  private static func controlGroup() -> Int? {
    func number(_ path: String) -> Int? {
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    guard let most = number(File.most), let current = number(File.current) else { return nil }
    return max(0, most - current)
  }
}
