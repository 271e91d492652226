internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Model {
  /// The model as an ONNX file; equal models make equal bytes.
  ///
  /// - Parameter weights: the type of the trained values in the file; nil leaves them as they are.
  /// - Throws: `ModelError` for what this engine cannot write: subgraphs, and files beyond 2 GiB.
  public func serialized(weights: WeightFormat? = nil) throws(ModelError) -> [UInt8] {
    let proto = try ModelWriter(weights.map(withWeights) ?? self).proto()
    do {
      return try proto.serializedBytes()
    } catch {
      throw ModelError(.tooLarge, "the model is beyond the 2 GiB an ONNX file may have; write its weights as float16")
    }
  }

  /// Writes the model to `path`: whole, or not at all, since a file beside it takes its name when it is complete.
  public func write(to path: String, weights: WeightFormat? = nil) throws(ModelError) {
    let bytes = try serialized(weights: weights)
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw ModelError(
        .unwritable,
        "\(path): cannot be written; is there a folder of that name with room, and may this user write there?")
    }
  }

  /// The same model with these properties set beside those it has; a key it has already gets the new value.
  public func withMetadata(_ properties: [String: String]) -> Model {
    Model(
      graph: graph, inputs: inputs, outputs: outputs, metadata: metadata.merging(properties) { _, new in new },
      formatVersion: formatVersion, producer: producer)
  }

  /// The same model declaring square pictures of another side: every input and output of four axes whose last two are
  /// as the first input's are. Whether the graph runs at that side is found when it is planned.
  public func withSide(_ side: Int) -> Model {
    guard let old = inputs.first(where: { $0.dimensions?.count == 4 })?.dimensions?.suffix(2) else { return self }
    func resized(_ info: ValueInfo) -> ValueInfo {
      guard let dimensions = info.dimensions, dimensions.count == 4, dimensions.suffix(2) == old else { return info }
      return ValueInfo(info.name, dimensions.prefix(2) + [.fixed(side), .fixed(side)])
    }
    return Model(
      graph: graph, inputs: inputs.map(resized), outputs: outputs.map(resized), metadata: metadata,
      formatVersion: formatVersion, producer: producer)
  }

  /// The trained values by name: every floating-point initialiser, in single precision.
  public var parameters: [String: Tensor] {
    let widened = graph.withWidenedWeights()
    return widened.constants.reduce(into: [:]) { parameters, constant in
      if constant.value.elementType.isFloatingPoint { parameters[widened.name(constant.key)] = constant.value }
    }
  }

  /// The same model, in single precision, with other values for these parameters.
  ///
  /// - Throws: `ModelError` (`mismatch`) for a name the model does not have, or a tensor of another shape.
  public func withParameters(_ parameters: [String: Tensor]) throws(ModelError) -> Model {
    var graph = graph.withWidenedWeights()
    var ids: [String: ValueID] = [:]
    for id in graph.constants.keys { ids[graph.name(id)] = id }
    for (name, tensor) in parameters.sorted(by: { $0.key < $1.key }) {
      guard let id = ids[name], let old = graph.constants[id] else {
        throw ModelError(.mismatch, "the model has no parameter `\(name)`; is this another model's?")
      }
      guard old.shape == tensor.shape, old.elementType.isFloatingPoint == tensor.elementType.isFloatingPoint else {
        throw ModelError(
          .mismatch,
          "parameter `\(name)`: the model's is \(old.elementType) \(old.shape), got \(tensor.elementType) \(tensor.shape)"
        )
      }
      graph.constants[id] = tensor
    }
    return withGraph(graph)
  }

  /// The same model with its weights in another type.
  public func withWeights(_ format: WeightFormat) -> Model {
    switch format {
    case .float32: withGraph(graph.withWidenedWeights())
    case .float16: withGraph(graph.withNarrowedWeights())
    }
  }

  package func withGraph(_ graph: Graph) -> Model {
    Model(
      graph: graph, inputs: inputs, outputs: outputs, metadata: metadata, formatVersion: formatVersion,
      producer: producer)
  }
}
