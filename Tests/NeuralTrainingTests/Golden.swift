import Foundation
import Neural

/// What `Golden/make_golden.py` wrote.
enum Golden {
  /// A tensor of a golden file.
  struct Values: Decodable {
    let shape: [Int]
    let floats: [Float]

    private enum Key: CodingKey { case shape, values }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      shape = try container.decode([Int].self, forKey: .shape)
      let bytes = try container.decode(Data.self, forKey: .values)
      floats = stride(from: 0, to: bytes.count, by: 4).map { start in
        Float(
          bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[bytes.startIndex + start + $1]) << UInt32(8 * $1) })
      }
    }
  }

  struct Operator: Decodable {
    let model: Data
    let inputs: [String: Values]
    let result: Values
    let direction: Values
    let gradients: [String: Values]
    let buffers: [String: Values]?
  }

  struct UNet: Decodable {
    let model: Data
    let images: Values
    let masks: Values
    let losses: [Double]
    let gradients: [String: Values]
    let running: [String: Values]
  }

  struct Optimizers: Decodable {
    let start: Values
    let gradients: [Values]
    let after: [String: Values]
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  /// Names of the files of single operators.
  static let operators: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasPrefix("operator-") && $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }()

  static func read<T: Decodable>(_ name: String, as type: T.Type = T.self) throws -> T {
    try JSONDecoder().decode(T.self, from: Data(contentsOf: folder.appending(path: name + ".json")))
  }
}

/// Reproducible numbers in -1...1.
struct Noise {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> Float {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int64(state >> 40)) / Float(1 << 23) - 1
  }

  mutating func values(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}
