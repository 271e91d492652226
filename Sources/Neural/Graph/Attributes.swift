/// What a node's attribute holds.
package enum AttributeValue: Sendable {
  case float(Float)
  case int(Int)
  case string(String)
  case tensor(Tensor)
  case floats([Float])
  case ints([Int])
  case strings([String])
  /// Subgraphs and other kinds this engine does not read; an operator that asks for one fails by name.
  case other

  init(_ proto: Onnx_AttributeProto, role: String) throws(ModelError) {
    let role = "\(role), attribute `\(proto.name)`"
    switch proto.type {
    case .float: self = .float(proto.f)
    case .int: self = .int(try Self.bounded(proto.i, role))
    case .string: self = .string(String(decoding: proto.s, as: UTF8.self))
    case .tensor: self = .tensor(try Tensor(proto.t, role: role))
    case .floats: self = .floats(proto.floats)
    case .ints:
      var values: [Int] = []
      for value in proto.ints { values.append(try Self.bounded(value, role)) }
      self = .ints(values)
    case .strings: self = .strings(proto.strings.map { String(decoding: $0, as: UTF8.self) })
    default: self = .other
    }
  }

  /// Clamps the “to the end” markers that exporters write (the greatest 64-bit numbers) and keeps index arithmetic safe.
  private static func bounded(_ value: Int64, _ role: String) throws(ModelError) -> Int {
    Int(min(max(value, -Limits.attributeMagnitude), Limits.attributeMagnitude))
  }
}
