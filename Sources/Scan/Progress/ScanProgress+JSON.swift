internal import Records

extension ScanProgress {
  /// The progress as a line of JSON, for programs that look on.
  public func line(at now: Double, isOver: Bool) -> String {
    var object = JSONObject()
    object.set("elapsed", elapsed(at: now), decimals: 3)
    object.set("over", .bool(isOver))
    object.set("files", amount(done.files, of: found.files))
    object.set("bytes", amount(Int(bytesDone), of: found.bytes))
    object.set("counted", .bool(isComplete))
    object.set("manipulated", findings)
    object.set("failed", failed)
    object.set("cached", cached)
    object.set("media_seconds", mediaSeconds, decimals: 3)
    object.set("speed", speed(at: now), decimals: 3)
    object.set("seconds_left", left(at: now), decimals: 1)
    object.set(
      "workers",
      .array(
        workers.compactMap(\.self).map { work in
          var one = JSONObject()
          one.set("path", work.path)
          one.set("share", work.share, decimals: 3)
          return .object(one)
        }))
    return String(decoding: object.encoded(), as: UTF8.self)
  }

  private func amount(_ done: Int, of found: Int) -> JSONObject {
    var object = JSONObject()
    object.set("done", done)
    object.set("found", max(done, found))
    return object
  }
}
