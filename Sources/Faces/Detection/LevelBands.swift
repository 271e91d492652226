/// The bands in which a level goes through the first network, so that a huge level needs no huge memory.
///
/// Neighbouring bands share the ten rows that their windows share; every cell is computed in exactly one band and sees
/// exactly the pixels it would see in the whole level.
struct LevelBands: Sendable, Hashable {
  struct Band: Sendable, Hashable {
    /// The first row of cells, counted in the whole level.
    let firstCellRow: Int
    let cellRows: Int
    /// The first row of pixels, and how many.
    let firstRow: Int
    let rows: Int
  }

  let bands: [Band]

  /// How many cells the network yields along a side of `pixels` pixels: ⌈pixels / 2⌉ − 5.
  static func cells(_ pixels: Int) -> Int { (pixels + 1) / 2 - 5 }

  /// - Parameter limit: the most pixels in one band, as far as the width allows: a band has at least one row of cells.
  init(width: Int, height: Int, limit: Int) {
    let cellRows = LevelBands.cells(height)
    guard width * height > limit else {
      bands = [Band(firstCellRow: 0, cellRows: cellRows, firstRow: 0, rows: height)]
      return
    }
    let most = max(1, (limit / width - 10) / 2)
    let count = (cellRows + most - 1) / most
    // Bands of one height, but for the last, can share one execution.
    let each = (cellRows + count - 1) / count
    bands = stride(from: 0, to: cellRows, by: each).map { first in
      let isLast = first + each >= cellRows
      return Band(
        firstCellRow: first, cellRows: isLast ? cellRows - first : each, firstRow: 2 * first,
        rows: isLast ? height - 2 * first : 2 * each + 10)
    }
  }
}
