public import Faces
internal import Foundation
internal import Media
internal import Neural

/// Pairs and masks from manipulated clips beside their originals.
public struct RealFakeMasks: Sendable {
  private let models: FaceModels
  private let size: Int
  /// Frames looked at in each second of a clip.
  public var rate = 2.0

  /// - Parameter size: the side of the pictures made.
  public init(models: FaceModels, size: Int = 256) {
    self.models = models
    self.size = size
  }

  /// What a pair of clips gave.
  public struct Found: Sendable {
    public var pairs: [ForgedPair] = []
    /// Frames without a face, that do not match, or in which nothing was changed.
    public var withoutFace = 0
    public var unmatched = 0
    public var unchanged = 0
  }

  /// The clips in two folders that have the same name, or the two files.
  /// - Throws: `ForgeError` when there are none.
  public static func clips(real: String, fake: String) throws(ForgeError) -> [(real: String, fake: String)] {
    func isFolder(_ path: String) throws(ForgeError) -> Bool {
      var isFolder: ObjCBool = false
      guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw ForgeError("\(path) does not exist")
      }
      return isFolder.boolValue
    }
    let (realIsFolder, fakeIsFolder) = (try isFolder(real), try isFolder(fake))
    guard realIsFolder == fakeIsFolder else {
      throw ForgeError("\(real) and \(fake) should both be folders or both be files")
    }
    guard realIsFolder else { return [(real, fake)] }
    let originals = Set(MediaFiles.below(real))
    let names = MediaFiles.below(fake).filter { originals.contains($0) }
    guard !names.isEmpty else { throw ForgeError("\(real) and \(fake) have no file of the same name") }
    return names.map { ("\(real)/\($0)", "\(fake)/\($0)") }
  }

  /// The pairs of one clip: the largest face of each frame looked at, cut out as scanning does.
  ///
  /// Frames belong together when their times are nearest and at most half a frame apart, and their surroundings of the
  /// face agree, after a shift of up to 4 pixels and a change of colour that holds for all of it.
  /// - Parameter most: ends after this many pairs.
  /// - Throws: `MediaError` when a clip cannot be read, `ModelError` when the detector does not run.
  public func pairs(real: String, fake: String, most: Int = .max) throws -> Found {
    let originals = try VideoReader(Location(real), options: ReaderOptions(sampling: .rate(rate)))
    let manipulated = try VideoReader(Location(fake))
    let slack = 0.5 / (manipulated.info.frameRate ?? 25) + 0.002
    let detector = FaceDetector(models: models, minimumFace: .shareOfHeight(0.08), workspace: Workspace())
    let sampler = FrameSampler()
    let name = (fake as NSString).lastPathComponent
    var found = Found()
    var current = try manipulated.next()
    var upcoming = try manipulated.next()
    while found.pairs.count < most, let frame = try originals.next() {
      while let next = upcoming, let now = current, abs(next.time - frame.time) <= abs(now.time - frame.time) {
        current = next
        upcoming = try manipulated.next()
      }
      guard let other = current, abs(other.time - frame.time) <= slack else {
        found.unmatched += 1
        continue
      }
      guard let face = try detector.faces(in: frame).faces.first else {
        found.withoutFace += 1
        continue
      }
      guard let views = views(of: face, in: frame, other, sampler) else {
        found.unmatched += 1
        continue
      }
      let mask = DifferenceMask(real: views.real, fake: views.fake, offset: views.offset)
      guard mask.pixels.contains(1) else {
        found.unchanged += 1
        continue
      }
      found.pairs.append(pair(views.real, views.fake, mask, name, frame.time))
    }
    return found
  }

  /// The square around the face in both frames, laid over each other; nil where they do not match.
  private func views(
    of face: Face, in frame: Frame, _ other: Frame, _ sampler: FrameSampler
  ) -> (real: Picture, fake: Picture, offset: SIMD3<Float>)? {
    let reach = 4
    let square = FaceCrop(around: face.box, scale: 1.3, within: frame.size).area
    let side = max(32, Int(square.width.rounded()))
    let area = Rectangle(x: square.x.rounded(), y: square.y.rounded(), width: Double(side), height: Double(side))
    let real = Picture(frame, area: area, sampler: sampler)
    let (scaleX, scaleY) = (
      Double(other.size.width) / Double(frame.size.width), Double(other.size.height) / Double(frame.size.height)
    )
    let margin = Double(reach)
    let wide = Picture(
      other,
      area: Rectangle(
        x: (area.x - margin) * scaleX, y: (area.y - margin) * scaleY, width: (area.width + 2 * margin) * scaleX,
        height: (area.height + 2 * margin) * scaleY),
      size: PixelSize(width: side + 2 * reach, height: side + 2 * reach), sampler: sampler)
    let alignment = FrameAlignment(real: real, fake: wide, reach: reach)
    guard alignment.remaining <= FrameAlignment.limit else { return nil }
    let fake = wide.cropped(
      x: reach + alignment.shift.x, y: reach + alignment.shift.y, to: PixelSize(width: side, height: side))
    return (real, fake, alignment.offset)
  }

  private func pair(_ real: Picture, _ fake: Picture, _ mask: DifferenceMask, _ name: String, _ time: Double)
    -> ForgedPair
  {
    let side = PixelSize(width: size, height: size)
    var plane = Plane(width: mask.width, height: mask.height)
    for index in plane.pixels.indices { plane.pixels[index] = Float(mask.pixels[index]) }
    let sampler = PictureSampler()
    return ForgedPair(
      real: sampler.sample(Rectangle(real.size), of: real, to: side),
      fake: sampler.sample(Rectangle(fake.size), of: fake, to: side),
      mask: plane.resized(width: size, height: size).pixels.map { $0 > 0.5 ? 1 : 0 }, kind: .genuine, identity: name,
      donor: nil, seed: UInt64((time * 1000).rounded()), draw: nil)
  }
}
