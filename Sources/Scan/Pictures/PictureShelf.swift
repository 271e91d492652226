internal import Forensics
internal import Media

/// The key pictures of one file, encoded, within a budget of bytes: when it is spent, the least telling tracks lose
/// theirs.
struct PictureShelf: Sendable {
  private struct Row: Sendable {
    let isTelling: Bool
    let ballots: Int
    let pictures: [KeyPicture]
    let bytes: Int

    /// Whether it gives way to another.
    func yields(to other: Row) -> Bool {
      (isTelling ? 1 : 0, ballots) < (other.isTelling ? 1 : 0, other.ballots)
    }
  }

  /// Two megabytes for a file: some seventy tracks without a finding, or thirty with one.
  private static let budget = 2 << 20

  private var rows: [Row] = []
  private var bytes = 0

  var pictures: [KeyPicture] { rows.flatMap(\.pictures).sorted { ($0.track, $0.time) < ($1.track, $1.time) } }

  /// - Parameter threshold: in the network's own confidences.
  mutating func add(_ album: Album, of track: Int, threshold: Float) {
    let isTelling = album.strongest.map { $0.score > threshold } ?? false
    let pictures = album.chosen(isTelling: isTelling).compactMap { KeyPicture($0, track: track) }
    let size = pictures.reduce(0) { $0 + $1.picture.count + $1.mask.count }
    rows.append(Row(isTelling: isTelling, ballots: album.count, pictures: pictures, bytes: size))
    bytes += size
    while bytes > Self.budget, let least = rows.indices.min(by: { rows[$0].yields(to: rows[$1]) }) {
      bytes -= rows.remove(at: least).bytes
    }
  }
}

extension KeyPicture {
  /// Nil when FFmpeg cannot encode it.
  fileprivate init?(_ shot: FaceShot, track: Int) {
    // Sixteen shades say as much to the eye, and take a third of the bytes.
    let shades = shot.picture.mask.flatMap { confidence in
      let shade = (UInt16(confidence) * 15 + 127) / 255 * 17
      return [UInt8(shade), UInt8(shade), UInt8(shade)]
    }
    guard let picture = try? shot.picture.crop.encoded(as: .jpeg(quality: 82)),
      let mask = try? Picture(size: shot.picture.crop.size, bytes: shades).encoded(as: .png)
    else { return nil }
    self.init(
      track: track, time: shot.time, score: shot.score, area: shot.picture.area, picture: picture, mask: mask)
  }
}
