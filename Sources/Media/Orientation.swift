/// How the stored picture is turned and mirrored to be shown, in quarter turns.
///
/// A shown pixel (x, y) is looked up in the stored picture by swapping x and y if `swapsAxes`, then mirroring the stored
/// axes.
struct Orientation: Sendable, Hashable {
  var swapsAxes = false
  /// Stored x runs against the shown axis it belongs to.
  var mirrorsX = false
  /// Stored y runs against the shown axis it belongs to.
  var mirrorsY = false

  static let upright = Orientation()

  init() {}

  /// From FFmpeg's display matrix (16.16 fixed point): shown x = a·p + c·q, shown y = b·p + d·q for the stored (p, q),
  /// with a, b, c, d at 0, 1, 3, 4. Angles between quarter turns are taken to the nearest.
  init(a: Int32, b: Int32, c: Int32, d: Int32) {
    let straight = abs(Double(a)) + abs(Double(d))
    let crossed = abs(Double(b)) + abs(Double(c))
    guard straight + crossed > 0 else { return }
    swapsAxes = crossed > straight
    mirrorsX = swapsAxes ? b < 0 : a < 0
    mirrorsY = swapsAxes ? c < 0 : d < 0
  }

  /// Degrees clockwise, leaving mirroring aside.
  var degreesClockwise: Int {
    switch (swapsAxes, mirrorsX, mirrorsY) {
    case (false, _, true): 180
    case (false, _, false): 0
    case (true, false, _): 90
    case (true, true, _): 270
    }
  }
}
