internal import Records
internal import Synchronization

extension Watch {
  /// What SIGHUP asks for: files of records are opened anew, and the configuration is read again. Streams that stay as
  /// they are notice nothing; with a faulty file everything goes on as it was. Either is told in the records and in a
  /// complaint. May block on the disk.
  /// - Parameter read: reads the configuration; nil when there is no file of it.
  public func reload(_ read: (() -> ConfigurationReading)?) {
    heartbeat?.reloadBegins()
    defer { heartbeat?.reloadEnds() }
    sink.reopen()
    guard let read else { return }
    let reading = read()
    for warning in reading.warnings { complain("\(warning)") }
    guard let next = reading.configuration else { return refuse(reading.mistakes) }
    let change = inForce.withLock { inForce in
      let change = ConfigurationChange(from: inForce, to: next)
      inForce = change.inForce(from: inForce, to: next)
      health.configure(inForce.health)
      evidence.configure(inForce.evidence)
      supervisor.reload(inForce)
      return change
    }
    complain("configuration reloaded: \(change.summary)")
    try? sink.write(
      Record(
        .serviceReload, level: change.needRestart.isEmpty ? .info : .warn,
        message: "configuration reloaded: \(change.summary)", reason: "hangup",
        details: Details(reload: ReloadDetails(change))))
  }

  private func refuse(_ mistakes: [ConfigurationMistake]) {
    for mistake in mistakes { complain("\(mistake)") }
    let count = "\(mistakes.count) mistake\(mistakes.count == 1 ? "" : "s")"
    complain("the configuration has \(count) and was not reloaded; everything goes on as it was")
    let first = mistakes.first.map { "; the first: \($0)" } ?? ""
    try? sink.write(
      Record(
        .serviceReloadFailed, level: .error,
        message: "the configuration has \(count) and was not reloaded; everything goes on as it was",
        reason: "bad_configuration", failure: Record.Failure(code: "bad_configuration", message: "\(count)\(first)")))
  }
}

extension ReloadDetails {
  init(_ change: ConfigurationChange) {
    self.init(
      added: change.added.count, removed: change.removed.count, changed: change.changed.count,
      untouched: change.untouched.count, sections: change.parts, needRestart: change.needRestart)
  }
}
