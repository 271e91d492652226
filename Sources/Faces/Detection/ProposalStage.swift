import Media
import Neural

/// The first stage: the first network slides over every level of the pyramid and proposes boxes.
struct ProposalStage {
  private let network: Network
  private let minimumFace: MinimumFace
  private let threshold: Float
  private let planner: ExecutionPlanner
  private let runPixels: Int
  /// The most recently used first.
  private var pyramids: [PreparedPyramid] = []
  private var level = CandidateList(limit: DetectionLimits.level)
  private var proposals = CandidateList(limit: DetectionLimits.proposals)
  private var suppress = NonMaximumSuppression()
  private let clock = ContinuousClock()

  init(
    _ network: Network, minimumFace: MinimumFace, threshold: Float, planner: ExecutionPlanner,
    runPixels: Int = DetectionLimits.runPixels
  ) {
    self.network = network
    self.minimumFace = minimumFace
    self.threshold = threshold
    self.planner = planner
    self.runPixels = runPixels
  }

  /// The pyramid for pictures of `size`, prepared once and kept while pictures of that size keep coming.
  mutating func pyramid(for size: PixelSize) throws(ModelError) -> PreparedPyramid {
    if let index = pyramids.firstIndex(where: { $0.pictureSize == size }) {
      if index > 0 { pyramids.insert(pyramids.remove(at: index), at: 0) }
      return pyramids[0]
    }
    // Room is made before memory is taken.
    while pyramids.count >= DetectionLimits.pyramids { pyramids.removeLast() }
    let pyramid = try PreparedPyramid(
      of: size, minimumFace: minimumFace, network: network, planner: planner, runPixels: runPixels)
    pyramids.insert(pyramid, at: 0)
    while pyramids.count > 1 && bytes > DetectionLimits.pyramidBytes { pyramids.removeLast() }
    return pyramid
  }

  /// Bytes of the executions kept prepared.
  var bytes: Int { pyramids.reduce(0) { $0 + $1.bytes } }

  /// Fills `boxes` with the proposals of a picture, squared and cut to whole pixels, the best first.
  ///
  /// - Returns: the scene's signature, from the largest level that is not in bands (nil where there is none), and the
  ///   milliseconds spent scaling.
  mutating func propose(
    in picture: some SampledPicture, _ pyramid: PreparedPyramid, into boxes: inout [Candidate]
  ) -> (scene: SceneSignature?, scaling: Double) {
    var scene: SceneSignature?
    var scaling = Duration.zero
    proposals.removeAll()
    for prepared in pyramid.levels {
      level.removeAll()
      for run in prepared.runs {
        // Levels may share their memory, so each is scaled just before its run.
        scaling += clock.measure {
          run.scale(picture)
          if scene == nil && prepared.runs.count == 1 { scene = run.signature() }
        }
        run.execution.run()
        collect(run, scale: prepared.scale)
      }
      level.withCut { suppress(&$0, threshold: SuppressionThreshold.level, over: .union) }
      proposals.append(contentsOf: level)
    }
    proposals.withCut { suppress(&$0, threshold: SuppressionThreshold.proposals, over: .union) }
    boxes.removeAll(keepingCapacity: true)
    for proposal in proposals.candidates.prefix(DetectionLimits.refined) {
      let box = proposal.box.regressedByDistance(proposal.offsets).squared().truncated()
      guard box.isUsable else { continue }
      boxes.append(Candidate(box: box, score: proposal.score, offsets: .zero))
    }
    return (scene, scaling / .milliseconds(1))
  }

  private mutating func collect(_ run: PreparedPyramid.Run, scale: Double) {
    let map = ProposalMap(
      columns: LevelBands.cells(run.size.width), rows: run.band.cellRows, scale: scale)
    run.execution.withOutput("prob") { probability in
      run.execution.withOutput("box") { offsets in
        map.collect(
          probability: probability, offsets: offsets, threshold: threshold, firstRow: run.band.firstCellRow,
          into: &level)
      }
    }
  }
}
