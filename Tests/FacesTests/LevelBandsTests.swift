import Testing

@testable import Faces

@Suite("LevelBands")
struct LevelBandsTests {
  @Test("take a level that fits in one piece")
  func whole() {
    #expect(
      LevelBands(width: 20, height: 30, limit: 600).bands
        == [.init(firstCellRow: 0, cellRows: 10, firstRow: 0, rows: 30)])
  }

  @Test("count cells as three convolutions and a rounded-up pooling leave them")
  func cells() {
    for pixels in 12...40 {
      let pooled = (pixels - 2 + 1) / 2
      #expect(LevelBands.cells(pixels) == pooled - 4)
    }
  }

  @Test("cover every row of cells once, with the pixels it needs, within the limit")
  func coverage() {
    for (width, height, limit) in [(20, 31, 300), (20, 30, 100), (100, 900, 20_000), (5000, 13, 100), (64, 4001, 9999)]
    {
      let bands = LevelBands(width: width, height: height, limit: limit).bands
      var next = 0
      for band in bands {
        #expect(band.firstCellRow == next && band.cellRows > 0)
        #expect(band.firstRow == 2 * band.firstCellRow)
        #expect(LevelBands.cells(band.rows) == band.cellRows)
        #expect(width * band.rows <= limit || band.cellRows == 1)
        next += band.cellRows
      }
      #expect(next == LevelBands.cells(height))
      #expect(bands.last.map { $0.firstRow + $0.rows } == height)
    }
  }
}

@Suite("BatchPlan")
struct BatchPlanTests {
  @Test(
    "cuts any number into the largest batches it fills, and leaves nothing over", arguments: [0, 1, 3, 27, 32, 1000])
  func cuts(count: Int) {
    let plan = BatchPlan(sizes: [32, 16, 8, 4, 2, 1])
    var left = count
    var last = Int.max
    while left > 0 {
      let batch = plan.next(left)
      #expect(plan.sizes.contains(batch) && batch <= left && batch <= last)
      last = batch
      left -= batch
    }
    #expect(left == 0)
  }
}
