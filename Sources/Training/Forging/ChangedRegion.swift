internal import Foundation

/// Where a fake was changed.
enum ChangedRegion {
  /// A pixel counts as changed where the source is blended in by more than this...
  static let weight: Float = 0.2
  /// ... and the mean over 7×7 pixels of the difference's largest channel is more than this many levels of 255: what
  /// rounding to 8 bits would leave of less is nothing.
  static let difference: Float = 0.6
  /// Changed pixels, as a share of all, below which a fake is none: 200 of 256×256, twice what the frame rule asks for.
  static let leastShare = 200.0 / 65_536
  /// Mean difference inside the mask below which a fake is none.
  static let leastDifference: Float = 1.5

  /// 1 where changed; nil for a fake that is as good as real.
  static func mask(of overlay: Overlay, _ fake: Canvas) -> Plane? {
    var apart = Plane(width: fake.width, height: fake.height)
    for index in apart.pixels.indices where overlay.weight.pixels[index] > 0 {
      let change = fake.pixels[index] - overlay.base.pixels[index]
      apart.pixels[index] = change.magnitudes.largest
    }
    let local = apart.boxBlurred(radius: 3)
    var mask = apart
    var (count, sum) = (0, Float(0))
    for index in mask.pixels.indices {
      let isChanged = overlay.weight.pixels[index] > weight && local.pixels[index] > difference
      mask.pixels[index] = isChanged ? 1 : 0
      if isChanged {
        count += 1
        sum += local.pixels[index]
      }
    }
    guard Double(count) >= leastShare * Double(mask.pixels.count), sum / Float(count) >= leastDifference else {
      return nil
    }
    return mask
  }
}
