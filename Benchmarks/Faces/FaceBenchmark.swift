import Faces
import Media

/// Finds the faces in the first frames of each file, several times over, and prints what was found and what it took.
///
/// usage: face-bench MODELS MINIMUM-FACE THREADS RUNS FRAMES FILE...
///
/// One JSON line per frame: the faces of the last run and, in milliseconds, the medians of the stages over all runs.
@main
struct FaceBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 7, let side = Double(arguments[2]), let threads = Int(arguments[3]),
      let runs = Int(arguments[4]), runs > 0, let frames = Int(arguments[5])
    else {
      print("usage: face-bench MODELS MINIMUM-FACE THREADS RUNS FRAMES FILE...")
      return
    }
    let detector = FaceDetector(
      models: try FaceModels(directory: arguments[1]), minimumFace: .pixels(side), threads: threads)
    for path in arguments[6...] {
      let reader = try VideoReader(Location(path), options: ReaderOptions(sampling: .everyFrame))
      for index in 0..<frames {
        guard let frame = try reader.next() else { break }
        try measure(frame, index, of: path, with: detector, runs: runs)
      }
    }
  }

  static func measure(_ frame: Frame, _ index: Int, of path: String, with detector: FaceDetector, runs: Int) throws {
    // The first run plans what the frame's size needs.
    var detection = try detector.faces(in: frame)
    var timings: [DetectionTimings] = []
    for _ in 0..<runs {
      detection = try detector.faces(in: frame)
      timings.append(detector.timings)
    }
    func median(_ part: (DetectionTimings) -> Double) -> String {
      let thousandths = (timings.map(part).sorted()[runs / 2] * 1000).rounded()
      return "\(thousandths / 1000)"
    }
    let faces = detection.faces.map { face in
      let box = face.box
      let points = [
        face.landmarks.leftEye, face.landmarks.rightEye, face.landmarks.nose, face.landmarks.leftMouth,
        face.landmarks.rightMouth,
      ]
      return
        #"{"box":[\#(box.x),\#(box.y),\#(box.width),\#(box.height)],"score":\#(face.score),"#
        + #""landmarks":[\#(points.map { "[\($0.x),\($0.y)]" }.joined(separator: ","))]}"#
    }
    print(
      #"{"file":"\#(path)","frame":\#(index),"size":[\#(frame.size.width),\#(frame.size.height)],"#
        + #""faces":[\#(faces.joined(separator: ","))],"ignored":\#(detection.ignored),"#
        + #""refined":\#(detector.timings.refinedBoxes),"decided":\#(detector.timings.outputBoxes),"#
        + #""ms":{"scaling":\#(median(\.scaling)),"proposal":\#(median(\.proposal)),"#
        + #""refinement":\#(median(\.refinement)),"output":\#(median(\.output)),"total":\#(median(\.total))},"#
        + #""arena_bytes":\#(detector.arenaBytes)}"#)
  }
}
