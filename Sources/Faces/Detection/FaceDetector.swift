public import Media
public import Neural

/// Finds faces and their landmarks in frames of any size: the cascade of three networks known as MTCNN, computed as its
/// authors' own code does.
///
/// One per thread; the networks are shared. Once it has seen a frame size it keeps what that size needs, a few sizes at a
/// time, and then allocates nothing but its answer.
/// Source: Zhang et al. 2016 (arXiv:1604.02878) and its published MATLAB code.
public final class FaceDetector {
  /// Where the time of the last frame went.
  public private(set) var timings = DetectionTimings()

  private let sampler = FrameSampler()
  private var proposals: ProposalStage
  private var refinement: RefinementStage
  private var output: OutputStage
  private var boxes: [Candidate] = []
  private let clock = ContinuousClock()

  /// - Parameters:
  ///   - models: the networks.
  ///   - minimumFace: the smallest face to find; what decides the cost of a frame.
  ///   - thresholds: the scores each network must give.
  ///   - threads: how many threads share the work of one frame.
  ///   - workspace: memory shared with other networks of the calling thread, if the detector uses one thread.
  public convenience init(
    models: FaceModels, minimumFace: MinimumFace, thresholds: DetectionThresholds = .reference, threads: Int = 1,
    workspace: Workspace? = nil
  ) {
    self.init(
      models: models, minimumFace: minimumFace, thresholds: thresholds,
      planner: ExecutionPlanner(threads: threads, workspace: workspace), runPixels: DetectionLimits.runPixels)
  }

  /// - Parameter runPixels: the most pixels in one run of the first network; tests make it small to have bands.
  init(
    models: FaceModels, minimumFace: MinimumFace, thresholds: DetectionThresholds, planner: ExecutionPlanner,
    runPixels: Int
  ) {
    proposals = ProposalStage(
      models.proposal, minimumFace: minimumFace, threshold: thresholds.proposal, planner: planner, runPixels: runPixels)
    refinement = RefinementStage(models.refinement, threshold: thresholds.refinement, planner: planner)
    output = OutputStage(models.output, threshold: thresholds.output, planner: planner)
  }

  /// Bytes that the executions kept prepared need, the networks' weights not counted; those in one workspace share them.
  public var arenaBytes: Int { proposals.bytes + refinement.bytes + output.bytes }

  /// The faces in `frame`, in pixels of the displayed picture, noise filtered, the largest first.
  ///
  /// A frame whose shorter side has less than the smallest face's side has no faces.
  /// - Throws: `ModelError` when memory for a frame of this size cannot be planned.
  public func faces(in frame: Frame) throws(ModelError) -> Detection {
    try detect(in: SampledFrame(frame: frame, sampler: sampler))
  }

  func detect(in picture: some SampledPicture) throws(ModelError) -> Detection {
    var timings = DetectionTimings()
    var last = clock.now
    func lap() -> Double {
      let now = clock.now
      defer { last = now }
      return (now - last) / .milliseconds(1)
    }
    let pyramid = try proposals.pyramid(for: picture.size)
    _ = lap()
    let (pyramidScene, scaling) = proposals.propose(in: picture, pyramid, into: &boxes)
    let scene = pyramidScene ?? signature(ofSmall: picture)
    timings.scaling = scaling
    timings.proposal = lap() - scaling
    timings.refinedBoxes = boxes.count
    try refinement.refine(&boxes, in: picture)
    timings.refinement = lap()
    timings.outputBoxes = boxes.count
    var faces = try output.faces(among: boxes, in: picture)
    timings.output = lap()
    self.timings = timings
    let ignored = NoiseFilter.apply(to: &faces)
    return Detection(faces: faces, ignored: ignored, scene: scene)
  }

  private func signature(ofSmall picture: some SampledPicture) -> SceneSignature {
    let size = SceneSignature.ownSize
    var pixels = [Float](repeating: 0, count: 3 * size.pixels)
    var planes = pixels.mutableSpan
    picture.sample(Rectangle(picture.size), to: size, into: &planes)
    return SceneSignature(normalized: planes.span, size: size)
  }
}
