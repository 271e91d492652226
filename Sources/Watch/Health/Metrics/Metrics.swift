internal import Records

/// The metrics of the daemon: their names and meanings, and the text of a scrape.
enum Metrics {
  typealias Family = PrometheusText.Family

  // The daemon
  static let build = Family(
    name: "unmask_build_info", kind: .gauge, help: "Always 1; the labels tell the program's version and its model.")
  static let healthy = Family(
    name: "unmask_healthy", kind: .gauge, help: "1 while /healthz answers 200, 0 while it answers 503.")
  static let ready = Family(
    name: "unmask_ready", kind: .gauge, help: "1 once every configured stream has been tried.")
  static let streams = Family(name: "unmask_streams", kind: .gauge, help: "Streams in each state.")

  static let written = Family(name: "unmask_records_written_total", kind: .counter, help: "Records written.")
  static let waiting = Family(
    name: "unmask_records_waiting", kind: .gauge, help: "Records that wait because they cannot be written now.")
  static let lost = Family(
    name: "unmask_records_lost_total", kind: .counter, help: "Records that could not be kept, by kind.")

  // Each stream
  static let info = Family(
    name: "unmask_stream_info", kind: .gauge, help: "Always 1; the labels tell the kind and the address of the stream.")
  static let state = Family(
    name: "unmask_stream_state", kind: .gauge, help: "1 for the state that the stream is in, 0 for all others.")
  static let lastFrame = Family(
    name: "unmask_stream_last_frame_timestamp_seconds", kind: .gauge, help: "Unix time of the last decoded frame.")
  static let lastAnalysed = Family(
    name: "unmask_stream_last_analysed_timestamp_seconds", kind: .gauge, help: "Unix time of the last analysed frame.")
  static let decoded = Family(
    name: "unmask_stream_frames_decoded_total", kind: .counter, help: "Frames out of the decoder.")
  static let sampled = Family(
    name: "unmask_stream_frames_sampled_total", kind: .counter, help: "Frames chosen to be looked at.")
  static let analysed = Family(
    name: "unmask_stream_frames_analysed_total", kind: .counter, help: "Sampled frames that reached their ballots.")
  static let dropped = Family(
    name: "unmask_stream_frames_dropped_total", kind: .counter,
    help: "Sampled frames that gave way to newer ones or were given up with their connection.")
  static let failed = Family(
    name: "unmask_stream_frames_failed_total", kind: .counter, help: "Sampled frames that could not be analysed.")
  static let withheld = Family(
    name: "unmask_stream_frames_withheld_total", kind: .counter,
    help: "Analysed frames whose ballots do not count: frozen, black or damaged pictures.")
  static let corrupt = Family(
    name: "unmask_stream_frames_corrupt_total", kind: .counter,
    help: "Packets that could not be decoded and frames that came out damaged.")
  static let faces = Family(name: "unmask_stream_faces_total", kind: .counter, help: "Faces judged.")
  static let decodedRate = Family(
    name: "unmask_stream_decoded_fps", kind: .gauge, help: "Frames decoded a second, over the last ten seconds.")
  static let sampledRate = Family(
    name: "unmask_stream_sampled_fps", kind: .gauge, help: "Frames sampled a second, over the last ten seconds.")
  static let analysedRate = Family(
    name: "unmask_stream_analysed_fps", kind: .gauge, help: "Frames analysed a second, over the last ten seconds.")
  static let queue = Family(
    name: "unmask_stream_queue_frames", kind: .gauge, help: "Frames that wait for the analysis.")
  static let reconnects = Family(
    name: "unmask_stream_reconnects_total", kind: .counter, help: "Times the stream came back after it was lost.")
  static let stalls = Family(
    name: "unmask_stream_stalls_total", kind: .counter, help: "Times the stream fell silent while connected.")
  static let freezes = Family(
    name: "unmask_stream_freezes_total", kind: .counter, help: "Times the picture stood still or was black.")
  static let losses = Family(
    name: "unmask_stream_losses_total", kind: .counter, help: "Times the stream was lost or could not be opened.")
  static let stages = Family(
    name: "unmask_stream_stage_seconds", kind: .histogram,
    help: "Seconds that a frame takes in each stage: decode, detect (faces), segment (masks).")
  static let delay = Family(
    name: "unmask_stream_delay_seconds", kind: .histogram,
    help: "Seconds from a sampled frame's arrival to its ballots, after which records leave.")
  static let verdicts = Family(
    name: "unmask_stream_verdicts_total", kind: .counter, help: "Verdicts begun, by label.")
  static let people = Family(
    name: "unmask_stream_people", kind: .gauge, help: "People whose verdict stands, by label.")

  // The process, under the names that every exporter uses
  static let startTime = Family(
    name: "process_start_time_seconds", kind: .gauge, help: "Unix time at which the daemon began.")
  static let processor = Family(
    name: "process_cpu_seconds_total", kind: .counter, help: "Seconds of processor time, user's and system's.")
  static let resident = Family(name: "process_resident_memory_bytes", kind: .gauge, help: "Bytes in memory.")
  static let virtual = Family(name: "process_virtual_memory_bytes", kind: .gauge, help: "Bytes of address space.")
  static let descriptors = Family(name: "process_open_fds", kind: .gauge, help: "Open file descriptors.")
  static let mostDescriptors = Family(
    name: "process_max_fds", kind: .gauge, help: "File descriptors that may be open.")

  /// In the order of the text.
  static let all = [
    build, healthy, ready, streams, written, waiting, lost, info, state, lastFrame, lastAnalysed, decoded, sampled,
    analysed, dropped, failed,
    withheld, corrupt, faces, decodedRate, sampledRate, analysedRate, queue, reconnects, stalls, freezes, losses,
    stages, delay, verdicts, people, startTime, processor, resident, virtual, descriptors, mostDescriptors,
  ]

  /// The labels that verdicts can have.
  static let labels = ["fake", "real", "inconclusive", "no_face"]

  /// The text of a scrape.
  static func text(_ service: ServiceSnapshot) -> [UInt8] {
    var text = PrometheusText()
    writeService(service, to: &text)
    writeStreams(service, to: &text)
    writeProcess(service, to: &text)
    return text.bytes
  }

  private static func writeService(_ service: ServiceSnapshot, to text: inout PrometheusText) {
    let identity = service.identity
    write(
      build, 1,
      [
        ("version", identity.version), ("model", identity.model), ("model_version", identity.modelVersion),
        ("model_sha256", identity.modelSHA256),
      ], to: &text)
    write(healthy, service.health.status == .failing ? 0 : 1, to: &text)
    write(ready, service.isReady ? 1 : 0, to: &text)
    text.begin(streams)
    for state in StreamStatus.State.allCases {
      text.sample(
        streams.name, [("state", state.rawValue)], service.streams.count { $0.state == state })
    }
    write(written, Double(service.sink.written), to: &text)
    write(waiting, Double(service.sink.waiting), to: &text)
    text.begin(lost)
    let losses = service.sink.lost
    for (kind, count) in [("alert", losses.alerts), ("event", losses.events), ("metric", losses.metrics)] {
      text.sample(lost.name, [("kind", kind)], count)
    }
  }

  private static func write(
    _ family: Family, _ value: Double, _ labels: PrometheusText.Labels = [], to text: inout PrometheusText
  ) {
    text.begin(family)
    text.sample(family.name, labels, value)
  }

  private static func writeStreams(_ service: ServiceSnapshot, to text: inout PrometheusText) {
    let now = service.now
    /// One sample for each stream that has a value.
    func write(_ family: Family, _ value: (StreamSnapshot) -> Double?) {
      text.begin(family)
      for stream in service.streams {
        if let value = value(stream) { text.sample(family.name, [("stream", stream.details.name)], value) }
      }
    }
    /// Any number of samples for each stream.
    func write(_ family: Family, each samples: (StreamSnapshot, PrometheusText.Labels) -> Void) {
      text.begin(family)
      for stream in service.streams { samples(stream, [("stream", stream.details.name)]) }
    }
    write(info) { stream, name in
      text.sample(info.name, name + [("kind", stream.details.kind), ("url", stream.details.url)], 1)
    }
    write(state) { stream, name in
      for state in StreamStatus.State.allCases {
        text.sample(Self.state.name, name + [("state", state.rawValue)], stream.state == state ? 1 : 0)
      }
    }
    write(lastFrame) { $0.lastFrame.map(service.wallTime(of:)) }
    write(lastAnalysed) { $0.lastAnalysed.map(service.wallTime(of:)) }
    write(decoded) { Double($0.decoded) }
    write(sampled) { Double($0.sampled) }
    write(analysed) { Double($0.analysed) }
    write(dropped) { Double($0.dropped) }
    write(failed) { Double($0.failed) }
    write(withheld) { Double($0.withheld) }
    write(corrupt) { Double($0.corrupt) }
    write(faces) { Double($0.faces) }
    write(decodedRate) { $0.decodedRate.rate(at: now) }
    write(sampledRate) { $0.sampledRate.rate(at: now) }
    write(analysedRate) { $0.analysedRate.rate(at: now) }
    write(queue) { Double($0.queued) }
    write(reconnects) { Double($0.reconnects) }
    write(stalls) { Double($0.stalls) }
    write(freezes) { Double($0.freezes) }
    write(losses) { Double($0.losses) }
    write(stages) { stream, name in
      for stage in StreamStatus.Stage.allCases {
        guard let histogram = stream.stages[stage] else { continue }
        text.histogram(stages.name, name + [("stage", stage.rawValue)], histogram)
      }
    }
    write(delay) { stream, name in text.histogram(delay.name, name, stream.delay) }
    write(verdicts) { stream, name in
      for label in labels {
        text.sample(verdicts.name, name + [("label", label)], stream.verdicts.begun[label] ?? 0)
      }
    }
    write(people) { stream, name in
      for label in labels {
        text.sample(people.name, name + [("label", label)], stream.verdicts.standing.count { $0.label == label })
      }
    }
  }

  private static func writeProcess(_ service: ServiceSnapshot, to text: inout PrometheusText) {
    let process = service.process
    write(startTime, service.wallTime(of: service.now - service.uptime), to: &text)
    write(processor, process.processorSeconds, to: &text)
    write(resident, Double(process.residentBytes), to: &text)
    write(virtual, Double(process.virtualBytes), to: &text)
    write(descriptors, Double(process.openDescriptors), to: &text)
    write(mostDescriptors, Double(process.mostDescriptors), to: &text)
  }
}
