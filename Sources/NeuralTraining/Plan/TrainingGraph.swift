internal import Neural
internal import NeuralKernels

/// Turns a model's graph into one to be trained: parameters and running statistics become inputs, and what is fixed
/// for inference is made to learn.
struct TrainingGraph {
  private(set) var graph: Graph
  private(set) var parameters: [(value: ValueID, tensor: Tensor)] = []
  private(set) var buffers: [(value: ValueID, tensor: Tensor)] = []
  private let frozen: Set<String>

  init(_ graph: Graph, frozen: Set<String>) {
    self.graph = graph
    self.frozen = frozen
  }

  /// Operands that are trained, by operator.
  private static let trained: [String: ClosedRange<Int>] = [
    "Conv": 1...2, "ConvTranspose": 1...2, "Gemm": 0...2, "MatMul": 0...1, "BatchNormalization": 1...2, "PRelu": 1...1,
  ]

  /// The graph without what marks nodes as training: exporters write it, and inference refuses it.
  static func forInference(_ graph: Graph) -> Graph {
    var graph = graph
    for index in graph.nodes.indices {
      switch graph.nodes[index].operation {
      case "BatchNormalization":
        graph.nodes[index].attributes["training_mode"] = nil
        graph.nodes[index].outputs = Array(graph.nodes[index].outputs.prefix(1))
      case "Dropout":
        // The third operand says whether to train.
        graph.nodes[index].inputs = Array(graph.nodes[index].inputs.prefix(2))
        graph.nodes[index].outputs = Array(graph.nodes[index].outputs.prefix(1))
      default: break
      }
    }
    graph.removeDeadNodes()
    return graph
  }

  /// Makes any values of the graph its outputs, and drops what nobody needs then.
  mutating func setOutputs(_ names: [String]) throws(ModelError) {
    let made = Set(graph.nodes.flatMap(\.outputs).compactMap(\.self))
    let ids = Dictionary(made.map { (graph.name($0), $0) }) { first, _ in first }
    var outputs: [ValueID] = []
    for name in names {
      guard let id = ids[name] else {
        throw ModelError(
          .mismatch,
          "no node makes the value `\(name)`; the model's outputs are \(graph.outputs.map(graph.name).joined(separator: ", "))"
        )
      }
      outputs.append(id)
    }
    graph.outputs = outputs
  }

  mutating func prepare() throws(ModelError) {
    graph.removeDeadNodes()
    var (isParameter, isBuffer): (Set<ValueID>, Set<ValueID>) = ([], [])
    for index in graph.nodes.indices {
      if graph.nodes[index].operation == "BatchNormalization" {
        isBuffer.formUnion(graph.nodes[index].inputs.dropFirst(3).prefix(2).compactMap(\.self))
      }
      guard let range = Self.trained[graph.nodes[index].operation] else { continue }
      for (position, input) in graph.nodes[index].inputs.enumerated() where range.contains(position) {
        guard let input else { continue }
        let name = graph.name(input)
        if !frozen.contains(name) && !name.hasSuffix(Graph.fixedSuffix) { isParameter.insert(input) }
      }
    }
    for name in frozen.sorted() where !graph.valueNames.contains(name) {
      throw ModelError(.mismatch, "the model has no parameter `\(name)` to be frozen")
    }
    for (value, tensor) in graph.constants.sorted(by: { $0.key < $1.key }) where tensor.elementType.isFloatingPoint {
      if isBuffer.contains(value) {
        buffers.append((value, tensor))
      } else if isParameter.contains(value) {
        parameters.append((value, tensor))
      } else {
        continue
      }
      graph.constants[value] = nil
    }
    fuseRectifiers()
    graph.inputs += parameters.map(\.value) + buffers.map(\.value)
  }

  /// Lets a normalisation apply the `Relu` behind it: one tensor less to keep, and one pass over it less.
  private mutating func fuseRectifiers() {
    let readers = graph.consumers()
    var gone: Set<Int> = []
    for (index, node) in graph.nodes.enumerated() where node.operation == "BatchNormalization" {
      guard let made = node.outputs[0], !graph.outputs.contains(made), let reader = readers[made], reader.count == 1,
        graph.nodes[reader[0]].operation == "Relu"
      else { continue }
      graph.nodes[index].activation = .function(.relu)
      graph.nodes[index].outputs = graph.nodes[reader[0]].outputs
      gone.insert(reader[0])
    }
    graph.nodes = graph.nodes.indices.filter { !gone.contains($0) }.map { graph.nodes[$0] }
  }
}
