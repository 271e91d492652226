internal import Foundation

/// What this process takes of the machine, from /proc/self, which a sandbox leaves visible.
struct ProcessFigures: Sendable, Hashable {
  /// Bytes in memory, and bytes of address space.
  var residentBytes = 0
  var virtualBytes = 0
  /// Open file descriptors, and how many there may be.
  var openDescriptors = 0
  var mostDescriptors = 0
  /// Seconds of processor time, user's and system's.
  var processorSeconds = 0.0

  /// As of now.
  static func current() -> ProcessFigures {
    var figures = ProcessFigures()
    // Pages: all, resident, ...
    if let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) {
      let pages = text.split(separator: " ").prefix(2).compactMap { Int($0) }
      let size = sysconf(Int32(_SC_PAGESIZE))
      if pages.count == 2 { (figures.virtualBytes, figures.residentBytes) = (pages[0] * size, pages[1] * size) }
    }
    figures.openDescriptors = descriptors()
    var limit = rlimit()
    if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      figures.mostDescriptors = Int(clamping: limit.rlim_cur)
    }
    var time = timespec()
    if unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 {
      figures.processorSeconds = Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
    return figures
  }

  private static func descriptors() -> Int {
    guard let folder = unsafe opendir("/proc/self/fd") else { return 0 }
    defer { unsafe closedir(folder) }
    var count = 0
    while unsafe readdir(folder) != nil { count += 1 }
    // Not counted: "." and "..", and the folder that is being read.
    return max(0, count - 3)
  }
}
