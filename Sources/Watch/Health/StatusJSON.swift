internal import Records

/// What the daemon tells as JSON: to probes, and to the status page. Times are ages in seconds, so that no reader needs
/// to know the daemon's clock.
enum StatusJSON {
  /// Verdicts that ended longer ago than this are not shown any more, seconds.
  static let timelineSpan = 600.0

  /// Faces told of one picture.
  static let mostFaces = 32

  /// The body of `/healthz`.
  /// - Parameter isBrief: for those who may not know the streams: the status alone.
  static func health(_ service: ServiceSnapshot, isBrief: Bool) -> JSONObject {
    var object = JSONObject()
    let health = service.health
    object.set("status", health.status.rawValue)
    guard !isBrief else { return object }
    if !health.problems.isEmpty { object.set("problems", .array(health.problems.map { .object(json($0)) })) }
    if let blockage = health.blockage { object.set("records", json(blockage)) }
    if !health.stale.isEmpty { object.set("stale", .array(health.stale.map { .string($0) })) }
    object.set("last_frame_seconds", health.lastFrame, decimals: 3)
    object.set("last_analysed_seconds", health.lastAnalysed, decimals: 3)
    object.set("last_verdict_seconds", health.lastVerdict, decimals: 3)
    object.set(
      "streams",
      .array(
        service.streams.map { stream in
          var item = JSONObject()
          item.set("name", stream.details.name)
          item.set("state", stream.state.rawValue)
          item.set("reason", stream.reason)
          item.set("last_frame_seconds", stream.lastFrame.map { max(0, service.now - $0) }, decimals: 3)
          return .object(item)
        }))
    return object
  }

  /// The body of `/readyz`.
  static func readiness(_ service: ServiceSnapshot, isBrief: Bool) -> JSONObject {
    var object = JSONObject()
    object.set("ready", .bool(service.isReady))
    if !service.isReady && !isBrief {
      let untried = service.streams.filter { $0.state == .connecting && $0.reason == StreamReason.start }
      object.set("untried", .array(untried.map { .string($0.details.name) }))
    }
    return object
  }

  /// The body of `/api/status`: everything that the page shows.
  static func status(_ service: ServiceSnapshot) -> JSONObject {
    var object = JSONObject()
    object.set("version", service.identity.version)
    object.set("time", Timestamp(unixSeconds: service.wallTime).rfc3339)
    object.set("uptime", service.uptime, decimals: 0)
    object.set("ready", .bool(service.isReady))
    object.set("status", service.health.status.rawValue)
    object.set("problems", .array(service.health.problems.map { .object(json($0)) }))
    if let blockage = service.health.blockage { object.set("records", json(blockage)) }
    var model = JSONObject()
    model.set("name", service.identity.model)
    model.set("version", service.identity.modelVersion)
    model.set("sha256", service.identity.modelSHA256)
    object.set("model", model)
    var process = JSONObject()
    process.set("memory", service.process.residentBytes)
    process.set("descriptors", service.process.openDescriptors)
    process.set("cpu", service.process.processorSeconds, decimals: 2)
    object.set("process", process)
    object.set("streams", .array(service.streams.map { .object(json($0, at: service.now)) }))
    return object
  }

  private static func json(_ problem: HealthReport.Problem) -> JSONObject {
    var object = JSONObject()
    object.set("reason", problem.reason)
    object.set("message", problem.message)
    return object
  }

  private static func json(_ blockage: HealthReport.Blockage) -> JSONObject {
    var object = JSONObject()
    object.set("reason", blockage.reason)
    object.set("seconds", blockage.seconds, decimals: 1)
    return object
  }

  private static func json(_ stream: StreamSnapshot, at now: Double) -> JSONObject {
    var object = JSONObject()
    object.set("name", stream.details.name)
    object.set("kind", stream.details.kind)
    object.set("url", stream.details.url)
    object.set("state", stream.state.rawValue)
    object.set("reason", stream.reason)
    object.set("explanation", stream.explanation)
    object.set("since", max(0, now - stream.since), decimals: 1)
    object.set("last_frame", stream.lastFrame.map { max(0, now - $0) }, decimals: 1)
    object.set("rates", rates(stream, at: now))
    object.set("counters", counters(stream))
    object.set("queue", stream.queued)
    object.set("delay", stream.recentDelay, decimals: 4)
    var stages = JSONObject()
    for stage in StreamStatus.Stage.allCases {
      stages.set(stage.rawValue, stream.stages[stage].flatMap(mean), decimals: 4)
    }
    object.set("stages", stages)
    object.set("people", .array(stream.verdicts.standing.map { .object(json($0, at: now)) }))
    let past = stream.verdicts.past.filter { now - ($0.end ?? now) < timelineSpan }
    object.set("past", .array(past.map { .object(json($0, at: now)) }))
    if let picture = stream.picture, let time = stream.pictureTime {
      object.set("picture", json(picture, number: stream.pictureNumber, age: max(0, now - time)))
    }
    return object
  }

  private static func rates(_ stream: StreamSnapshot, at now: Double) -> JSONObject {
    var rates = JSONObject()
    rates.set("decoded", stream.decodedRate.rate(at: now), decimals: 1)
    rates.set("sampled", stream.sampledRate.rate(at: now), decimals: 1)
    rates.set("analysed", stream.analysedRate.rate(at: now), decimals: 1)
    return rates
  }

  private static func counters(_ stream: StreamSnapshot) -> JSONObject {
    var counters = JSONObject()
    let list = [
      ("decoded", stream.decoded), ("sampled", stream.sampled), ("analysed", stream.analysed),
      ("dropped", stream.dropped), ("failed", stream.failed), ("withheld", stream.withheld),
      ("corrupt", stream.corrupt), ("faces", stream.faces), ("reconnects", stream.reconnects),
      ("stalls", stream.stalls), ("freezes", stream.freezes), ("losses", stream.losses),
    ]
    for (name, count) in list { counters.set(name, count) }
    return counters
  }

  private static func mean(_ histogram: DurationHistogram) -> Double? {
    histogram.count > 0 ? histogram.sum / Double(histogram.count) : nil
  }

  private static func json(_ entry: VerdictTimeline.Entry, at now: Double) -> JSONObject {
    var object = JSONObject()
    object.set("track", entry.track)
    object.set("label", entry.label)
    object.set("reason", entry.reason)
    object.set("score", entry.score, decimals: 3)
    object.set("threshold", entry.threshold, decimals: 3)
    object.set("clearance", entry.clearance, decimals: 3)
    object.set("start", max(0, now - entry.start), decimals: 1)
    object.set("end", entry.end.map { max(0, now - $0) }, decimals: 1)
    return object
  }

  private static func json(_ picture: StatusPicture, number: Int, age: Double) -> JSONObject {
    var object = JSONObject()
    object.set("number", number)
    object.set("age", age, decimals: 1)
    object.set("width", picture.width)
    object.set("height", picture.height)
    return object
  }

  /// Who is where in a picture, boxes in shares of its width and height; goes along with the picture in one header line.
  static func faces(_ picture: StatusPicture) -> String {
    let faces = picture.faces.prefix(mostFaces).map { face in
      var object = JSONObject()
      object.set("track", face.track)
      object.set(
        "box", .array([face.x, face.y, face.width, face.height].map { .number($0, decimals: 4) }))
      object.set("score", face.score, decimals: 3)
      object.set("marked", .bool(face.isMarked))
      return JSONValue.object(object)
    }
    return String(decoding: JSONValue.array(faces).encoded(), as: UTF8.self)
  }
}
