/// The first network's answer for one level: for each cell a probability and four edge offsets.
///
/// A cell stands for the 12 × 12 window that begins two level pixels after its neighbour's.
struct ProposalMap {
  /// Level pixels from one cell to the next.
  static let stride = 2.0

  let columns: Int
  let rows: Int
  /// Level pixels per picture pixel.
  let scale: Double

  /// The picture's box of the cell at `column` and `row`, both counted from 0.
  func box(column: Int, row: Int) -> BoundingBox {
    BoundingBox(
      left: first(column), top: first(row), right: last(column), bottom: last(row))
  }

  private func first(_ index: Int) -> Double {
    ((ProposalMap.stride * Double(index) + 1) / scale).rounded(.towardZero)
  }

  private func last(_ index: Int) -> Double {
    ((ProposalMap.stride * Double(index) + Pyramid.window) / scale).rounded(.towardZero)
  }

  /// Appends a candidate to `list` for each cell whose probability reaches `threshold`.
  /// - Parameters:
  ///   - probability: (2, rows, columns), row-major; the second plane is the probability of a face.
  ///   - offsets: (4, rows, columns), row-major; planes in the order left, top, right, bottom.
  ///   - firstRow: what to add to a row's number, when the map is one band of a taller level.
  func collect(
    probability: Span<Float>, offsets: Span<Float>, threshold: Float, firstRow: Int = 0, into list: inout CandidateList
  ) {
    let cells = columns * rows
    precondition(probability.count == 2 * cells && offsets.count == 4 * cells, "map and network output differ in size")
    for row in 0..<rows {
      for cell in row * columns..<(row + 1) * columns {
        let score = probability[cells + cell]
        guard score >= threshold else { continue }
        list.append(
          Candidate(
            box: box(column: cell - row * columns, row: firstRow + row), score: score,
            offsets: [offsets[cell], offsets[cells + cell], offsets[2 * cells + cell], offsets[3 * cells + cell]]))
      }
    }
  }
}
