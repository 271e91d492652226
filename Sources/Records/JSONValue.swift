/// A JSON value whose objects keep the order of their keys, as records must (DESIGN.md §4).
///
/// There is no null: an absent value is an absent key. Foundation's encoder either shuffles or sorts keys, which is
/// why the few lines below exist.
public indirect enum JSONValue: Sendable, Hashable {
  case string(String)
  case integer(Int64)
  /// A number printed with at most `decimals` digits after the point, trailing zeros dropped.
  case number(Double, decimals: Int)
  case bool(Bool)
  case array([JSONValue])
  case object(JSONObject)

  /// The value's text, UTF-8, without any white space.
  public func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return bytes
  }

  /// Appends the value's text to `bytes`, UTF-8, without any white space.
  func write(to bytes: inout [UInt8]) {
    switch self {
    case .string(let text): Self.write(text, to: &bytes)
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .number(let value, let decimals): bytes.append(contentsOf: Self.text(of: value, decimals: decimals).utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .array(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object): object.write(to: &bytes)
    }
  }

  /// Fixed notation; JSON has neither infinities nor NaN, so those become 0.
  private static func text(of value: Double, decimals: Int) -> String {
    guard value.isFinite else { return "0" }
    let factor = power(of: decimals)
    let scaled = (value * factor).rounded()
    guard abs(scaled) < 9e15 else { return String(Int64(clamping: Int(value.rounded().clamped(to: 9e18)))) }
    let whole = Int64(abs(scaled)) / Int64(factor)
    var fraction = Int64(abs(scaled)) % Int64(factor)
    var text = (scaled < 0 ? "-" : "") + String(whole)
    guard fraction > 0 else { return text }
    var width = decimals
    while fraction % 10 == 0 {
      fraction /= 10
      width -= 1
    }
    let digits = String(fraction)
    text += "." + String(repeating: "0", count: width - digits.count) + digits
    return text
  }

  private static func power(of decimals: Int) -> Double {
    precondition((0...9).contains(decimals), "a record's numbers have 0 to 9 decimals")
    return (0..<decimals).reduce(1) { product, _ in product * 10 }
  }

  static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x0D: bytes.append(contentsOf: "\\r".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7F:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension Double {
  fileprivate func clamped(to limit: Double) -> Double { Swift.min(Swift.max(self, -limit), limit) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}
