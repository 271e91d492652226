import Media
import Neural

/// The third stage: the third network decides, finds the landmarks and moves the edges for the last time.
struct OutputStage {
  private var network: CropNetwork
  private let threshold: Float
  private var suppress = NonMaximumSuppression()
  private var passed: [Candidate] = []
  private var landmarks: [Landmarks] = []

  init(_ network: Network, threshold: Float, planner: ExecutionPlanner) {
    self.network = CropNetwork(network, side: 48, batches: [4, 2, 1], planner: planner)
    self.threshold = threshold
  }

  var bytes: Int { network.bytes }

  /// The faces among `boxes`.
  ///
  /// Landmarks are shares of the square that the network saw, so they are placed before its edges move. The final box is
  /// not squared again.
  mutating func faces(among boxes: [Candidate], in picture: some SampledPicture) throws(ModelError) -> [Face] {
    var passed = self.passed
    var landmarks = self.landmarks
    self.passed = []
    self.landmarks = []
    passed.removeAll(keepingCapacity: true)
    landmarks.removeAll(keepingCapacity: true)
    defer { (self.passed, self.landmarks) = (passed, landmarks) }
    let threshold = threshold
    try network.forEachBatch(of: boxes, in: picture) { first, count, answers in
      answers.withOutput("prob") { probability in
        answers.withOutput("box") { offsets in
          answers.withOutput("landmarks") { points in
            for row in 0..<count where probability[2 * row + 1] > threshold {
              let box = boxes[first + row].box
              let moved = box.regressedByPixels(.init(offsets, row: row))
              guard moved.isUsable else { continue }
              passed.append(
                Candidate(box: moved, score: probability[2 * row + 1], offsets: .zero, row: landmarks.count))
              landmarks.append(Landmarks(shares: points.extracting(10 * row..<10 * row + 10), of: box))
            }
          }
        }
      }
    }
    suppress(&passed, threshold: SuppressionThreshold.output, over: .smaller)
    return passed.map { Face(box: $0.box.rectangle, score: $0.score, landmarks: landmarks[$0.row]) }
  }
}
