public import Faces
public import Media

/// One face, cut out of a photograph or a video frame with a margin around it.
public struct FacePhoto: Sendable, Hashable {
  /// Whose face it is, as far as the material tells: the path of the photograph or of the video. One video is taken to
  /// show one person.
  public let identity: String
  /// The file it was found in, and for a video the time, such as `clip.mp4@3.20`.
  public let origin: String
  /// Of the crop, in pixels.
  public let size: PixelSize
  /// The face's box as the detector gave it, in pixels of the crop.
  public let box: Rectangle
  /// In pixels of the crop.
  public let landmarks: Landmarks
  /// The crop, packed.
  public let jpeg: [UInt8]

  public init(
    identity: String, origin: String, size: PixelSize, box: Rectangle, landmarks: Landmarks, jpeg: [UInt8]
  ) {
    self.identity = identity
    self.origin = origin
    self.size = size
    self.box = box
    self.landmarks = landmarks
    self.jpeg = jpeg
  }

  /// The crop; a decoder kept by the caller makes it quicker.
  public func picture(_ decoder: PictureDecoder = PictureDecoder()) throws(MediaError) -> Picture {
    try decoder.picture(from: jpeg)
  }
}

extension FacePhoto {
  /// Cuts a face out of a frame and packs it.
  /// - Returns: nil for a face that is not worth it: uncertain, too small, or mostly outside the frame.
  init?(
    _ face: Face, in frame: Frame, identity: String, origin: String, settings: FaceLibrary.Settings,
    sampler: FrameSampler
  ) throws(MediaError) {
    let longer = max(face.box.width, face.box.height)
    guard face.score >= settings.minimumScore, min(face.box.width, face.box.height) >= settings.minimumFace else {
      return nil
    }
    let square = FaceCrop(around: face.box, scale: 1 + 2 * settings.margin).area
    let left = max(0, square.x.rounded(.down))
    let top = max(0, square.y.rounded(.down))
    let right = min(Double(frame.size.width), (square.x + square.width).rounded(.up))
    let bottom = min(Double(frame.size.height), (square.y + square.height).rounded(.up))
    guard right - left > 0.7 * longer, bottom - top > 0.7 * longer else { return nil }
    let area = Rectangle(x: left, y: top, width: right - left, height: bottom - top)
    // Large faces are shrunk, small ones are left as they are: enlarging adds nothing but bytes.
    let scale = min(1, Double(settings.side) / max(area.width, area.height))
    let size = PixelSize(
      width: Int((area.width * scale).rounded()), height: Int((area.height * scale).rounded()))
    func moved(_ point: Point) -> Point {
      Point(
        x: (point.x - left) * Double(size.width) / area.width, y: (point.y - top) * Double(size.height) / area.height)
    }
    let corner = moved(Point(x: face.box.x, y: face.box.y))
    let marks = face.landmarks
    let crop = Picture(frame, area: area, size: size, sampler: sampler)
    self.init(
      identity: identity, origin: origin, size: size,
      box: Rectangle(
        x: corner.x, y: corner.y, width: face.box.width * Double(size.width) / area.width,
        height: face.box.height * Double(size.height) / area.height),
      landmarks: Landmarks(
        leftEye: moved(marks.leftEye), rightEye: moved(marks.rightEye), nose: moved(marks.nose),
        leftMouth: moved(marks.leftMouth), rightMouth: moved(marks.rightMouth)),
      jpeg: try crop.encoded(as: .jpeg(quality: settings.quality)))
  }
}
