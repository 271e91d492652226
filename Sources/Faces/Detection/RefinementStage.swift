import Neural

/// The second stage: the second network scores each proposal by its own crop and moves its edges.
struct RefinementStage {
  private var network: CropNetwork
  private let threshold: Float
  private var suppress = NonMaximumSuppression()
  private var refined: [Candidate] = []

  init(_ network: Network, threshold: Float, planner: ExecutionPlanner) {
    self.network = CropNetwork(network, side: 24, batches: [8, 4, 2, 1], planner: planner)
    self.threshold = threshold
  }

  var bytes: Int { network.bytes }

  /// Replaces `boxes` by those that pass, moved, squared and cut to whole pixels, the best first.
  mutating func refine(_ boxes: inout [Candidate], in picture: some SampledPicture) throws(ModelError) {
    refined.removeAll(keepingCapacity: true)
    var passed: [Candidate] = []
    swap(&passed, &refined)
    defer { swap(&passed, &refined) }
    let threshold = threshold
    try network.forEachBatch(of: boxes, in: picture) { first, count, answers in
      answers.withOutput("prob") { probability in
        answers.withOutput("box") { offsets in
          for row in 0..<count where probability[2 * row + 1] > threshold {
            passed.append(
              Candidate(box: boxes[first + row].box, score: probability[2 * row + 1], offsets: .init(offsets, row: row))
            )
          }
        }
      }
    }
    suppress(&passed, threshold: SuppressionThreshold.refined, over: .union)
    boxes.removeAll(keepingCapacity: true)
    for candidate in passed.prefix(DetectionLimits.output) {
      let box = candidate.box.regressedByPixels(candidate.offsets).squared().truncated()
      guard box.isUsable else { continue }
      boxes.append(Candidate(box: box, score: candidate.score, offsets: .zero))
    }
  }
}

extension EdgeOffsets {
  /// Row `row` of a network's answer of four offsets per box.
  init(_ offsets: Span<Float>, row: Int) {
    self.init(offsets[4 * row], offsets[4 * row + 1], offsets[4 * row + 2], offsets[4 * row + 3])
  }
}
