/// An ordered JSON object.
public struct JSONObject: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    public let key: String
    public var value: JSONValue
  }

  public private(set) var members: [Member] = []

  public init() {}

  /// Appends a member, or nothing when the value is nil: records hold no nulls.
  public mutating func set(_ key: String, _ value: JSONValue?) {
    guard let value else { return }
    precondition(!members.contains { $0.key == key }, "key \(key) is already set")
    members.append(Member(key: key, value: value))
  }

  public mutating func set(_ key: String, _ text: String?) { set(key, text.map(JSONValue.string)) }
  public mutating func set(_ key: String, _ count: Int?) { set(key, count.map { .integer(Int64($0)) }) }
  /// - Parameter decimals: digits after the point, 0...9.
  public mutating func set(_ key: String, _ number: Double?, decimals: Int) {
    set(key, number.map { .number($0, decimals: decimals) })
  }
  /// Appends an object member unless it is empty.
  public mutating func set(_ key: String, _ object: JSONObject) {
    if !object.members.isEmpty { set(key, .object(object)) }
  }

  func write(to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in members.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      JSONValue.write(member.key, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      member.value.write(to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// The object's text, UTF-8.
  public func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1024)
    write(to: &bytes)
    return bytes
  }

  /// Shortens the longest texts, one after another, until the encoded object has at most `limit` bytes. Log collectors
  /// cut longer lines in the middle, which would lose the whole record.
  public mutating func shorten(toFit limit: Int) {
    while true {
      let excess = encoded().count - limit
      guard excess > 0, let longest = longestText(), longest.unicodeScalars.count > 16 else { return }
      // A scalar takes one to six bytes: take away what is surely not too much, at most half, and look again.
      let scalars = longest.unicodeScalars
      let keep = max(scalars.count / 2, scalars.count - max(8, excess / 6))
      replace(longest, by: String(scalars.prefix(keep)) + "…")
    }
  }

  private func longestText() -> String? {
    var longest: String?
    func visit(_ value: JSONValue) {
      switch value {
      case .string(let text): if text.unicodeScalars.count > longest?.unicodeScalars.count ?? 0 { longest = text }
      case .array(let values): values.forEach(visit)
      case .object(let object): object.members.forEach { visit($0.value) }
      case .integer, .number, .bool: break
      }
    }
    members.forEach { visit($0.value) }
    return longest
  }

  private mutating func replace(_ text: String, by shorter: String) {
    func replaced(_ value: JSONValue) -> JSONValue {
      switch value {
      case .string(let other): return .string(other == text ? shorter : other)
      case .array(let values): return .array(values.map(replaced))
      case .object(var object):
        object.replace(text, by: shorter)
        return .object(object)
      case .integer, .number, .bool: return value
      }
    }
    for index in members.indices { members[index].value = replaced(members[index].value) }
  }
}
