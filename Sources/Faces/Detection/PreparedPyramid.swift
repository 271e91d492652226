import Media
import Neural

/// The pyramid of one picture size, made ready: where each level comes from and an execution of the first network for it.
///
/// Every level is scaled straight out of the picture's planes, as the reference scales each from the picture. Shrinking
/// smaller levels from larger ones was measured: it is slower than the sampler's area means, and its double filtering
/// moves the chosen box by several pixels where proposals score alike.
final class PreparedPyramid {
  /// One run of the network, over a whole level or one band of it.
  struct Run {
    let band: LevelBands.Band
    let execution: Execution
    /// The part of the picture that the run sees.
    let area: Rectangle
    /// To what it is scaled.
    let size: PixelSize

    func scale(_ picture: some SampledPicture) {
      execution.withInput("input") { planes in picture.sample(area, to: size, into: &planes) }
    }

    /// The signature of what was scaled last.
    func signature() -> SceneSignature {
      execution.withInput("input") { planes in SceneSignature(normalized: planes.span, size: size) }
    }
  }

  struct Level {
    let scale: Double
    let runs: [Run]
  }

  let pictureSize: PixelSize
  private(set) var levels: [Level] = []
  /// Bytes of all executions.
  private(set) var bytes = 0

  /// - Throws: `ModelError` when a level cannot be planned.
  init(
    of size: PixelSize, minimumFace: MinimumFace, network: Network, planner: ExecutionPlanner, runPixels: Int
  ) throws(ModelError) {
    pictureSize = size
    let pyramid = Pyramid(
      width: size.width, height: size.height, minimumFace: minimumFace.side(forHeight: size.height))
    for level in pyramid.levels {
      try prepare(level, network: network, planner: planner, runPixels: runPixels)
    }
  }

  private func prepare(
    _ level: Pyramid.Level, network: Network, planner: ExecutionPlanner, runPixels: Int
  ) throws(ModelError) {
    let rowHeight = Double(pictureSize.height) / Double(level.height)
    var runs: [Run] = []
    for band in LevelBands(width: level.width, height: level.height, limit: runPixels).bands {
      let execution: Execution
      if let same = runs.first(where: { $0.band.rows == band.rows }) {
        execution = same.execution
      } else {
        execution = try planner.execution(of: network, for: [1, 3, band.rows, level.width])
        bytes += execution.arenaBytes
      }
      let area = Rectangle(
        x: 0, y: Double(band.firstRow) * rowHeight, width: Double(pictureSize.width),
        height: Double(band.rows) * rowHeight)
      runs.append(
        Run(
          band: band, execution: execution, area: area, size: PixelSize(width: level.width, height: band.rows)))
    }
    levels.append(Level(scale: level.scale, runs: runs))
  }
}
