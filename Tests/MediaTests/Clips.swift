import Glibc
import Media
import Testing

/// The clips that set-up makes, below `.cache/media` of the package.
enum Clips {
  static let packageRoot = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
  static let directory = packageRoot + "/.cache/media"

  /// The path of a clip; throws a sentence that says what to do when set-up has not made it.
  static func path(_ name: String) throws -> String {
    let path = directory + "/" + name
    guard unsafe name.contains("%") || access(path, R_OK) == 0 else {
      throw MediaError(.notFound, "\(path) is missing: run make setup")
    }
    return path
  }

  static func reader(_ name: String, _ options: ReaderOptions = ReaderOptions()) throws -> VideoReader {
    try VideoReader(Location(path(name)), options: options)
  }

  /// The whole file.
  static func bytes(of name: String) throws -> [UInt8] {
    let path = try path(name)
    let descriptor = unsafe open(path, O_RDONLY)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe read(descriptor, &piece, piece.count)
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }
}

extension VideoReader {
  /// Every frame up to the end, and the error that came after the last one.
  func drained() -> (frames: [Frame], error: MediaError?) {
    var frames: [Frame] = []
    do throws(MediaError) {
      while let frame = try next() { frames.append(frame) }
      return (frames, nil)
    } catch {
      return (frames, error)
    }
  }
}

extension Frame {
  /// The frame scaled to `size`, R, G and B planes in 0...255.
  func pixels(
    _ size: PixelSize, area: Rectangle? = nil, outside: Float = 0, sampler: FrameSampler = FrameSampler()
  ) -> [Float] {
    var values = [Float](repeating: .nan, count: 3 * size.pixels)
    var span = values.mutableSpan
    sampler.sample(
      area ?? Rectangle(self.size), of: self, to: size, mean: 0, scale: 1, outside: outside, into: &span)
    return values
  }
}
