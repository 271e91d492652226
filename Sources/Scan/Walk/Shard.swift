internal import Media

/// One of several equal shares of an archive, for as many machines.
///
/// A path belongs to the same share wherever and whenever it is asked: by the SHA-256 of the path as it was given or
/// found, so that all machines must be given the same paths.
public struct Shard: Sendable, Hashable, CustomStringConvertible {
  /// From 1.
  public let number: Int
  public let count: Int

  /// Nil unless `1 ... count` holds `number`.
  public init?(number: Int, count: Int) {
    guard count >= 1, count <= 1_000_000, (1...count).contains(number) else { return nil }
    self.number = number
    self.count = count
  }

  /// Reads `K/N`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]) else { return nil }
    self.init(number: number, count: count)
  }

  public var description: String { "\(number)/\(count)" }

  public func contains(_ path: String) -> Bool {
    let digest = SHA256.hexDigest(of: Array(path.utf8)).prefix(15)
    return (Int(digest, radix: 16) ?? 0) % count == number - 1
  }
}
