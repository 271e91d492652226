internal import Media

extension Canvas {
  init(_ picture: Picture) {
    self.init(width: picture.width, height: picture.height)
    let bytes = picture.bytes.span
    var target = pixels.mutableSpan
    for index in 0..<target.count {
      target[index] = SIMD4(Float(bytes[3 * index]), Float(bytes[3 * index + 1]), Float(bytes[3 * index + 2]), 0)
    }
  }

  /// Rounded to 8 bits.
  var picture: Picture {
    var picture = Picture(size: PixelSize(width: width, height: height))
    let source = pixels.span
    picture.withMutableBytes { bytes in
      for index in 0..<source.count {
        let kept = source[index].inPixelRange + 0.5
        bytes[3 * index] = UInt8(kept.x)
        bytes[3 * index + 1] = UInt8(kept.y)
        bytes[3 * index + 2] = UInt8(kept.z)
      }
    }
    return picture
  }

  /// `self` where the weight is 0, `other` where it is 1.
  func blended(with other: Canvas, weight: Plane) -> Canvas {
    var result = self
    let (source, share) = (other.pixels.span, weight.pixels.span)
    var target = result.pixels.mutableSpan
    for index in 0..<target.count {
      let here = share[index]
      // Exactly untouched where nothing is blended in.
      if here > 0 { target[index] = target[index] + (source[index] - target[index]) * here }
    }
    return result
  }

  /// Shrunk to `share` of its size and enlarged again: what is left after a smaller picture was made of it.
  func throughScale(_ share: Double, down: Interpolation, up: Interpolation, _ sampler: PictureSampler) -> Canvas {
    let size = PixelSize(width: width, height: height)
    let small = PixelSize(
      width: max(8, Int((Double(width) * share).rounded())), height: max(8, Int((Double(height) * share).rounded())))
    let reduced = sampler.sample(Rectangle(size), of: picture, to: small, by: down)
    return Canvas(sampler.sample(Rectangle(small), of: reduced, to: size, by: up))
  }
}
