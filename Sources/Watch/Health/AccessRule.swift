/// Who may ask what. A pure value.
struct AccessRule: Sendable {
  private let listen: ListenAddress?
  private let token: Secret?

  init(_ configuration: HealthConfiguration) {
    listen = configuration.listen
    token = configuration.token
  }

  /// Whether a request for this host is meant for us.
  ///
  /// Without a token, loopback is what keeps strangers out, and a browser on this machine must not let them in: a page
  /// from elsewhere can have its own name resolve to 127.0.0.1, but not an address.
  func admits(host: String?) -> Bool {
    guard token == nil, case .network(_, _)? = listen, listen?.isLoopback == true, let host else { return true }
    return Self.isAddress(host)
  }

  /// `localhost`, or an IPv4 or IPv6 address, with or without a port.
  static func isAddress(_ host: String) -> Bool {
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: "]") else { return false }
      return isPort(host[host.index(after: end)...])
        && host[..<end].dropFirst().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }
    let parts = host.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 1 || UInt16(parts[1]) != nil else { return false }
    if parts[0].lowercased() == "localhost" { return true }
    let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers.allSatisfy { UInt8($0) != nil }
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.isEmpty || text.first == ":" && UInt16(text.dropFirst()) != nil
  }

  /// Whether an `Authorization` header opens what the token guards. Takes as long for a token that is nearly right as
  /// for one that is all wrong.
  func authorises(_ header: String?) -> Bool {
    guard let token else { return true }
    let parts = (header ?? "").split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
    return Self.areEqual(Array(parts[1].utf8), Array(token.plain.utf8))
  }

  /// Compares all of `secret`, wherever the first difference lies.
  static func areEqual(_ given: [UInt8], _ secret: [UInt8]) -> Bool {
    var difference = given.count ^ secret.count
    for index in secret.indices { difference |= Int(secret[index] ^ (index < given.count ? given[index] : 0)) }
    return difference == 0 && !secret.isEmpty
  }
}
