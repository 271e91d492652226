/// The smallest face worth finding. Halving it makes the search about four times as dear.
public enum MinimumFace: Sendable, Hashable {
  /// A side in pixels of the displayed picture.
  case pixels(Double)
  /// A share of the picture's height, from 0 to 1, so that one setting suits streams of any resolution.
  case shareOfHeight(Double)

  /// The side in pixels for a picture `height` pixels tall; never under 12, the side of the first network's window.
  public func side(forHeight height: Int) -> Double {
    let side =
      switch self {
      case .pixels(let pixels): pixels
      case .shareOfHeight(let share): share * Double(height)
      }
    // A setting that is not a number falls back to the least as well.
    return side > Pyramid.window ? side : Pyramid.window
  }
}
