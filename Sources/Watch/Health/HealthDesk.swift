internal import Foundation
internal import Records
internal import Synchronization

/// Where questions about the daemon's health are answered: each path, and who may ask it.
final class HealthDesk: Sendable {
  private let board: StatusBoard
  private let identity: ServiceIdentity
  private let sink: @Sendable () -> SinkStatus
  private let configuration: Mutex<HealthConfiguration>

  /// - Parameter sink: tells how the records fare.
  init(
    board: StatusBoard, identity: ServiceIdentity, sink: @escaping @Sendable () -> SinkStatus,
    _ configuration: HealthConfiguration
  ) {
    self.board = board
    self.identity = identity
    self.sink = sink
    self.configuration = Mutex(configuration)
  }

  func configure(_ next: HealthConfiguration) { configuration.withLock { $0 = next } }

  /// Answers one request.
  @Sendable func answer(_ request: HTTPRequest) -> HTTPResponse {
    let configuration = configuration.withLock { $0 }
    guard AccessRule(configuration).admits(host: request.host) else {
      return HTTPResponse(
        .misdirected, "ask by an address or as localhost; names are answered once a token is configured")
    }
    // The page itself holds nothing; what it shows it asks for.
    if let asset = StatusPage.asset(request.path) { return asset }
    let isAuthorised = AccessRule(configuration).authorises(request.authorization)
    switch request.path {
    case "/healthz":
      let service = snapshot(configuration)
      let isFailing = service.health.status == .failing
      return json(StatusJSON.health(service, isBrief: !isAuthorised), isFailing ? .unavailable : .ok)
    case "/readyz":
      let service = snapshot(configuration)
      return json(StatusJSON.readiness(service, isBrief: !isAuthorised), service.isReady ? .ok : .unavailable)
    case "/metrics", "/api/status", "/api/picture":
      return isAuthorised ? restricted(request, configuration) : Self.unauthorised
    default: return HTTPResponse(.notFound, "nothing is here; there are /, /healthz, /readyz and /metrics")
    }
  }

  private func restricted(_ request: HTTPRequest, _ configuration: HealthConfiguration) -> HTTPResponse {
    switch request.path {
    case "/metrics":
      HTTPResponse(type: "text/plain; version=0.0.4; charset=utf-8", body: Metrics.text(snapshot(configuration)))
    case "/api/status": json(StatusJSON.status(snapshot(configuration)))
    default: picture(request)
    }
  }

  /// The newest picture of a stream; nothing when the asker has it already. To ask is to look: it is what makes the
  /// analysis draw the next one.
  private func picture(_ request: HTTPRequest) -> HTTPResponse {
    guard let name = request.query["stream"],
      let status = board.streams.first(where: { $0.details.name == name })
    else { return HTTPResponse(.notFound, "there is no such stream") }
    status.isWatched()
    let stream = status.snapshot
    guard let picture = stream.picture, request.query["have"] != String(stream.pictureNumber) else {
      return HTTPResponse(.noContent, type: "", body: [])
    }
    var response = HTTPResponse(type: "image/jpeg", body: picture.bytes)
    response.headers["X-Faces"] = StatusJSON.faces(picture)
    response.headers["X-Picture"] = String(stream.pictureNumber)
    return response
  }

  private func snapshot(_ configuration: HealthConfiguration) -> ServiceSnapshot {
    ServiceSnapshot(
      identity: identity, streams: board.streams.map(\.snapshot), sink: sink(),
      staleAfter: configuration.staleAfter, isReady: board.isReady, process: .current(), started: board.started,
      now: board.now(),
      wallTime: Date().timeIntervalSince1970)
  }

  private func json(_ object: JSONObject, _ status: HTTPStatus = .ok) -> HTTPResponse {
    HTTPResponse(status, type: "application/json", body: object.encoded() + [0x0A])
  }

  private static let unauthorised: HTTPResponse = {
    var response = HTTPResponse(.unauthorised, "send the token as Authorization: Bearer")
    response.headers["WWW-Authenticate"] = "Bearer realm=\"unmask\""
    return response
  }()
}
