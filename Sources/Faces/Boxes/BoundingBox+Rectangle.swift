import Media

extension BoundingBox {
  /// The pixels covered, counted from 0: the box from 1 to 12 is the rectangle at 0 of width 12.
  var rectangle: Rectangle {
    Rectangle(x: left - 1, y: top - 1, width: width + 1, height: height + 1)
  }
}
