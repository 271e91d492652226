import Forensics
import Media
import Testing

@testable import Scan

@Suite("The key pictures of a track")
struct AlbumTests {
  private static let picture = FacePicture(
    area: Rectangle(x: 0, y: 0, width: 8, height: 8), crop: Picture(size: PixelSize(width: 8, height: 8)),
    mask: [UInt8](repeating: 200, count: 64))

  private func album(_ count: Int, peak: Int) -> Album {
    var album = Album()
    for number in 0..<count {
      album.add(FaceShot(time: Double(number), score: number == peak ? 0.9 : 0.1, picture: Self.picture))
    }
    return album
  }

  @Test("hold the highest score and spread evenly, however long the track gets", arguments: [1, 2, 5, 17, 1000])
  func spread(count: Int) {
    let peak = count * 2 / 3
    let times = album(count, peak: peak).chosen(isTelling: true).map(\.time)
    #expect(times.contains(Double(peak)))
    #expect(times == times.sorted() && Set(times).count == times.count)
    #expect(times.count <= 6)
    if count > 8 {
      #expect(times.count >= 3)
      #expect(times.last! - times.first! >= Double(count) / 2)
    }
  }

  @Test("are no more than two where nothing was found")
  func untelling() {
    #expect((1...2).contains(album(100, peak: 3).chosen(isTelling: false).count))
    #expect(Album().chosen(isTelling: true).isEmpty)
  }

  @Test("are files that can be read back: a JPEG and a PNG of the same size")
  func encoded() throws {
    var shelf = PictureShelf()
    shelf.add(album(3, peak: 1), of: 4, threshold: 0.5)
    let pictures = shelf.pictures
    #expect(pictures.count == 3 && pictures.allSatisfy { $0.track == 4 })
    let first = try #require(pictures.first)
    #expect(first.picture.starts(with: [0xFF, 0xD8]))
    #expect(first.mask.starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }

  @Test("stay within two megabytes a file, and those of tracks that show something stay longest")
  func budget() {
    var luck = SeededGenerator(seed: 4)
    var shelf = PictureShelf()
    for track in 1...120 {
      var album = Album()
      for number in 0..<4 {
        let size = PixelSize(width: 128, height: 128)
        let noise = (0..<3 * size.pixels).map { _ in UInt8.random(in: 0...255, using: &luck) }
        let picture = FacePicture(
          area: Rectangle(size), crop: Picture(size: size, bytes: noise), mask: Array(noise.prefix(size.pixels)))
        album.add(FaceShot(time: Double(number), score: track % 10 == 0 ? 0.9 : 0.1, picture: picture))
      }
      shelf.add(album, of: track, threshold: 0.5)
    }
    let pictures = shelf.pictures
    #expect(pictures.reduce(0) { $0 + $1.picture.count + $1.mask.count } <= 2 << 20)
    #expect(Set(pictures.map(\.track)).isSuperset(of: stride(from: 10, through: 120, by: 10)))
  }
}
