/// Where each tensor of a plan lies in one arena, so that tensors whose lives do not touch share memory.
///
/// Greedy by size: the largest tensor is placed first, each in the lowest gap that is free all its life.
package struct MemoryPlan: Sendable {
  /// Offset of each tensor in floats; constants have none.
  package private(set) var offsets: [Int?]
  package private(set) var elements = 0

  /// Floats per cache line: every tensor of its own begins on one.
  package static let alignment = FloatStorage.alignment / MemoryLayout<Float>.stride

  /// - Parameters:
  ///   - inputs: tensors alive from before the first step; kept to the end, so that a run can be repeated.
  ///   - outputs: tensors alive to after the last step.
  package init(tensors: [PlannedTensor], steps: [Step], inputs: [TensorID], outputs: [TensorID]) throws(ModelError) {
    offsets = Array(repeating: nil, count: tensors.count)
    if let step = steps.first(where: { $0.scratchPerWorker > Limits.scratchElements }) {
      throw ModelError(
        .tooLarge, "node `\(step.node)` (\(step.operation)): it needs more than 1 GiB to work in; give a smaller input")
    }
    let roots = tensors.indices.map { Self.root(of: TensorID(index: $0), in: tensors) }
    var lives: [Int: ClosedRange<Int>] = [:]
    func live(_ tensor: TensorID, at step: Int) {
      let root = roots[tensor.index].root
      let life = lives[root]
      lives[root] = min(life?.lowerBound ?? step, step)...max(life?.upperBound ?? step, step)
    }
    for (index, step) in steps.enumerated() {
      for tensor in step.reads + step.writes { live(tensor, at: index) }
    }
    for input in inputs {
      live(input, at: -1)
      live(input, at: steps.count)
    }
    for output in outputs { live(output, at: steps.count) }

    var placed: [(range: Range<Int>, life: ClosedRange<Int>)] = []
    let order = lives.keys.filter { if case .own = tensors[$0].place { true } else { false } }
      .sorted { (tensors[$1].elements, $0) < (tensors[$0].elements, $1) }
    for root in order {
      guard let life = lives[root] else { continue }
      let size = Self.aligned(max(tensors[root].elements, 1))
      var start = 0
      // `placed` is kept sorted by address; the first gap that is wide enough wins.
      for other in placed where other.life.overlaps(life) {
        if other.range.lowerBound >= start + size { break }
        start = max(start, other.range.upperBound)
      }
      guard start + size <= Limits.arenaElements else {
        throw ModelError(
          .tooLarge, "the plan needs more than \(Limits.arenaElements / (1 << 28)) GiB of memory; give a smaller input")
      }
      offsets[root] = start
      elements = max(elements, start + size)
      let at = placed.firstIndex { $0.range.lowerBound > start } ?? placed.endIndex
      placed.insert((start..<start + size, life), at: at)
    }
    for index in tensors.indices where index != roots[index].root {
      offsets[index] = offsets[roots[index].root].map { $0 + roots[index].offset }
    }
  }

  /// The tensor whose memory another one is a part of, and where it begins there.
  package static func root(of tensor: TensorID, in tensors: [PlannedTensor]) -> (root: Int, offset: Int) {
    var index = tensor.index
    var offset = 0
    while case .view(let parent, let start) = tensors[index].place {
      offset += start
      index = parent.index
    }
    return (index, offset)
  }

  package static func aligned(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}
