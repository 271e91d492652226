internal import NeuralKernels

/// A value of a graph: the output of a node, an input or a constant.
struct ValueID: Sendable, Hashable, Comparable {
  let index: Int
  static func < (a: ValueID, b: ValueID) -> Bool { a.index < b.index }
}

/// What a node does to its result before storing it.
enum FusedActivation: Sendable, Equatable {
  case function(ElementFunction)
  /// A leaky ReLU with one slope per channel (PRelu); the slopes are a constant of as many elements as channels.
  case slopes(ValueID)

  static let none = FusedActivation.function(.identity)
}

/// One operator with its operands; `nil` marks an optional operand left out.
struct Node: Sendable {
  var name: String
  var operation: String
  var inputs: [ValueID?]
  var outputs: [ValueID?]
  var attributes: [String: AttributeValue]
  var activation = FusedActivation.none

  /// “node `conv3` (Conv)”
  var role: String { "node `\(name)` (\(operation))" }
}

/// A graph whose nodes stand in an order in which every value is made before it is used.
struct Graph: Sendable {
  var opset: Int
  var valueNames: [String] = []
  var nodes: [Node] = []
  var constants: [ValueID: Tensor] = [:]
  /// Inputs that the caller supplies (initialisers that older files also list as inputs are not among them).
  var inputs: [ValueID] = []
  var outputs: [ValueID] = []

  mutating func newValue(_ name: String) -> ValueID {
    valueNames.append(name)
    return ValueID(index: valueNames.count - 1)
  }

  func name(_ value: ValueID) -> String { valueNames[value.index] }

  /// Indices of the nodes that read each value.
  func consumers() -> [ValueID: [Int]] {
    var consumers: [ValueID: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { if let input { consumers[input, default: []].append(index) } }
    }
    return consumers
  }
}
