extension Plane {
  /// The share of each pixel that lies inside any of `polygons`, measured along four lines a row.
  init(width: Int, height: Int, covering polygons: [[Vector]]) {
    self.init(width: width, height: height)
    for polygon in polygons where polygon.count > 2 { cover(polygon) }
  }

  private mutating func cover(_ polygon: [Vector]) {
    let lines = 4
    var crossings: [Double] = []
    var row = [Float](repeating: 0, count: width)
    let top = polygon.reduce(Double.infinity) { Swift.min($0, $1.y) }
    let bottom = polygon.reduce(-Double.infinity) { Swift.max($0, $1.y) }
    guard top.isFinite, bottom.isFinite, bottom > 0, top < Double(height) else { return }
    for y in Int(Swift.max(top, 0))...Swift.min(Int(Swift.max(bottom, 0)), height - 1) {
      for x in row.indices { row[x] = 0 }
      for line in 0..<lines {
        let level = Double(y) + (Double(line) + 0.5) / Double(lines)
        crossings.removeAll(keepingCapacity: true)
        for (index, a) in polygon.enumerated() {
          let b = polygon[(index + 1) % polygon.count]
          guard (a.y <= level) != (b.y <= level) else { continue }
          crossings.append(a.x + (level - a.y) / (b.y - a.y) * (b.x - a.x))
        }
        crossings.sort()
        var pair = 0
        while pair + 1 < crossings.count {
          let from = Swift.min(Swift.max(crossings[pair], 0), Double(width))
          let to = Swift.min(Swift.max(crossings[pair + 1], 0), Double(width))
          var x = Int(from)
          while Double(x) < to, x < width {
            row[x] += Float(Swift.min(Double(x + 1), to) - Swift.max(Double(x), from)) / Float(lines)
            x += 1
          }
          pair += 2
        }
      }
      for x in 0..<width where row[x] > 0 { self[x, y] = Swift.max(self[x, y], Swift.min(row[x], 1)) }
    }
  }
}
