internal import Faces
internal import Foundation
internal import Media

/// A library on disk: `UNMASKFL`, the version, the length of an index, the index as JSON, the crops, and the SHA-256 of
/// all that stands before it as 64 hexadecimal digits.
enum FaceLibraryFile {
  static let version = 1
  private static let magic = Array("UNMASKFL".utf8)

  private struct Index: Codable {
    var key: String
    var problems: [FaceLibrary.Problem]
    var faces: [Entry]
  }

  private struct Entry: Codable {
    var identity: String
    var origin: String
    /// Width and height of the crop.
    var size: [Int]
    /// Left, top, width, height.
    var box: [Double]
    /// Left eye, right eye, nose, left and right corner of the mouth, x before y.
    var points: [Double]
    var bytes: Int
  }

  static func write(_ library: FaceLibrary, key: String, to path: String) throws {
    let index = Index(
      key: key, problems: library.problems,
      faces: library.photos.map { photo in
        let marks = photo.landmarks
        let points = [marks.leftEye, marks.rightEye, marks.nose, marks.leftMouth, marks.rightMouth]
        return Entry(
          identity: photo.identity, origin: photo.origin, size: [photo.size.width, photo.size.height],
          box: [photo.box.x, photo.box.y, photo.box.width, photo.box.height],
          points: points.flatMap { [$0.x, $0.y] }, bytes: photo.jpeg.count)
      })
    let json = Array(try JSONEncoder().encode(index))
    var bytes = magic
    bytes.reserveCapacity(json.count + library.photos.reduce(0) { $0 + $1.jpeg.count } + 128)
    for number in [version, json.count] {
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: UInt64(number) >> (8 * UInt64($0))) }
    }
    bytes += json
    for photo in library.photos { bytes += photo.jpeg }
    bytes += Array(SHA256.hexDigest(of: bytes).utf8)
    try AtomicFile.write(bytes, to: path)
  }

  /// - Throws: `ForgeError` or what reading throws: no such file, another key or version, damaged.
  static func read(_ path: String, key: String) throws -> FaceLibrary {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let broken = ForgeError("\(path) is no face library, or damaged; it can be deleted")
    guard bytes.count > 88, bytes.starts(with: magic) else { throw broken }
    let body = bytes.count - 64
    guard Array(SHA256.hexDigest(of: Array(bytes[..<body])).utf8) == Array(bytes[body...]) else { throw broken }
    func number(at place: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
    }
    guard number(at: 8) == UInt64(version), let length = Int(exactly: number(at: 16)), length <= body - 24 else {
      throw broken
    }
    let index = try JSONDecoder().decode(Index.self, from: Data(bytes[24..<24 + length]))
    guard index.key == key else { throw ForgeError("\(path) was made from other files or settings") }
    var place = 24 + length
    var photos: [FacePhoto] = []
    photos.reserveCapacity(index.faces.count)
    for entry in index.faces {
      guard entry.bytes >= 0, entry.bytes <= body - place, entry.points.count == 10, entry.box.count == 4,
        entry.size.count == 2
      else { throw broken }
      func point(_ index: Int) -> Point { Point(x: entry.points[2 * index], y: entry.points[2 * index + 1]) }
      photos.append(
        FacePhoto(
          identity: entry.identity, origin: entry.origin,
          size: PixelSize(width: entry.size[0], height: entry.size[1]),
          box: Rectangle(x: entry.box[0], y: entry.box[1], width: entry.box[2], height: entry.box[3]),
          landmarks: Landmarks(
            leftEye: point(0), rightEye: point(1), nose: point(2), leftMouth: point(3), rightMouth: point(4)),
          jpeg: Array(bytes[place..<place + entry.bytes])))
      place += entry.bytes
    }
    guard place == body else { throw broken }
    return FaceLibrary(photos: photos, problems: index.problems)
  }
}
