/// One client's connection as a plain value: bytes come in, bytes go out, and time is never unlimited. Requests are
/// answered one after another.
struct HTTPConnection: Sendable {
  /// Seconds within which a request must be complete, counted from its first byte; before it a connection may rest for
  /// `longestRest`.
  static let longestRequest = 5.0
  static let longestRest = 20.0
  /// Seconds within which some of an answer must be taken, and all of it.
  static let longestPause = 5.0
  static let longestAnswer = 60.0

  private var input: [UInt8] = []
  private var output: [UInt8] = []
  private var sent = 0
  private var staysOpen = true
  /// Nothing that the client says now is listened to any more.
  private var hasEnded = false
  /// When the connection was made, or the last answer was taken.
  private(set) var restingSince: Double
  private var requestSince: Double?
  /// When the answer that is being taken was begun; nil while there is none.
  private(set) var answerSince: Double?
  private var lastProgress: Double

  init(at now: Double) {
    restingSince = now
    lastProgress = now
  }

  /// Whether it waits for bytes, or for room to send some.
  var wantsInput: Bool { !hasEnded && output.isEmpty }
  var wantsOutput: Bool { !output.isEmpty }
  /// What has still to be sent.
  var pending: ArraySlice<UInt8> { output[sent...] }
  /// Whether it can be closed.
  var isOver: Bool { output.isEmpty && (hasEnded || !staysOpen) }

  /// When patience ends.
  var deadline: Double {
    if let answerSince { return min(lastProgress + Self.longestPause, answerSince + Self.longestAnswer) }
    if let requestSince { return requestSince + Self.longestRequest }
    return restingSince + Self.longestRest
  }

  /// Bytes have come.
  mutating func received(
    _ bytes: ArraySlice<UInt8>, at now: Double, answer: (HTTPRequest) -> HTTPResponse
  ) {
    guard !hasEnded else { return }
    input += bytes
    requestSince = requestSince ?? now
    proceed(at: now, answer)
  }

  /// The client will say nothing more.
  mutating func inputEnded() { hasEnded = true }

  /// So many bytes of `pending` are on their way.
  mutating func didSend(_ count: Int, at now: Double, answer: (HTTPRequest) -> HTTPResponse) {
    sent += count
    lastProgress = now
    guard sent >= output.count else { return }
    (output, sent, answerSince) = ([], 0, nil)
    restingSince = now
    requestSince = input.isEmpty ? nil : now
    // The next request may have come while this one was answered.
    if staysOpen && !input.isEmpty { proceed(at: now, answer) }
  }

  private mutating func proceed(at now: Double, _ answer: (HTTPRequest) -> HTTPResponse) {
    guard output.isEmpty else { return }
    switch HTTPReading(input) {
    case .incomplete: return
    case .request(let request, let length):
      input.removeFirst(length)
      staysOpen = request.staysOpen && !hasEnded
      output = answer(request).encoded(hasBody: request.method == .get, staysOpen: staysOpen)
    case .refusal(let status):
      input = []
      staysOpen = false
      output = HTTPResponse.refusal(status).encoded(hasBody: true, staysOpen: false)
    }
    requestSince = nil
    answerSince = now
    lastProgress = now
  }
}
