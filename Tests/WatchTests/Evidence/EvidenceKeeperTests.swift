import Foundation
import Synchronization
import Testing

@testable import Forensics
@testable import Media
@testable import Watch

@Suite("Keeping evidence")
struct EvidenceKeeperTests {
  private let root = NSTemporaryDirectory() + "unmask-keeper-" + UUID().uuidString
  private let name = EvidenceName(stream: "lobby", time: 1e9, track: 1)

  /// A grey face whose mask marks the upper left quarter.
  private var exhibit: Exhibit {
    let side = 64
    let mask = (0..<side * side).map { Float($0 % side < side / 2 && $0 / side < side / 2 ? 0.9 : 0.1) }
    return Exhibit(
      face: Picture(size: PixelSize(width: 256, height: 256), filledWith: SIMD3(100, 100, 100)),
      marks: MarkedPixels(
        mask.span, side: side, above: 0.5, area: Rectangle(x: 10, y: 10, width: 100, height: 100)))
  }

  @Test("writes the face, and beside it the face with its mask laid over it")
  func picture() async throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let keeper = EvidenceKeeper(EvidenceConfiguration(directory: root)) { Issue.record("\($0)") }
    let path = try #require(await keeper.keep(exhibit, as: name))
    #expect(path == name.path(.png))
    let picture = try Picture(contentsOf: root + "/" + path)
    #expect(picture.height == 256 && picture.width > 512)
    let right = picture.width - 256
    let grey = SIMD3<UInt8>(100, 100, 100)
    #expect(picture[20, 20] == grey && picture[200, 200] == grey && picture[right + 200, 200] == grey)
    let marked = picture[right + 20, 20]
    #expect(marked.x > 120 && marked.y < 100 && marked.z < 100)
  }

  @Test("says once that it cannot write, and again only after it could")
  func saysOnce() async throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let complaints = Mutex<[String]>([])
    let keeper = EvidenceKeeper(EvidenceConfiguration(directory: "/dev/null/x")) { line in
      complaints.withLock { $0.append(line) }
    }
    for _ in 0..<5 { #expect(await keeper.keep(exhibit, as: name) == nil) }
    #expect(complaints.withLock { $0.count } == 1)
    #expect(complaints.withLock { $0.first?.contains("/dev/null/x") } == true)
    keeper.configure(EvidenceConfiguration(directory: root))
    #expect(await keeper.keep(exhibit, as: name) != nil)
    keeper.configure(EvidenceConfiguration(directory: "/dev/null/x"))
    for _ in 0..<3 { #expect(await keeper.keep(exhibit, as: name) == nil) }
    #expect(complaints.withLock { $0.count } == 2)
  }

  @Test("keeps nothing where no folder is named")
  func off() async {
    let keeper = EvidenceKeeper(EvidenceConfiguration()) { Issue.record("\($0)") }
    #expect(await keeper.keep(exhibit, as: name) == nil)
    #expect(keeper.keepClip(of: PacketHistory(seconds: 5), as: name) == nil)
  }

  @Test("writes a clip when its end has come, and at the latest when the watch ends")
  func clip() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let clip = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/.cache/media/clip.mp4"
    let history = PacketHistory(seconds: 12)
    let reader = try VideoReader(Location(clip), history: history)
    for _ in 0..<30 { _ = try reader.next() }
    let keeper = EvidenceKeeper(EvidenceConfiguration(directory: root, clipBefore: 0.5, clipAfter: 60)) {
      Issue.record("\($0)")
    }
    let path = try #require(keeper.keepClip(of: history, as: name))
    #expect(path == name.path(.mp4))
    keeper.close()
    let cut = try VideoReader(Location(root + "/" + path))
    let first = try #require(try cut.next())
    #expect(first.isKeyFrame)
    var count = 1
    while try cut.next() != nil { count += 1 }
    // From the key frame before half a second ago to now.
    #expect((12...40).contains(count))
  }
}
