import Faces
import Foundation
import Media

@testable import Training

/// Faces to make fakes of, from what the set-up provides.
enum ForgeFixture {
  struct Missing: Error, CustomStringConvertible { let description: String }

  static func cached(_ name: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appending(path: ".cache/\(name)").path
    guard FileManager.default.fileExists(atPath: path) else { throw Missing(description: "\(path): run `make setup`") }
    return path
  }

  /// Loaded once for all tests.
  static let models = Result { try FaceModels(directory: cached("mtcnn")) }
  private static let astronaut = Result {
    try FaceFinder(models: models.get(), threads: 1).library(of: [cached("media/astronaut.png")]).photos[0]
  }

  /// One face under several names, for as many people: whose it is decides what is made, not what it looks like.
  static func library(people: Int = 4) throws -> FaceLibrary {
    let photo = try astronaut.get()
    return FaceLibrary(photos: (0..<people).map { photo.named("person \($0)") })
  }

  /// A plane with something in it everywhere.
  static func noise(_ width: Int, _ height: Int, seed: UInt64) -> Plane {
    var random = SeededRandom(seed: seed)
    var plane = Plane(width: width, height: height)
    for index in plane.pixels.indices { plane.pixels[index] = Float(random.unit()) }
    return plane
  }

  static func canvas(_ width: Int, _ height: Int, seed: UInt64) -> Canvas {
    noise(width, height, seed: seed).map { SIMD4($0 * 255, (1 - $0) * 200, $0 * $0 * 255, 0) }
  }
}

extension FacePhoto {
  func named(_ name: String) -> FacePhoto {
    FacePhoto(identity: name, origin: name, size: size, box: box, landmarks: landmarks, jpeg: jpeg)
  }
}

extension Plane {
  /// Whether a square of side `2 * radius + 1` around each pixel holds one above 0.
  func reached(radius: Int) -> Plane { boxBlurred(radius: radius).map { $0 > 1e-6 ? 1 : 0 } }
}
