/// An address `scheme://[user[:password]@]host[:port][/path][?query]`, taken apart without ever refusing one.
struct AddressParts {
  /// In lower case.
  let scheme: String
  /// Everything after `://`.
  let rest: String
  /// Everything after the credentials.
  let hostAndPath: String
  let credentials: Credentials?

  /// Nil when `text` does not start with `scheme://`.
  init?(_ text: String) {
    guard let mark = Self.schemeEnd(of: text) else { return nil }
    scheme = text[..<mark].lowercased()
    let rest = text[mark...].dropFirst(3)
    self.rest = String(rest)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    var at = authority.lastIndex(of: "@")
    if at == nil, let colon = authority.lastIndex(of: ":"),
      !authority[colon...].dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }), !authority.contains("]")
    {
      // "rtsp://admin:pa/ss@camera": what looks like a port is none, so the password holds a delimiter.
      at = rest[authority.endIndex...].firstIndex(of: "@")
    }
    if let at {
      let pair = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      credentials = Credentials(
        user: PercentEncoding.decoded(String(pair[0])),
        password: pair.count > 1 ? PercentEncoding.decoded(String(pair[1])) : nil)
      hostAndPath = String(rest[at...].dropFirst())
    } else {
      credentials = nil
      hostAndPath = String(rest)
    }
  }

  /// The path without host, query and fragment.
  var path: String { String(afterHost.prefix { $0 != "?" && $0 != "#" }) }

  /// Everything after the first slash behind the host.
  var afterHost: String {
    hostAndPath.firstIndex(of: "/").map { String(hostAndPath[$0...].dropFirst()) } ?? ""
  }

  /// All that must not be shown, in every spelling: credentials, and values of the query that name a secret.
  var secrets: Set<String> {
    var found = credentials?.spellings ?? []
    if let at = rest.lastIndex(of: "@") {
      // The widest reading: everything up to the last "@" may be a password with delimiters in it.
      let wide = String(rest[..<at])
      found.insert(wide)
      if let colon = wide.firstIndex(of: ":") { found.insert(String(wide[colon...].dropFirst())) }
    }
    // Where the delimiters were taken otherwise, what is left of the password stands in front of the host.
    if let at = hostAndPath.lastIndex(of: "@") { found.insert(String(hostAndPath[..<at])) }
    for value in Redaction.secretValues(in: hostAndPath) {
      found.insert(value)
      found.insert(PercentEncoding.decoded(value))
    }
    return found.filter { !$0.isEmpty }
  }

  /// Where `://` begins, if all before it is a scheme (RFC 3986: a letter, then letters, digits, `+`, `-`, `.`).
  static func schemeEnd(of text: String) -> String.Index? {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
    let scheme = text[..<colon]
    guard let first = scheme.first, first.isASCII, first.isLetter,
      scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
    else { return nil }
    return colon
  }
}

/// A user and a password in plain spelling.
struct Credentials: Sendable, Hashable {
  var user: String
  var password: String?

  /// As an address holds it: everything but unreserved characters percent-encoded.
  var encoded: String {
    PercentEncoding.encoded(user) + (password.map { ":" + PercentEncoding.encoded($0) } ?? "")
  }

  /// The forms in which FFmpeg or a server may repeat it: plain, percent-encoded, and as HTTP's basic authentication.
  var spellings: Set<String> {
    var all: Set = [encoded, Base64.encoded(Array((user + ":" + (password ?? "")).utf8))]
    all.insert(user + ":" + (password ?? ""))
    if let password {
      all.formUnion([password, PercentEncoding.encoded(password), PercentEncoding.encoded(password).lowercased()])
    }
    return all.filter { !$0.isEmpty && $0 != ":" }
  }
}
