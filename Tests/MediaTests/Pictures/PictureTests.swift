import Foundation
import Media
import Testing

@Suite("Picture")
struct PictureTests {
  /// Soft shapes in all three colours, as photographs have them.
  static func soft(_ width: Int, _ height: Int) -> Picture {
    var picture = Picture(size: PixelSize(width: width, height: height))
    for y in 0..<height {
      for x in 0..<width {
        let (u, v) = (Double(x) / 17, Double(y) / 23)
        picture[x, y] = SIMD3(
          UInt8(128 + 90 * sin(u + v)), UInt8(128 + 90 * cos(u - 0.5 * v)), UInt8(128 + 90 * sin(0.7 * v)))
      }
    }
    return picture
  }

  static func worst(_ a: Picture, _ b: Picture) -> Int {
    zip(a.bytes, b.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  static func mean(_ a: Picture, _ b: Picture) -> Double {
    zip(a.bytes, b.bytes).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(a.bytes.count)
  }

  @Test("comes back from PNG as it was, whatever its size", arguments: [(1, 1), (7, 3), (64, 48), (101, 77)])
  func survivesPNG(width: Int, height: Int) throws {
    let picture = Self.soft(width, height)
    #expect(try Picture(decoding: picture.encoded(as: .png)) == picture)
  }

  @Test("comes back from JPEG nearly as it was, the nearer the higher the quality", arguments: [(64, 48), (101, 77)])
  func survivesJPEG(width: Int, height: Int) throws {
    let picture = Self.soft(width, height)
    let errors = try [95, 75, 30].map { quality in
      Self.mean(picture, try Picture(decoding: picture.encoded(as: .jpeg(quality: quality))))
    }
    #expect(errors[0] < 1.5)
    #expect(errors[0] < errors[1] && errors[1] < errors[2])
    #expect(errors[2] < 8)
  }

  @Test("writes the tables of JPEG's annex K, scaled as libjpeg scales them")
  func writesStandardTables() throws {
    let bytes = try Self.soft(32, 32).encoded(as: .jpeg(quality: 50))
    // After the marker FFDB and its length come the table's number and its steps in zigzag order; the first is the DC's.
    let marker = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDB })
    let steps = bytes[(marker + 6)...].prefix(9)
    #expect(Array(steps) == [11, 12, 14, 12, 10, 16, 14, 13, 14])
  }

  @Test("is written whole or not at all, and read back from the file")
  func writesFiles() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pictures-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let picture = Self.soft(40, 30)
    let path = folder.appending(path: "a.png").path
    try picture.write(to: path)
    #expect(try Picture(contentsOf: path) == picture)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.png"])
    let absent = folder.appending(path: "no/b.png").path
    let error = #expect(throws: MediaError.self) { try picture.write(to: absent) }
    #expect(error?.message.contains(absent) == true)
  }

  @Test("that cannot be written names the full disk", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func refusesFullDisk() throws {
    // Nothing can be created beside /dev/full under a process without rights, or written to it with them.
    let error = #expect(throws: MediaError.self) { try AtomicFile.write([1, 2, 3], to: "/proc/unmask.png") }
    #expect(error?.message.hasPrefix("/proc/unmask.png cannot be written") == true)
  }

  @Test("that is cut short or no picture is refused")
  func refusesDamaged() throws {
    #expect(throws: MediaError.self) { try Picture(contentsOf: Clips.path("cut.jpg")) }
    let whole = try Self.soft(64, 64).encoded(as: .jpeg(quality: 80))
    #expect(throws: MediaError.self) { try Picture(decoding: Array(whole.prefix(whole.count / 2))) }
    #expect(throws: MediaError.self) { try Picture(decoding: [1, 2, 3, 4]) }
    #expect(throws: MediaError.self) { try Picture(decoding: []) }
    // A decoder that met a damaged picture is good for the next one.
    let decoder = PictureDecoder()
    _ = try? decoder.picture(from: Array(whole.prefix(whole.count / 2)))
    #expect(try decoder.picture(from: whole).size == PixelSize(width: 64, height: 64))
  }

  @Test("read from a file equals its frame", arguments: ["still.png", "still.jpg", "still.bmp"])
  func readsFiles(name: String) throws {
    let frame = try #require(try Clips.reader(name).next())
    let picture = try Picture(contentsOf: Clips.path(name))
    #expect(picture.size == frame.size)
    let planes = frame.pixels(frame.size)
    for index in stride(from: 0, to: frame.size.pixels, by: 97) {
      let pixel = picture[index % picture.width, index / picture.width]
      for channel in 0..<3 {
        #expect(abs(Float(pixel[channel]) - planes[channel * frame.size.pixels + index]) <= 0.5)
      }
    }
  }

  @Test("a part of a frame is what lies there")
  func cutsFrames() throws {
    let frame = try #require(try Clips.reader("still.png").next())
    let whole = Picture(frame)
    let part = Picture(frame, area: Rectangle(x: 20, y: 30, width: 50, height: 40))
    #expect(part == whole.cropped(x: 20, y: 30, to: PixelSize(width: 50, height: 40)))
  }

  @Test("cropping beyond an edge repeats the edge, pasting puts a crop back")
  func cropsAndPastes() {
    let picture = Self.soft(20, 10)
    let crop = picture.cropped(x: -2, y: 8, to: PixelSize(width: 5, height: 4))
    #expect(crop[0, 0] == picture[0, 8])
    #expect(crop[4, 3] == picture[2, 9])
    var copy = Picture(size: picture.size, filledWith: SIMD3(1, 2, 3))
    #expect(copy[19, 9] == SIMD3(1, 2, 3))
    copy.paste(picture.cropped(x: 3, y: 2, to: PixelSize(width: 4, height: 5)), x: 3, y: 2)
    #expect(copy[6, 6] == picture[6, 6])
    #expect(copy[7, 6] == SIMD3(1, 2, 3))
    #expect(picture.mirrored[0, 3] == picture[19, 3])
  }
}
