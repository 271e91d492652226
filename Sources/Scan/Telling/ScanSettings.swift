internal import Analysis
internal import Faces
internal import Foundation
internal import Media

/// What decides about the ballots beside content and model: two scans with the same text would see the same.
struct ScanSettings: Encodable {
  /// Raised when another way of analysing makes old ballots stale.
  private static let revision = 1

  private let analysis: Int
  private let sampling: String
  private let minimumFace: String
  private let faceModels: [String]
  private let isQuick: Bool?

  init(_ settings: AnalysisSettings, _ faces: FaceModels, isQuick: Bool) {
    analysis = Self.revision
    sampling =
      switch settings.sampling {
      case .rate(let rate): "\(rate) a second"
      case .everyFrame: "every frame"
      case .keyFrames: "key frames"
      case .closer(let rate, within: _): "\(rate) a second where key frames show something"
      }
    minimumFace =
      switch settings.minimumFace {
      case .pixels(let pixels): "\(pixels) pixels"
      case .shareOfHeight(let share): "\(share) of the height"
      }
    faceModels = faces.identities.map(\.sha256)
    self.isQuick = isQuick ? true : nil
  }

  /// A JSON object with its keys in order.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
