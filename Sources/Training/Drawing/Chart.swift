/// Curves over one horizontal axis, drawn as SVG.
public struct Chart: Sendable, Hashable {
  /// Points joined by a line.
  public struct Series: Sendable, Hashable {
    /// Stands in the key, unless it is empty.
    public var name: String
    /// Any CSS colour.
    public var colour: String
    public var points: [Point]
    /// Whether each point gets a dot, as rare measurements should.
    public var isDotted: Bool
    /// How the points are joined.
    public var line: Line

    public init(_ name: String, colour: String, points: [Point], isDotted: Bool = false, line: Line = .solid) {
      (self.name, self.colour, self.points) = (name, colour, points)
      (self.isDotted, self.line) = (isDotted, line)
    }

    public enum Line: Sendable, Hashable {
      case solid
      /// For what is only there to be compared with.
      case dashed
      /// With the area below it, down to the lower end of the axis, shaded.
      case filled
    }
  }

  public struct Point: Sendable, Hashable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
  }

  /// What an axis shows, its unit in brackets, such as `loss [nats]`.
  public var horizontal: String
  public var vertical: String
  public var series: [Series]
  /// Values the vertical axis covers at least.
  public var covers: ClosedRange<Double>?
  /// Values the horizontal axis covers at least.
  public var spans: ClosedRange<Double>?

  public init(
    vertical: String, horizontal: String, series: [Series], covers: ClosedRange<Double>? = nil,
    spans: ClosedRange<Double>? = nil
  ) {
    (self.vertical, self.horizontal, self.series, self.covers) = (vertical, horizontal, series, covers)
    self.spans = spans
  }

  /// The chart as an SVG group that fills a rectangle of `width` by `height` with its upper edge at `top`.
  func group(top: Double, width: Double, height: Double) -> String {
    let left = 72.0
    let right = width - 16
    let keys = keys(from: left, to: right)
    let upper = top + 26 + 18 * Double(keys.last?.line ?? 0)
    let lower = top + height - 44
    let x = AxisScale(covering: range(\.x, spans, default: 0...1), from: left, to: right, startsAtTick: false)
    let y = AxisScale(covering: range(\.y, covers, default: 0...1), from: lower, to: upper, startsAtTick: true)
    var lines: [String] = []
    for tick in y.ticks {
      let height = SVG.number(y.position(tick))
      lines.append(
        "<line class=\"grid\" x1=\"\(SVG.number(left))\" x2=\"\(SVG.number(right))\" y1=\"\(height)\" y2=\"\(height)\"/>"
      )
      lines.append(
        "<text class=\"tick\" text-anchor=\"end\" x=\"\(SVG.number(left - 6))\" y=\"\(height)\" dy=\".32em\">\(y.label(tick))</text>"
      )
    }
    for tick in x.ticks {
      let place = SVG.number(x.position(tick))
      lines.append(
        "<line class=\"grid\" x1=\"\(place)\" x2=\"\(place)\" y1=\"\(SVG.number(upper))\" y2=\"\(SVG.number(lower))\"/>"
      )
      lines.append(
        "<text class=\"tick\" text-anchor=\"middle\" x=\"\(place)\" y=\"\(SVG.number(lower + 16))\">\(x.label(tick))</text>"
      )
    }
    lines.append(
      "<text class=\"axis\" text-anchor=\"middle\" x=\"\(SVG.number((left + right) / 2))\" y=\"\(SVG.number(lower + 34))\">\(SVG.text(horizontal))</text>"
    )
    let middle = SVG.number((upper + lower) / 2)
    lines.append(
      "<text class=\"axis\" text-anchor=\"middle\" transform=\"translate(18 \(middle)) rotate(-90)\">\(SVG.text(vertical))</text>"
    )
    for one in series {
      let points = one.points.filter { $0.x.isFinite && $0.y.isFinite }
      let path = points.map { SVG.number(x.position($0.x)) + "," + SVG.number(y.position($0.y)) }
      if path.count > 1 {
        if one.line == .filled, let first = points.first, let last = points.last {
          let ends = [last, first].map { SVG.number(x.position($0.x)) + "," + SVG.number(lower) }
          lines.append(
            "<polygon fill=\"\(one.colour)\" fill-opacity=\".25\" points=\"\((path + ends).joined(separator: " "))\"/>")
        }
        let dashes = one.line == .dashed ? " stroke-dasharray=\"5 4\"" : ""
        lines.append(
          "<polyline fill=\"none\" stroke=\"\(one.colour)\" stroke-width=\"1.6\"\(dashes) points=\"\(path.joined(separator: " "))\"/>"
        )
      }
      guard one.isDotted || path.count == 1 else { continue }
      for point in points {
        lines.append(
          "<circle r=\"2.5\" fill=\"\(one.colour)\" cx=\"\(SVG.number(x.position(point.x)))\" cy=\"\(SVG.number(y.position(point.y)))\"/>"
        )
      }
    }
    for entry in keys {
      let y = top + 12 + 18 * Double(entry.line)
      lines.append(
        "<line stroke=\"\(entry.series.colour)\" stroke-width=\"3\" x1=\"\(SVG.number(entry.place))\" x2=\"\(SVG.number(entry.place + 18))\" y1=\"\(SVG.number(y))\" y2=\"\(SVG.number(y))\"/>"
      )
      lines.append(
        "<text class=\"key\" x=\"\(SVG.number(entry.place + 23))\" y=\"\(SVG.number(y + 4))\">\(SVG.text(entry.series.name))</text>"
      )
    }
    return "<g>\n" + lines.joined(separator: "\n") + "\n</g>"
  }

  /// Where each entry of the key stands, in as many lines as it takes.
  private func keys(from left: Double, to right: Double) -> [(series: Series, place: Double, line: Int)] {
    var (place, line) = (left, 0)
    return series.filter { !$0.name.isEmpty }.map { one in
      let width = 44 + 7 * Double(one.name.count)
      // The gap behind the last one may stand over.
      if place > left, place + width - 16 > right { (place, line) = (left, line + 1) }
      defer { place += width }
      return (one, place, line)
    }
  }

  private func range(
    _ coordinate: KeyPath<Point, Double>, _ covered: ClosedRange<Double>? = nil, default fallback: ClosedRange<Double>
  ) -> ClosedRange<Double> {
    let values = series.flatMap { $0.points.map { $0[keyPath: coordinate] } }.filter(\.isFinite)
    let all = values + (covered.map { [$0.lowerBound, $0.upperBound] } ?? [])
    guard let least = all.min(), let greatest = all.max(), greatest > least else {
      return all.first.map { $0 - 0.5...$0 + 0.5 } ?? fallback
    }
    return least...greatest
  }
}
