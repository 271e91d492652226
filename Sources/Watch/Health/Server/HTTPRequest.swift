/// A request that only reads: its method, its target and the few headers that matter here.
struct HTTPRequest: Sendable, Hashable {
  enum Method: String, Sendable, Hashable {
    case get = "GET"
    case head = "HEAD"
  }

  var method = Method.get
  /// Up to the question mark, as sent.
  var path: String
  /// Parameters behind the question mark, decoded; of several of one name the first.
  var query: [String: String] = [:]
  /// As sent.
  var host: String?
  var authorization: String?
  /// Whether the connection may serve another request afterwards.
  var staysOpen = true
}

/// What the bytes of a connection are so far.
enum HTTPReading: Sendable, Hashable {
  /// The head has not ended yet.
  case incomplete
  /// A request, and how many bytes it takes.
  case request(HTTPRequest, length: Int)
  /// Nothing that can be answered otherwise; the connection is of no use any more.
  case refusal(HTTPStatus)

  /// Bytes that a head may have, and header lines in it.
  static let longestHead = 8192
  static let mostHeaders = 64

  /// Reads the head of an HTTP/1.0 or 1.1 request (RFC 9112), strictly: whoever speaks otherwise is refused.
  init(_ bytes: [UInt8]) {
    guard let length = Self.headLength(bytes) else {
      self = bytes.count >= Self.longestHead ? .refusal(.headersTooLarge) : .incomplete
      return
    }
    guard length <= Self.longestHead else {
      self = .refusal(.headersTooLarge)
      return
    }
    do {
      self = .request(try Self.request(bytes[..<(length - 4)]), length: length)
    } catch {
      self = .refusal(error)
    }
  }

  /// Bytes up to the empty line and with it.
  private static func headLength(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    let limit = min(bytes.count, longestHead + 4)
    for end in 4...max(4, limit) where bytes[end - 1] == 0x0A {
      if bytes[end - 2] == 0x0D && bytes[end - 3] == 0x0A && bytes[end - 4] == 0x0D { return end }
    }
    return nil
  }

  private static func request(_ head: ArraySlice<UInt8>) throws(HTTPStatus) -> HTTPRequest {
    let lines = try lines(of: head)
    let words = lines[0].split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count == 3, isToken(words[0]), words[1].allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .badRequest
    }
    let version = text(words[2])
    guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
      throw version.hasPrefix("HTTP/") ? .versionNotSupported : .badRequest
    }
    guard let method = HTTPRequest.Method(rawValue: text(words[0])) else { throw .methodNotAllowed }
    // A path alone: nobody's proxy answers here, and `*` is for OPTIONS.
    guard words[1].first == UInt8(ascii: "/") else { throw .badRequest }
    let target = text(words[1]).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var request = HTTPRequest(method: method, path: String(target[0]))
    if target.count == 2 { request.query = try query(target[1]) }
    request.staysOpen = version == "HTTP/1.1"
    try readHeaders(lines.dropFirst(), into: &request)
    if version == "HTTP/1.1" && request.host == nil { throw .badRequest }
    return request
  }

  /// - Throws: when a line holds anything but visible characters, spaces and tabs, or there are too many lines.
  private static func lines(of head: ArraySlice<UInt8>) throws(HTTPStatus) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = head.startIndex
    var index = head.startIndex
    while index < head.endIndex {
      let byte = head[index]
      if byte == 0x0D {
        guard index + 1 < head.endIndex, head[index + 1] == 0x0A else { throw .badRequest }
        lines.append(head[start..<index])
        guard lines.count <= mostHeaders else { throw .headersTooLarge }
        index += 2
        start = index
        continue
      }
      guard byte == 0x09 || byte >= 0x20 && byte != 0x7F else { throw .badRequest }
      index += 1
    }
    return lines + [head[start...]]
  }

  private static func readHeaders(
    _ lines: ArraySlice<ArraySlice<UInt8>>, into request: inout HTTPRequest
  ) throws(HTTPStatus) {
    for line in lines {
      // A name, a colon right behind it, and no continuation of the line before.
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), isToken(line[..<colon]) else { throw .badRequest }
      let value = text(line[(colon + 1)...]).trimmed
      switch text(line[..<colon]).lowercased() {
      case "host":
        guard request.host == nil else { throw .badRequest }
        request.host = value
      case "authorization":
        guard request.authorization == nil else { throw .badRequest }
        request.authorization = value
      case "connection":
        let words = value.lowercased().split(separator: ",").map { String($0).trimmed }
        if words.contains("close") { request.staysOpen = false }
      // Whoever only asks sends nothing along; what cannot be skipped safely is not taken.
      case "content-length": guard value == "0" else { throw .badRequest }
      case "transfer-encoding": throw .badRequest
      default: break
      }
    }
  }

  private static func query(_ text: Substring) throws(HTTPStatus) -> [String: String] {
    var query: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(parts[0]), let value = decoded(parts.count == 2 ? parts[1] : "") else {
        throw .badRequest
      }
      if query[name] == nil { query[name] = value }
    }
    return query
  }

  /// Percent-encoding taken off; nil when it is broken or not UTF-8.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension String {
  fileprivate var trimmed: String {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    var text = self[...]
    while let first = text.first, isBlank(first) { text.removeFirst() }
    while let last = text.last, isBlank(last) { text.removeLast() }
    return String(text)
  }
}
