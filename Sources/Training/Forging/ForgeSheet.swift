internal import Media

/// Pairs side by side: real, fake, the fake's mask, for a person to look at.
struct ForgeSheet {
  private let tile: Int
  private let most: Int
  private var rows: [Picture] = []
  private let across = 3
  private let gap = 4

  /// - Parameters:
  ///   - side: of the pairs' pictures; tiles are never larger.
  ///   - most: pairs shown; those that come later are not.
  init(side: Int, most: Int) {
    tile = min(side, 192)
    self.most = most
  }

  mutating func add(_ pair: ForgedPair) {
    guard rows.count < most else { return }
    var row = Picture(size: PixelSize(width: 3 * tile + 2, height: tile), filledWith: Self.paper)
    let size = PixelSize(width: tile, height: tile)
    for (place, picture) in [pair.real, pair.fake, pair.maskPicture].enumerated() {
      row.paste(picture.resized(to: size), x: place * (tile + 1), y: 0)
    }
    rows.append(row)
  }

  private static let paper = SIMD3<UInt8>(repeating: 255)

  /// Nil before the first pair.
  var picture: Picture? {
    guard let first = rows.first else { return nil }
    let columns = min(across, rows.count)
    let lines = (rows.count + columns - 1) / columns
    let (width, height) = (first.width + 3 * gap, first.height + gap)
    var sheet = Picture(
      size: PixelSize(width: columns * width + gap, height: lines * height + gap), filledWith: Self.paper)
    for (index, row) in rows.enumerated() {
      sheet.paste(row, x: gap + index % columns * width, y: gap + index / columns * height)
    }
    return sheet
  }
}
