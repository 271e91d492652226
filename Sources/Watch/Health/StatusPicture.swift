/// A small picture for the status page, encoded.
struct StatusPicture: Sendable, Hashable {
  enum Format: String, Sendable, Hashable {
    case jpeg = "image/jpeg"
    case png = "image/png"
  }

  /// The whole file.
  let bytes: [UInt8]
  let format: Format
  /// Pixels.
  let width, height: Int
}
