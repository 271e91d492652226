// Records a second through a sink, encoding included.
//
//   record-bench > /dev/null       to standard output
//   record-bench FILE [fsync]      to a file that rotates at 100 MiB; fsync: after each record
internal import Foundation
internal import Records

let arguments = CommandLine.arguments
let count = 100_000
var output = OutputConfiguration(path: arguments.count > 1 ? arguments[1] : nil, sync: .never)
if output.path != nil { output.rotation.bytes = 100 << 20 }
if arguments.count > 2 { output.sync = .records }
output.queue = OutputConfiguration.QueueLimits(records: count + 1, bytes: 1 << 30)

let verdict = Record(
  .verdictUpdate, message: "lobby: manipulated face, 21 of 27 ballots", reason: "majority",
  start: Timestamp.now(), end: Timestamp.now(),
  details: Details(
    stream: StreamDetails(name: "lobby", kind: "rtsp", url: "rtsp://***@10.0.0.5/s1"),
    verdict: VerdictDetails(
      label: "fake", reason: "majority", score: 0.81, threshold: 0.5, fake: 21, real: 6, abstained: 3, coverage: 0.9),
    face: FaceDetails(track: 3, box: [412, 88, 96.25, 120], frame: [1280, 720], maskArea: 0.22),
    media: MediaDetails(start: 12.4, end: 22.4),
    model: ModelDetails(name: "unet_v1", version: "0.1.0", sha256: String(repeating: "0", count: 64))))

for (name, delivery) in [("direct", RecordSink.Delivery.direct), ("queued", .queued)] {
  let sink = try RecordSink(output, delivery: delivery, encoder: RecordEncoder(serviceVersion: "0.1.0"))
  let clock = ContinuousClock()
  let start = clock.now
  for _ in 0..<count { try sink.write(verdict) }
  let accepted = start.duration(to: clock.now) / .seconds(1)
  sink.finish(within: 600)
  let written = start.duration(to: clock.now) / .seconds(1)
  let line =
    "\(name): \(Int(Double(count) / accepted)) records/s taken, \(Int(Double(count) / written)) records/s written\n"
  try FileHandle.standardError.write(contentsOf: Data(line.utf8))
}
