internal import Analysis
internal import Media

/// A small picture for the status page, and who is in it.
struct StatusPicture: Sendable, Hashable {
  /// A face that was judged.
  struct Face: Sendable, Hashable {
    let track: Int
    /// In shares of the picture's width and height.
    let x, y, width, height: Double
    /// The score of its mask in this picture alone.
    let score: Double
    let isMarked: Bool
  }

  /// A whole JPEG file.
  let bytes: [UInt8]
  /// Pixels.
  let width, height: Int
  var faces: [Face] = []
}

extension StatusPicture {
  init(_ view: FrameView) {
    self.init(
      bytes: view.jpeg, width: view.size.width, height: view.size.height,
      faces: view.people.map { person in
        Face(
          track: person.track, x: person.box.x, y: person.box.y, width: person.box.width, height: person.box.height,
          score: Double(person.score), isMarked: person.isMarked)
      })
  }
}
