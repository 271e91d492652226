import Media
import Neural

/// One of the two networks that look at a box at a time, run over batches of crops.
struct CropNetwork {
  private let network: Network
  /// The side of the network's input.
  private let side: Int
  private let plan: BatchPlan
  private let planner: ExecutionPlanner
  /// One crop on its way into the batch.
  private var crop: [Float]
  /// By batch size; planned at first use and kept.
  private var executions: [Int: Execution] = [:]

  init(_ network: Network, side: Int, batches: [Int], planner: ExecutionPlanner) {
    self.network = network
    self.side = side
    plan = BatchPlan(sizes: batches)
    self.planner = planner
    crop = Array(repeating: 0, count: 3 * side * side)
  }

  /// Bytes of the executions kept prepared.
  var bytes: Int { executions.values.reduce(0) { $0 + $1.arenaBytes } }

  /// Cuts each box out of the picture, runs the network and lends its answers batch by batch.
  /// - Parameter body: gets the index of the batch's first box, the batch's size and the execution that holds the answers.
  mutating func forEachBatch(
    of boxes: [Candidate], in picture: some SampledPicture,
    _ body: (_ first: Int, _ count: Int, _ answers: Execution) -> Void
  ) throws(ModelError) {
    var first = 0
    while first < boxes.count {
      let count = plan.next(boxes.count - first)
      let execution = try execution(for: count)
      for index in 0..<count { fill(execution, at: index, boxes[first + index].box, of: picture) }
      execution.run()
      body(first, count, execution)
      first += count
    }
  }

  private mutating func fill(
    _ execution: Execution, at index: Int, _ box: BoundingBox, of picture: some SampledPicture
  ) {
    let size = PixelSize(width: side, height: side)
    var planes = crop.mutableSpan
    picture.sample(box.rectangle, to: size, into: &planes)
    let start = index * planes.count
    let values = planes.span
    execution.withInput("input") { input in
      for value in values.indices { input[start + value] = values[value] }
    }
  }

  private mutating func execution(for count: Int) throws(ModelError) -> Execution {
    if let execution = executions[count] { return execution }
    let execution = try planner.execution(of: network, for: [count, 3, side, side])
    executions[count] = execution
    return execution
  }
}
