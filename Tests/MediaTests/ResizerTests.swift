import Media
import Testing

@Suite("PlanarResizer")
struct ResizerTests {
  @Test("agrees with OpenCV's INTER_AREA when shrinking and INTER_LINEAR when enlarging")
  func agreesWithOpenCV() throws {
    let lines = String(decoding: try Golden.bytes("opencv_resize.txt"), as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: " ") }
    let values = lines[0].dropFirst(3).compactMap { Float($0) }
    let source = PixelSize(width: 37, height: 23)
    try #require(values.count == source.pixels && lines.count == 12)
    let resizer = PlanarResizer()
    // Two channels, so that planes cannot be mixed up: the second is the first, negated.
    let planes = values + values.map { -$0 }
    for line in lines.dropFirst() {
      let size = PixelSize(width: try #require(Int(line[0])), height: try #require(Int(line[1])))
      let expected = line.dropFirst(2).compactMap { Float($0) }
      var output = [Float](repeating: .nan, count: 2 * size.pixels)
      var span = output.mutableSpan
      resizer.resize(planes.span, of: source, channels: 2, to: size, into: &span)
      let stride = max(1, size.pixels / 150)
      for (index, value) in expected.enumerated() {
        #expect(abs(output[index * stride] - value) < 0.02, "\(size), sample \(index * stride)")
        #expect(abs(output[size.pixels + index * stride] + value) < 0.02)
      }
    }
  }
}
