import Foundation
import Media
import Testing

@testable import Training

@Suite("A face library")
struct FaceLibraryTests {
  private let folder = NSTemporaryDirectory() + "library-\(UUID().uuidString)"

  private func names(_ count: Int) -> [String] { (0..<count).map { "folder/\($0 * 7).jpg" } }

  @Test(
    "is split into people to learn from and people held out: all of them, nobody in both, about the share asked for")
  func split() throws {
    let photo = try ForgeFixture.library().photos[0]
    let library = FaceLibrary(photos: names(2000).flatMap { [photo.named($0), photo.named($0)] })
    let (training, heldOut) = library.split(heldOut: 0.1)
    #expect(training.photos.count + heldOut.photos.count == library.photos.count)
    #expect(training.identities.isDisjoint(with: heldOut.identities))
    #expect((140...260).contains(heldOut.identities.count))
    // Whoever comes later moves nobody.
    let larger = FaceLibrary(photos: library.photos + names(3000).suffix(1000).map { photo.named($0) })
    #expect(larger.split(heldOut: 0.1).heldOut.identities.isSuperset(of: heldOut.identities))
    #expect(larger.split(heldOut: 0.1).training.identities.isSuperset(of: training.identities))
  }

  /// Made by Scripts/detectors/people.py, which holds out the same people when it trains on a GPU.
  @Test("holds out the people that training on a GPU holds out")
  func golden() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/people.json")
    let places = try JSONDecoder().decode([String: Double].self, from: Data(contentsOf: url))
    #expect(places.count > 20)
    for (name, place) in places { #expect(FaceLibrary.place(of: name) == place, "\(name)") }
  }

  @Test("comes back from its file as it was, and not for other files or settings")
  func file() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try written()
    let (library, problem) = try contents()
    let kept = try FaceLibraryFile.read(path, key: "key")
    #expect(kept.photos == library.photos && kept.problems == [problem])
    #expect(kept.fingerprint == library.fingerprint)
    #expect(throws: ForgeError.self) { try FaceLibraryFile.read(path, key: "another") }
  }

  @Test("is refused when its file is damaged anywhere or cut short", arguments: 0..<40)
  func damaged(round: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try written()
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    var random = SeededRandom(seed: UInt64(round))
    if round % 4 == 0 {
      bytes.removeLast(1 + random.index(bytes.count))
    } else {
      bytes[random.index(bytes.count)] ^= UInt8(1 << random.index(8))
    }
    try Data(bytes).write(to: URL(filePath: path))
    #expect(throws: (any Error).self) { try FaceLibraryFile.read(path, key: "key") }
  }

  @Test(
    "with false lengths and numbers under a checksum that fits gives an answer or an error, no trap", arguments: 0..<30)
  func forgedLengths(round: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try written()
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)).dropLast(64))
    var random = SeededRandom(seed: UInt64(round))
    if round % 2 == 0 {
      for place in 16..<24 { bytes[place] = UInt8(random.index(256)) }
    } else {
      // A digit of the index.
      let digits = bytes.indices.filter { $0 > 24 && $0 < 900 && (48...57).contains(bytes[$0]) }
      bytes[random.pick(digits)] = UInt8(48 + random.index(10))
    }
    bytes += Array(SHA256.hexDigest(of: bytes).utf8)
    try Data(bytes).write(to: URL(filePath: path))
    let kept = try? FaceLibraryFile.read(path, key: "key")
    #expect(kept == nil || round % 2 == 1 && kept?.photos.count == 2)
  }

  private func contents() throws -> (FaceLibrary, FaceLibrary.Problem) {
    let problem = FaceLibrary.Problem(path: "x.jpg", isUnreadable: true, description: "x.jpg: no picture")
    let photos = try ForgeFixture.library(people: 2).photos
    return (FaceLibrary(photos: photos, problems: [problem]), problem)
  }

  private func written() throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = folder + "/faces.cache"
    try FaceLibraryFile.write(contents().0, key: "key", to: path)
    return path
  }
}
