import Glibc
import Media

// Times the way of a frame up to the detector's picture: decoding, the picture, one face crop.
// usage: media-bench VIDEO

func now() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) * 1e-6
}

/// The median of `runs` timings of `body`, in milliseconds.
func median(_ runs: Int, _ body: () -> Void) -> Double {
  body()
  var times: [Double] = []
  for _ in 0..<runs {
    let start = now()
    body()
    times.append(now() - start)
  }
  return times.sorted()[runs / 2]
}

func print(_ label: String, _ milliseconds: Double) {
  let micro = Int((milliseconds * 1000).rounded())
  print("\(label): \(Double(micro) / 1000) ms")
}

guard CommandLine.arguments.count == 2 else {
  print("usage: media-bench VIDEO")
  exit(2)
}
do {
  let reader = try VideoReader(Location(CommandLine.arguments[1]))
  var frames: [Frame] = []
  let start = now()
  while let frame = try reader.next() {
    if frames.count < 8 { frames.append(frame) }
  }
  let decoded = reader.counters.decoded
  guard let frame = frames.last, decoded > 0 else { exit(1) }
  print("\(frame.size), \(reader.info.codec), \(decoded) frames")
  print("decode, one frame", (now() - start) / Double(decoded))
  let sampler = FrameSampler()
  func sample(_ area: Rectangle, _ size: PixelSize) -> Double {
    var values = [Float](repeating: 0, count: 3 * size.pixels)
    return median(200) {
      var span = values.mutableSpan
      sampler.sample(area, of: frame, to: size, mean: 127.5, scale: 0.0078125, outside: 0, into: &span)
    }
  }
  let width = frame.size.width
  print("whole frame to 384x216", sample(Rectangle(frame.size), PixelSize(width: 384, height: 216)))
  print(
    "whole frame to half size",
    sample(Rectangle(frame.size), PixelSize(width: width / 2, height: frame.size.height / 2)))
  print(
    "200-pixel face to 48x48",
    sample(Rectangle(x: 300.3, y: 200.7, width: 200, height: 200), PixelSize(width: 48, height: 48)))
  print(
    "200-pixel face to 256x256",
    sample(Rectangle(x: 300.3, y: 200.7, width: 200, height: 200), PixelSize(width: 256, height: 256)))
} catch {
  print("\(error)")
  exit(1)
}
