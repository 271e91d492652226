import Testing

@testable import Neural

@Suite("Plan") struct PlanTests {
  /// A chain with skip connections joined at the end, as in a U-Net.
  static func ladder(levels: Int, size: Int64) -> ModelBuilder {
    var builder = ModelBuilder()
    builder.input("x", [-1, 2, size, size])
    var last = "x"
    var skips: [String] = []
    for level in 0..<levels {
      builder.node("Relu", [last], ["down\(level)"])
      builder.node("Neg", ["down\(level)"], ["neg\(level)"])
      skips.append("down\(level)")
      last = "neg\(level)"
    }
    for level in (0..<levels).reversed() {
      builder.node("Concat", [skips[level], last], ["join\(level)"], ["axis": [1]])
      builder.node("Abs", ["join\(level)"], ["up\(level)"])
      last = "up\(level)"
    }
    builder.output(last)
    return builder
  }

  @Test("tensors that live at the same time never share memory", arguments: 1...6, [1, 2])
  func memoryIsDisjoint(levels: Int, batch: Int) throws {
    let plan = try Self.ladder(levels: levels, size: 3).network().plan(
      inputs: ["x": [batch, 2, 3, 3]], constants: [:], threads: 1, blocked: false)
    // Written once, then read: a value must not be overwritten before its last reader.
    var lastRead: [Int: Int] = [:]
    for (index, step) in plan.steps.enumerated() {
      for tensor in step.reads { lastRead[tensor.index] = index }
    }
    var written: [(tensor: Int, range: Range<Int>)] = []
    for (index, step) in plan.steps.enumerated() {
      for tensor in step.writes {
        let offset = try #require(plan.memory.offsets[tensor.index])
        let range = offset..<offset + plan.tensors[tensor.index].elements
        for other in written where other.tensor != tensor.index && (lastRead[other.tensor] ?? -1) >= index {
          let shared = range.overlaps(other.range)
          let isPart =
            MemoryPlan.root(of: tensor, in: plan.tensors).root
            == MemoryPlan.root(of: TensorID(index: other.tensor), in: plan.tensors).root
          #expect(!shared || isPart)
        }
        written.append((tensor.index, range))
      }
    }
  }

  @Test("parts of a concatenation are written in place when each lies in one piece")
  func concatenationCopiesNothing() throws {
    let network = try Self.ladder(levels: 3, size: 4).network()
    let alone = try network.plan(inputs: ["x": [1, 2, 4, 4]], constants: [:], threads: 1, blocked: false)
    #expect(!alone.steps.map(\.operation).contains("Concat"))
    let batch = try network.plan(inputs: ["x": [2, 2, 4, 4]], constants: [:], threads: 1, blocked: false)
    #expect(batch.steps.map(\.operation).contains("Concat"))
  }

  @Test("a run can be repeated, and gives the same from the same input")
  func runsRepeat() throws {
    let execution = try Self.ladder(levels: 4, size: 9).network().execution(inputs: ["x": [1, 2, 9, 9]])
    var noise = Noise(5)
    let x = noise.values(162)
    execution.set("x", x)
    execution.run()
    let first = execution.values("up0")
    execution.run()
    #expect(execution.values("up0") == first)
    #expect(Array(first[..<162]) == x.map { max($0, 0) })
  }

  @Test("memory is used again: a long chain needs no more than a short one")
  func memoryIsReused() throws {
    func chain(_ length: Int) throws -> Int {
      var builder = ModelBuilder()
      builder.input("x", [1, 64, 16, 16])
      for index in 0..<length {
        builder.node("Sigmoid", [index == 0 ? "x" : "v\(index - 1)"], ["v\(index)"])
      }
      builder.output("v\(length - 1)")
      return try builder.network().execution(inputs: ["x": [1, 64, 16, 16]]).arenaBytes
    }
    let (long, short) = (try chain(50), try chain(4))
    #expect(long == short)
  }

  @Test("an input of a shape the model cannot take is refused, naming both")
  func wrongShape() throws {
    let network = try Self.ladder(levels: 1, size: 4).network()
    let error = #expect(throws: ModelError.self) { try network.execution(inputs: ["x": [1, 3, 4, 4]]) }
    #expect(error?.message == "input `x`: the model declares x float32 (N, 2, 4, 4), got (1, 3, 4, 4)")
    #expect(throws: ModelError.self) { try network.execution(inputs: [:]) }
    #expect(throws: ModelError.self) { try network.execution(inputs: ["x": [1, 2, 4, 4], "z": [1]]) }
    #expect(throws: ModelError.self) { try network.execution(inputs: ["x": [1 << 40, 2, 4, 4]]) }
  }

  @Test("executions of one network may run on different threads at once")
  func sharedNetwork() async throws {
    let network = try Self.ladder(levels: 3, size: 17).network()
    let results = try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<4 {
        group.addTask {
          let execution = try network.execution(inputs: ["x": [1, 2, 17, 17]], threads: 2)
          var noise = Noise(9)
          execution.set("x", noise.values(578))
          for _ in 0..<20 { execution.run() }
          return execution.values("up0")
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }
}
