internal import Records

/// Writes the text format of Prometheus, version 0.0.4: families of samples, each with its help and its type.
struct PrometheusText {
  /// A family of metrics.
  struct Family: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable {
      case counter, gauge, histogram
    }

    let name: String
    let kind: Kind
    /// One sentence.
    let help: String
  }

  typealias Labels = [(name: String, value: String)]

  private(set) var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(16 << 10) }

  /// Begins a family; its samples follow.
  mutating func begin(_ family: Family) {
    append("# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n")
    append("# TYPE \(family.name) \(family.kind.rawValue)\n")
  }

  mutating func sample(_ name: String, _ labels: Labels = [], _ value: Double) {
    append(name)
    if !labels.isEmpty {
      append("{")
      append(labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ","))
      append("}")
    }
    append(" \(Self.text(value))\n")
  }

  mutating func sample(_ name: String, _ labels: Labels = [], _ value: Int) { sample(name, labels, Double(value)) }

  /// All samples of one histogram: its buckets, cumulated, its sum and its count.
  mutating func histogram(_ name: String, _ labels: Labels, _ histogram: DurationHistogram) {
    var below = 0
    for (bound, count) in zip(DurationHistogram.bounds, histogram.counts) {
      below += count
      sample(name + "_bucket", labels + [("le", Self.text(bound))], below)
    }
    sample(name + "_bucket", labels + [("le", "+Inf")], histogram.count)
    sample(name + "_sum", labels, histogram.sum)
    sample(name + "_count", labels, histogram.count)
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private static func text(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  /// Backslashes and line ends would break a line, quotes end a value.
  static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
