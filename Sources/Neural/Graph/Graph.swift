package import NeuralKernels

/// A value of a graph: the output of a node, an input or a constant.
package struct ValueID: Sendable, Hashable, Comparable {
  package let index: Int
  package static func < (a: ValueID, b: ValueID) -> Bool { a.index < b.index }
}

/// What a node does to its result before storing it.
package enum FusedActivation: Sendable, Equatable {
  case function(ElementFunction)
  /// A leaky ReLU with one slope per channel (PRelu); the slopes are a constant of as many elements as channels.
  case slopes(ValueID)

  package static let none = FusedActivation.function(.identity)
}

/// One operator with its operands; `nil` marks an optional operand left out.
package struct Node: Sendable {
  package var name: String
  package var operation: String
  package var inputs: [ValueID?]
  package var outputs: [ValueID?]
  package var attributes: [String: AttributeValue]
  package var activation = FusedActivation.none

  /// “node `conv3` (Conv)”
  package var role: String { "node `\(name)` (\(operation))" }
}

/// A graph whose nodes stand in an order in which every value is made before it is used.
package struct Graph: Sendable {
  package var opset: Int
  package var valueNames: [String] = []
  package var nodes: [Node] = []
  package var constants: [ValueID: Tensor] = [:]
  /// Inputs that the caller supplies (initialisers that older files also list as inputs are not among them).
  package var inputs: [ValueID] = []
  package var outputs: [ValueID] = []

  /// How the names of constants end that belong to the architecture and are never trained, such as a wavelet's.
  package static let fixedSuffix = ".fixed"

  package mutating func newValue(_ name: String) -> ValueID {
    valueNames.append(name)
    return ValueID(index: valueNames.count - 1)
  }

  /// Drops the nodes and constants that no output needs.
  package mutating func removeDeadNodes() { Optimizer.removeDeadNodes(&self) }

  package func name(_ value: ValueID) -> String { valueNames[value.index] }

  /// Indices of the nodes that read each value.
  package func consumers() -> [ValueID: [Int]] {
    var consumers: [ValueID: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { if let input { consumers[input, default: []].append(index) } }
    }
    return consumers
  }
}
