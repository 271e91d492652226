import Glibc

/// Where a picture comes from: a file, a numbered image sequence, standard input or a network address.
///
/// A location never prints its credentials: `description` and `redacted` are the same text. What FFmpeg gets to see is
/// internal to this module.
public struct Location: Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// A regular file on disk.
    case file
    /// Numbered pictures on disk: a pattern such as `frames/img%04d.png`.
    case imageSequence = "image_sequence"
    /// Standard input, written `-`.
    case standardInput = "standard_input"
    /// `rtsp://` and `rtsps://`.
    case rtsp
    /// An `http(s)://` address that ends in `.m3u8`.
    case hls
    /// Any other `http(s)://` address.
    case http
    /// An address of a scheme that is not read; opening it throws.
    case unsupported
  }

  public let kind: Kind
  /// The location as it may be shown: the user, the password and secrets in the query are replaced by `***`.
  public let redacted: String
  /// What FFmpeg opens, or the path of a file. Holds credentials.
  let address: String
  /// Every spelling of the credentials that might turn up in a message.
  let secrets: Set<String>

  /// Reads `text` as the user wrote it. Everything without `scheme://` is a path; `file://` addresses are paths as well.
  ///
  /// `user` and `password` may be given apart, in plain spelling; they replace those in the address. That is the way for
  /// passwords with `/`, `@`, `?` or `#` in them. In an address, such characters should be percent-encoded; where they
  /// are not, the reading that hides more is taken for `redacted`.
  public init(_ text: String, user: String? = nil, password: String? = nil) {
    if text == "-" {
      self.init(kind: .standardInput, address: "-", redacted: "standard input")
    } else if let parts = AddressParts(text) {
      self.init(parts, text: text, user: user, password: password)
    } else {
      self.init(kind: NumberedPattern(text) == nil ? .file : .imageSequence, address: text, redacted: text)
    }
  }

  /// Whether the source goes on by itself and has no end, as far as the address tells. `VideoInfo.isLive` knows better.
  public var isLive: Bool { kind == .rtsp }

  /// Whether reading it needs the network.
  public var isNetwork: Bool { kind == .rtsp || kind == .hls || kind == .http }

  /// Whether it is a named pipe on disk at this moment.
  public var isNamedPipe: Bool {
    guard kind == .file else { return false }
    var status = stat()
    let isThere = unsafe stat(PathText.cString(of: address), &status) == 0
    return isThere && status.st_mode & S_IFMT == S_IFIFO
  }

  public var description: String { redacted }

  private init(kind: Kind, address: String, redacted: String, secrets: Set<String> = []) {
    self.kind = kind
    self.address = address
    self.redacted = redacted
    self.secrets = secrets
  }

  private init(_ parts: AddressParts, text: String, user: String?, password: String?) {
    switch parts.scheme {
    case "file":
      let path = PercentEncoding.decoded(parts.rest.hasPrefix("/") ? parts.rest : "/" + parts.afterHost)
      self.init(kind: NumberedPattern(path) == nil ? .file : .imageSequence, address: path, redacted: path)
      return
    case "rtsp", "rtsps", "http", "https":
      break
    default:
      self.init(
        kind: .unsupported, address: text, redacted: Redaction.address(text), secrets: parts.secrets)
      return
    }
    let kind: Kind =
      parts.scheme.hasPrefix("rtsp") ? .rtsp : parts.path.lowercased().hasSuffix(".m3u8") ? .hls : .http
    var credentials = parts.credentials
    if user != nil || password != nil {
      credentials = Credentials(user: user ?? credentials?.user ?? "", password: password ?? credentials?.password)
    }
    var redacted = Redaction.address(text)
    if parts.credentials == nil, credentials != nil {
      redacted = parts.scheme + "://***@" + redacted.dropFirst(parts.scheme.count + 3)
    }
    self.init(
      kind: kind,
      address: parts.scheme + "://" + (credentials.map { $0.encoded + "@" } ?? "") + parts.hostAndPath,
      redacted: redacted,
      secrets: parts.secrets.union(credentials?.spellings ?? []))
  }
}
