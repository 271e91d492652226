/// The borders of what the frame rule saw in a mask: the connected patches that are large enough to fire.
struct MaskOutline {
  /// Marked pixels, row by row.
  private var marked: [Bool]
  private let width: Int
  private let height: Int

  /// - Parameters:
  ///   - mask: confidences 0...1 as 0...255, row by row.
  ///   - threshold: a pixel is marked when its confidence exceeds it.
  ///   - minimum: patches of up to this many pixels, neighbours at the corners included, are left out.
  /// - Precondition: `mask` has `width * height` pixels.
  init(_ mask: [UInt8], width: Int, height: Int, threshold: Float, minimum: Int) {
    precondition(mask.count == width * height, "the mask has another size")
    self.width = width
    self.height = height
    marked = mask.map { Float($0) / 255 > threshold }
    dropSmall(minimum)
  }

  /// Share of the mask that is marked, 0...1.
  var share: Double { marked.isEmpty ? 0 : Double(marked.count { $0 }) / Double(marked.count) }

  private mutating func dropSmall(_ minimum: Int) {
    var seen = [Bool](repeating: false, count: marked.count)
    for first in marked.indices where marked[first] && !seen[first] {
      seen[first] = true
      var patch = [first]
      var next = 0
      while next < patch.count {
        let (row, column) = patch[next].quotientAndRemainder(dividingBy: width)
        next += 1
        for y in max(0, row - 1)...min(height - 1, row + 1) {
          for x in max(0, column - 1)...min(width - 1, column + 1) where marked[y * width + x] && !seen[y * width + x] {
            seen[y * width + x] = true
            patch.append(y * width + x)
          }
        }
      }
      if patch.count <= minimum { for pixel in patch { marked[pixel] = false } }
    }
  }

  private struct Corner: Hashable {
    var x: Int
    var y: Int
  }

  /// The borders as an SVG path of straight lines along the pixels' edges, in pixels.
  var path: String {
    var edges = borderEdges
    var path = ""
    for start in edges.keys.sorted(by: { ($0.y, $0.x) < ($1.y, $1.x) }) {
      while var corner = edges[start]?.first {
        edges[start]?.removeFirst()
        path += "M\(start.x) \(start.y)"
        var from = start
        // Straight runs become one line.
        var run = Corner(x: corner.x - from.x, y: corner.y - from.y)
        while corner != start, let onward = edges[corner]?.first {
          edges[corner]?.removeFirst()
          from = corner
          corner = onward
          let step = Corner(x: corner.x - from.x, y: corner.y - from.y)
          if (step.x == 0) == (run.x == 0) {
            run = Corner(x: run.x + step.x, y: run.y + step.y)
          } else {
            path += Self.line(run)
            run = step
          }
        }
        path += Self.line(run) + "z"
      }
    }
    return path
  }

  private static func line(_ run: Corner) -> String { run.y == 0 ? "h\(run.x)" : "v\(run.y)" }

  /// From each corner on a border the next ones, with what is marked on the right-hand side.
  private var borderEdges: [Corner: [Corner]] {
    func isMarked(_ x: Int, _ y: Int) -> Bool {
      x >= 0 && y >= 0 && x < width && y < height && marked[y * width + x]
    }
    var edges: [Corner: [Corner]] = [:]
    for y in 0..<height {
      for x in 0..<width where marked[y * width + x] {
        if !isMarked(x, y - 1) { edges[Corner(x: x, y: y), default: []].append(Corner(x: x + 1, y: y)) }
        if !isMarked(x + 1, y) { edges[Corner(x: x + 1, y: y), default: []].append(Corner(x: x + 1, y: y + 1)) }
        if !isMarked(x, y + 1) { edges[Corner(x: x + 1, y: y + 1), default: []].append(Corner(x: x, y: y + 1)) }
        if !isMarked(x - 1, y) { edges[Corner(x: x, y: y + 1), default: []].append(Corner(x: x, y: y)) }
      }
    }
    return edges
  }
}
