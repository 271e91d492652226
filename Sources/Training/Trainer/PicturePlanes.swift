/// The way of a picture's bytes into a network's input: (v − 127.5) / 127.5 in planes red, green, blue.
enum PicturePlanes {
  static let mean: Float = 127.5
  static let scale: Float = 1 / 127.5

  /// Writes one picture into `planes` at its place in the batch.
  /// - Parameters:
  ///   - place: index of the picture in the batch.
  ///   - picture: (side, side, 3), RGB.
  static func fill(_ planes: inout MutableSpan<Float>, from place: Int, with picture: [UInt8]) {
    let pixels = picture.count / 3
    let bytes = picture.span
    for channel in 0..<3 {
      let base = (3 * place + channel) * pixels
      for pixel in 0..<pixels { planes[base + pixel] = (Float(bytes[3 * pixel + channel]) - mean) * scale }
    }
  }
}
