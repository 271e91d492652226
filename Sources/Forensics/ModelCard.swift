/// What becomes of the square around a face where it would reach beyond the picture. A model sees what it learnt by.
public enum CropEdge: String, Sendable, Hashable, CaseIterable {
  /// What lies beyond is filled with the middle of the input range.
  case grey
  /// The square is moved into the picture.
  case inside
}

/// What a detector's ONNX file says of itself in its metadata (DESIGN.md §2, *Weights*).
public struct ModelCard: Sendable, Hashable {
  public let name: String
  public let version: String
  /// Side of the square input in pixels.
  public let inputSize: Int
  /// RGB values v in 0...255 enter as (v - mean) * scale.
  public let mean: Float
  public let scale: Float
  /// Side of the face crop, as a multiple of the longer side of the face box.
  public let cropScale: Double
  /// What becomes of a crop that would reach beyond the picture; `grey` where the card does not say.
  public let cropEdge: CropEdge
  /// The frame rule; its threshold is calibrated as the scores are.
  public let rule: FrameRule
  /// Turns the frame score into a probability; `none` where the card has no temperature.
  public let calibration: ScoreCalibration
  /// The vote's line, margin and dwell, where calibration found others than the usual.
  public let line: Double?
  public let margin: Double?
  public let dwell: Double?
  /// The vote's clearance, calibrated as the scores are; nil where nobody chose one.
  public let clearance: Float?
  public let training: String?
  /// Measured figures in words, as the card states them.
  public let figures: String?
  public let licence: String?
  /// SHA-256 of the file as it was before it was calibrated; nil for one that never was.
  public let calibratedFrom: String?

  /// The metadata keys that calibration writes.
  public enum Key {
    /// The confidence that a pixel must exceed, as the network gives it.
    public static let threshold = "threshold"
    public static let minimumComponent = "min_component"
    public static let line = "vote.line"
    public static let margin = "vote.margin"
    public static let dwell = "vote.dwell"
    /// In the network's own confidences, as the threshold.
    public static let clearance = "vote.clearance"
    public static let temperature = "score.temperature"
    public static let bias = "score.bias"
    /// In words: what it was done with, and what it promises.
    public static let calibration = "calibration"
    /// SHA-256 of the file as it was before any calibration: what all files with these weights have in common.
    public static let calibratedFrom = "calibration.of"
  }

  /// Reads the metadata of a segmentation model.
  /// - Throws: `DetectorError.card` naming the key that is missing or out of range.
  public init(_ metadata: [String: String]) throws(DetectorError) {
    func text(_ key: String) throws(DetectorError) -> String {
      guard let value = metadata[key], !value.isEmpty else { throw .card("has no metadata '\(key)'") }
      return value
    }
    func number(_ key: String, in range: ClosedRange<Double>) throws(DetectorError) -> Double {
      let value = try text(key)
      guard let number = Double(value), range.contains(number) else {
        throw .card("has metadata '\(key)' = '\(value)', which should lie in \(range.lowerBound)...\(range.upperBound)")
      }
      return number
    }
    func optional(_ key: String, in range: ClosedRange<Double>) throws(DetectorError) -> Double? {
      metadata[key] == nil ? nil : try number(key, in: range)
    }
    func expect(_ key: String, _ wanted: String) throws(DetectorError) {
      let value = try text(key)
      guard value.lowercased() == wanted.lowercased() else {
        throw .card("has metadata '\(key)' = '\(value)', but only '\(wanted)' can be run")
      }
    }
    try expect("task", "segmentation")
    try expect("input.layout", "NCHW")
    try expect("input.colour", "RGB")
    name = try text("name")
    version = try text("version")
    inputSize = Int(try number("input.size", in: 16...2048))
    mean = Float(try number("input.mean", in: -1000...1000))
    scale = Float(try number("input.scale", in: 1e-6...1000))
    cropScale = try number("crop.scale", in: 0.5...4)
    guard let edge = CropEdge(rawValue: metadata["crop.edge"] ?? CropEdge.grey.rawValue) else {
      let known = CropEdge.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
      throw .card("has metadata 'crop.edge' = '\(metadata["crop.edge"] ?? "")', which should be \(known)")
    }
    cropEdge = edge
    calibration = ScoreCalibration(
      temperature: try optional(Key.temperature, in: 0.001...1000) ?? 1,
      bias: try optional(Key.bias, in: -100...100) ?? 0)
    line = try optional(Key.line, in: 0...0.99)
    margin = try optional(Key.margin, in: 0...0.5)
    dwell = try optional(Key.dwell, in: 0...3600)
    let calibration = calibration
    clearance = try optional(Key.clearance, in: 0...1).map { calibration.probability(of: Float($0)) }
    rule = FrameRule(
      threshold: calibration.probability(of: Float(try number(Key.threshold, in: 0...1))),
      minimumComponent: Int(try number(Key.minimumComponent, in: 0...1_000_000)))
    training = metadata["training"]
    figures = metadata["figures"]
    licence = metadata["licence"]
    calibratedFrom = metadata[Key.calibratedFrom]
  }
}
