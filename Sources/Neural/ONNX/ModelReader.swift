internal import SwiftProtobuf

/// Turns the messages of a file into a checked graph.
struct ModelReader {
  private(set) var graph: Graph
  private var ids: [String: ValueID] = [:]
  private var made: Set<ValueID> = []

  /// Operator sets whose forms this engine knows. 22 only adds element types to 21.
  static let opsets = 11...22
  static let irVersions = 3...11

  init(_ model: Onnx_ModelProto) throws(ModelError) {
    guard model.hasGraph else {
      throw ModelError(.malformed, "the file holds no graph; is it an ONNX model, and is it whole?")
    }
    guard Self.irVersions.contains(Int(clamping: model.irVersion)) else {
      throw ModelError(
        .unsupported,
        "ONNX file version (ir_version) \(model.irVersion) is not supported; export with one of \(Self.irVersions.lowerBound) to \(Self.irVersions.upperBound)"
      )
    }
    var opset: Int?
    for set in model.opsetImport where set.domain.isEmpty || set.domain == "ai.onnx" {
      opset = Int(clamping: set.version)
    }
    guard let opset, Self.opsets.contains(opset) else {
      throw ModelError(
        .unsupported,
        "operator set \(opset.map(String.init) ?? "(none)") is not supported; export with opset \(Self.opsets.lowerBound) to \(Self.opsets.upperBound)"
      )
    }
    graph = Graph(opset: opset)
    try read(model.graph)
  }

  private mutating func read(_ proto: Onnx_GraphProto) throws(ModelError) {
    guard proto.node.count <= Limits.nodes else {
      throw ModelError(.tooLarge, "the graph has \(proto.node.count) nodes; at most \(Limits.nodes) are supported")
    }
    for initializer in proto.initializer {
      let role = "initialiser `\(initializer.name)`"
      guard !initializer.name.isEmpty else {
        throw ModelError(.malformed, "an initialiser has no name; export the model again")
      }
      let id = try define(initializer.name, role)
      graph.constants[id] = try Tensor(initializer, role: role)
    }
    for input in proto.input where ids[input.name].flatMap({ graph.constants[$0] }) == nil {
      graph.inputs.append(try define(input.name, "input `\(input.name)`"))
    }
    try readNodes(proto.node)
    for output in proto.output {
      guard let id = ids[output.name], made.contains(id) else {
        throw ModelError(.malformed, "output `\(output.name)`: no node makes it; export the model again")
      }
      graph.outputs.append(id)
    }
    guard !graph.outputs.isEmpty else {
      throw ModelError(.malformed, "the graph has no output; export the model again")
    }
  }

  /// Names every value that is made, then orders the nodes so that each comes after those it reads.
  private mutating func readNodes(_ protos: [Onnx_NodeProto]) throws(ModelError) {
    var nodes: [Node] = []
    for (index, proto) in protos.enumerated() {
      let label = proto.name.isEmpty ? proto.output.first.flatMap { $0.isEmpty ? nil : $0 } ?? "#\(index)" : proto.name
      var node = Node(name: label, operation: proto.opType, inputs: [], outputs: [], attributes: [:])
      guard proto.domain.isEmpty || proto.domain == "ai.onnx" else {
        throw ModelError(
          .unsupported,
          "\(node.role): operators of the domain `\(proto.domain)` are not supported; export with standard operators only"
        )
      }
      guard !proto.output.isEmpty else {
        throw ModelError(.malformed, "\(node.role): it makes nothing; export the model again")
      }
      for attribute in proto.attribute {
        let value = try AttributeValue(attribute, role: node.role)
        guard node.attributes.updateValue(value, forKey: attribute.name) == nil else {
          throw ModelError(
            .malformed, "\(node.role): attribute `\(attribute.name)` is given twice; export the model again")
        }
      }
      for output in proto.output {
        node.outputs.append(output.isEmpty ? nil : try define(output, "an output of \(node.role)"))
      }
      nodes.append(node)
    }
    for index in nodes.indices {
      for input in protos[index].input {
        guard !input.isEmpty else {
          nodes[index].inputs.append(nil)
          continue
        }
        guard let id = ids[input] else {
          throw ModelError(
            .malformed, "\(nodes[index].role): nothing makes its input `\(input)`; export the model again")
        }
        nodes[index].inputs.append(id)
      }
    }
    graph.nodes = try Self.ordered(nodes, available: Set(graph.inputs).union(graph.constants.keys))
  }

  private static func ordered(_ nodes: [Node], available: Set<ValueID>) throws(ModelError) -> [Node] {
    var waiting = nodes.map { node in Set(node.inputs.compactMap(\.self)).subtracting(available).count }
    var readers: [ValueID: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for input in Set(node.inputs.compactMap(\.self)).subtracting(available) {
        readers[input, default: []].append(index)
      }
    }
    var ready = waiting.indices.filter { waiting[$0] == 0 }
    // Files already stand in order: keep theirs as far as it goes, so that plans are stable and readable.
    var order: [Int] = []
    var next = 0
    while next < ready.count {
      let index = ready[next]
      next += 1
      order.append(index)
      for output in nodes[index].outputs.compactMap(\.self) {
        for reader in readers[output] ?? [] {
          waiting[reader] -= 1
          if waiting[reader] == 0 { ready.append(reader) }
        }
      }
    }
    guard order.count == nodes.count else {
      let stuck = nodes[waiting.firstIndex { $0 > 0 } ?? 0]
      throw ModelError(.malformed, "\(stuck.role): it depends on its own result (a cycle); export the model again")
    }
    if isOrdered(nodes, available) { return nodes }
    return order.map { nodes[$0] }
  }

  private static func isOrdered(_ nodes: [Node], _ available: Set<ValueID>) -> Bool {
    var made = available
    for node in nodes {
      for input in node.inputs.compactMap(\.self) where !made.contains(input) { return false }
      made.formUnion(node.outputs.compactMap(\.self))
    }
    return true
  }

  /// Gives a name its one value.
  private mutating func define(_ name: String, _ role: String) throws(ModelError) -> ValueID {
    guard ids[name] == nil else {
      throw ModelError(.malformed, "\(role): the name `\(name)` is already taken; names must be unique in a graph")
    }
    let id = graph.newValue(name)
    ids[name] = id
    made.insert(id)
    return id
  }
}
