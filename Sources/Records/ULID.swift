/// A universally unique, lexicographically sortable identifier: 48 bits of milliseconds and 80 random bits as 26
/// characters of Crockford's base 32 (the ULID specification).
public struct ULID: Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(at time: Timestamp = .now(), using random: inout some RandomNumberGenerator) {
    let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    let milliseconds = UInt64(max(0, time.microseconds / 1000)) & 0xFFFF_FFFF_FFFF
    var text = ""
    for place in stride(from: 45, through: 0, by: -5) { text.append(alphabet[Int(milliseconds >> UInt64(place) & 31)]) }
    for _ in 0..<16 { text.append(alphabet[Int.random(in: 0..<32, using: &random)]) }
    description = text
  }

  public init(at time: Timestamp = .now()) {
    var random = SystemRandomNumberGenerator()
    self.init(at: time, using: &random)
  }
}
