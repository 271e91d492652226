internal import Foundation
internal import Media

/// Names for streams that were given as bare addresses.
enum StreamName {
  /// One name for each location: the last part of its path, or else its host, made unique by a number.
  /// - Parameter taken: names that somebody else has.
  static func names(for locations: [Location], besides taken: Set<String> = []) -> [String] {
    var used = taken
    return locations.map { location in
      let base = base(of: location.redacted)
      var name = base
      var number = 2
      while !used.insert(name).inserted {
        name = "\(base)-\(number)"
        number += 1
      }
      return name
    }
  }

  private static func base(of address: String) -> String {
    let path = address.split(separator: "?", maxSplits: 1)[0]
    let withoutScheme = path.range(of: "://").map { path[$0.upperBound...] } ?? path
    let last = withoutScheme.split(separator: "/").last.map(String.init) ?? "stream"
    let host = last.split(separator: "@").last.map(String.init) ?? last
    let stem = (host as NSString).deletingPathExtension
    return stem.isEmpty ? "stream" : String(stem.prefix(64))
  }
}
