import Testing

@testable import Neural

@Suite("Workspace") struct WorkspaceTests {
  @Test(
    "executions that take turns in one workspace compute what they compute alone",
    arguments: [[9, 3, 17], [17, 9, 3]])
  func turns(sizes: [Int]) throws {
    let network = try PlanTests.ladder(levels: 3, size: -1).network()
    let workspace = Workspace()
    let shared = try sizes.map { size in
      try network.execution(inputs: ["x": [1, 2, size, size]], workspace: workspace)
    }
    for round in 0..<3 {
      for (size, execution) in zip(sizes, shared) {
        var noise = Noise(UInt64(round * 100 + size))
        let x = noise.values(2 * size * size)
        let alone = try network.execution(inputs: ["x": [1, 2, size, size]])
        for one in [alone, execution] {
          one.set("x", x)
          one.run()
        }
        #expect(execution.values("up0") == alone.values("up0"))
      }
    }
  }

  @Test("a workspace holds as much as the largest of its executions needs")
  func size() throws {
    let network = try PlanTests.ladder(levels: 3, size: -1).network()
    let workspace = Workspace()
    let executions = try [5, 20, 10].map { size in
      try network.execution(inputs: ["x": [1, 2, size, size]], workspace: workspace)
    }
    #expect(workspace.bytes == executions.map(\.arenaBytes).max())
  }
}
