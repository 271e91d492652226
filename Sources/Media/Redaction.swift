import Synchronization

/// The one place that takes credentials out of text: of addresses, of error messages, of FFmpeg's own log.
public enum Redaction {
  static let mark = "***"

  /// Names whose value in a query, or behind a `name=` in a path, is a secret.
  private static let secretNames: Set<String> = [
    "password", "passwd", "passphrase", "pass", "pwd", "pw", "psw", "user", "usr", "username", "login", "loginuse",
    "loginpas", "auth", "authorization", "token", "access_token", "key", "apikey", "api_key", "secret", "sig",
    "signature", "credential", "x-amz-signature", "x-amz-credential", "x-amz-security-token",
  ]

  /// Secrets of locations in use, known to the process so that messages written by FFmpeg can be cleaned.
  private static let known = Mutex<[String: Int]>([:])

  /// `text`, an address, without its credentials. Everything up to the last `@` is taken for credentials, so that a
  /// password with delimiters in it cannot show.
  static func address(_ text: String) -> String {
    guard let mark = AddressParts.schemeEnd(of: text) else { return hidingSecretValues(in: text) }
    let scheme = text[..<mark] + "://"
    let rest = text[mark...].dropFirst(3)
    guard let at = rest.lastIndex(of: "@") else { return scheme + hidingSecretValues(in: String(rest)) }
    return scheme + Self.mark + hidingSecretValues(in: String(rest[at...]))
  }

  /// `text`, any message, without the credentials of any location in use and without credentials in any address.
  public static func message(_ text: String) -> String {
    var cleaned = text
    let secrets = known.withLock { Array($0.keys) }.sorted { $0.utf8.count > $1.utf8.count }
    for secret in secrets { cleaned = cleaned.replacing(secret, with: mark) }
    guard cleaned.contains("://") || cleaned.contains("=") else { return cleaned }
    return cleaned.split(separator: " ", omittingEmptySubsequences: false).map { word in
      // An address may stand inside quotes or behind "url=", so its scheme is looked for from the back.
      guard let mark = word.firstRange(of: "://") else { return hidingSecretValues(in: String(word)) }
      let before = word[..<mark.lowerBound]
      let schemeStart = before.lastIndex { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
      let start = schemeStart.map { word.index(after: $0) } ?? word.startIndex
      return word[..<start] + address(String(word[start...]))
    }.joined(separator: " ")
  }

  /// Makes `message` hide the secrets of `location` until the matching `forget`. Very short ones (under three bytes)
  /// would blot out ordinary words; those are still hidden inside addresses.
  static func remember(_ location: Location) {
    known.withLock { known in
      for secret in location.secrets where secret.utf8.count >= 3 { known[secret, default: 0] += 1 }
    }
  }

  static func forget(_ location: Location) {
    known.withLock { known in
      for secret in location.secrets {
        guard let count = known[secret] else { continue }
        known[secret] = count > 1 ? count - 1 : nil
      }
    }
  }

  /// The values in `text` that stand behind the name of a secret and an equals sign.
  static func secretValues(in text: String) -> [String] {
    secretRanges(in: text).map { String(text[$0]) }
  }

  private static func hidingSecretValues(in text: String) -> String {
    var shown = ""
    var position = text.startIndex
    for range in secretRanges(in: text) {
      shown += text[position..<range.lowerBound] + mark
      position = range.upperBound
    }
    return shown + text[position...]
  }

  /// A value ends at `&`, `#`, `;` or a quote. Cameras that write "user=a_password=b_channel=1" into the path lose the
  /// whole of it, which errs on the right side.
  private static func secretRanges(in text: String) -> [Range<String.Index>] {
    var ranges: [Range<String.Index>] = []
    var position = text.startIndex
    while let equals = text[position...].firstIndex(of: "=") {
      let name = text[position..<equals].suffix(while: {
        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-")
      })
      let start = text.index(after: equals)
      let lowered = name.lowercased()
      let lastWord = lowered.split(separator: "_").last.map(String.init) ?? ""
      let isSecret = secretNames.contains(lowered) || secretNames.contains(lastWord)
      if isSecret {
        let end = text[start...].firstIndex { "&#;\"'".contains($0) } ?? text.endIndex
        if start < end { ranges.append(start..<end) }
        position = end
      } else {
        position = start
      }
    }
    return ranges
  }
}

extension Substring {
  /// The longest suffix whose characters all satisfy `predicate`.
  fileprivate func suffix(while predicate: (Character) -> Bool) -> Substring {
    suffix(reversed().prefix(while: predicate).count)
  }
}
