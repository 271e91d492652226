public import Media

/// The square part of a picture that a mask network sees for one face, and the way back from its mask.
///
/// Where it may reach outside the picture, the sampler fills what lies there.
public struct FaceCrop: Sendable, Hashable {
  /// The square in pixels of the displayed picture.
  public let area: Rectangle

  /// - Parameters:
  ///   - box: a face's box.
  ///   - scale: the square's side as a multiple of the box's longer side; 1 is tight.
  public init(around box: Rectangle, scale: Double) {
    let side = max(box.width, box.height) * scale
    area = Rectangle(
      x: box.x + box.width / 2 - side / 2, y: box.y + box.height / 2 - side / 2, width: side, height: side)
  }

  /// The square moved into the picture, and shrunk to the picture's shorter side where it is larger. Grey beyond the edge
  /// would tell how tight a photograph is, which a network takes for a trait of fakes.
  public init(around box: Rectangle, scale: Double, within picture: PixelSize) {
    let (width, height) = (Double(picture.width), Double(picture.height))
    let side = min(max(box.width, box.height) * scale, width, height)
    func moved(_ middle: Double, _ length: Double) -> Double { min(max(middle - side / 2, 0), length - side) }
    area = Rectangle(
      x: moved(box.x + box.width / 2, width), y: moved(box.y + box.height / 2, height), width: side, height: side)
  }

  /// The picture's point at a mask's point.
  /// - Parameters:
  ///   - x: counted in mask pixels from the mask's left edge, so that the middle of the first pixel is 0.5.
  ///   - y: the same from the upper edge.
  ///   - size: the mask's own size.
  public func picturePoint(ofMaskX x: Double, y: Double, in size: PixelSize) -> Point {
    Point(
      x: area.x + x * area.width / Double(size.width), y: area.y + y * area.height / Double(size.height))
  }

  /// The mask's point at a picture's point; outside 0...width or 0...height where the point lies outside the square.
  public func maskPoint(of point: Point, in size: PixelSize) -> Point {
    Point(
      x: (point.x - area.x) * Double(size.width) / area.width,
      y: (point.y - area.y) * Double(size.height) / area.height)
  }

  /// The mask's pixel that covers a picture's point, or nil where the point lies outside the square.
  public func maskPixel(at point: Point, in size: PixelSize) -> (column: Int, row: Int)? {
    let inside = maskPoint(of: point, in: size)
    guard inside.x >= 0, inside.y >= 0, inside.x < Double(size.width), inside.y < Double(size.height) else {
      return nil
    }
    return (Int(inside.x), Int(inside.y))
  }

  /// The part of the picture that one rectangle of mask pixels covers, as for the bounds of a connected component.
  public func pictureArea(ofMask part: Rectangle, in size: PixelSize) -> Rectangle {
    let corner = picturePoint(ofMaskX: part.x, y: part.y, in: size)
    return Rectangle(
      x: corner.x, y: corner.y, width: part.width * area.width / Double(size.width),
      height: part.height * area.height / Double(size.height))
  }
}
