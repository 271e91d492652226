#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The processor this program runs on.
public enum Processor {
  /// Refuses a processor without the instructions the kernels are built for, before one of them is reached: it would
  /// end the program without a word.
  ///
  /// - Throws: `ModelError` naming the instructions. On other architectures than x86-64 nothing is asked for.
  public static func check() throws(ModelError) {
    guard missing.isEmpty else {
      throw ModelError(
        .unsupported,
        "this processor lacks \(missing.joined(separator: " and ")), which the program is built for; run it on an x86-64 processor made since 2015, or build it without these instructions"
      )
    }
  }

  /// Read once; empty also where the system does not tell.
  private static let missing: [String] = {
    #if arch(x86_64)
      guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return [] }
      return missing(["avx2", "fma"], cpuinfo: text)
    #else
      return []
    #endif
  }()

  /// Which of these the first processor of a `/proc/cpuinfo` does not list among its flags.
  static func missing(_ features: [String], cpuinfo: String) -> [String] {
    guard let line = cpuinfo.split(separator: "\n").first(where: { $0.hasPrefix("flags") }) else { return [] }
    let flags = Set(line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ":" }))
    return features.filter { !flags.contains(Substring($0)) }
  }
}
