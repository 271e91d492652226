internal import Foundation
internal import Media
internal import Records

/// A folder that pairs are written to: `00000-real.png`, `00000-fake.png`, `00000-mask.png` and so on, a line for each
/// pair in `pairs.jsonl`, and `sheet.png` for a person to look at.
public final class ForgeFolder {
  public let path: String
  private let log: FileHandle
  /// Bytes of the list.
  private var listed: UInt64 = 0
  private var sheet: ForgeSheet
  /// Pairs written.
  public private(set) var count = 0

  /// - Parameter sheetRows: pairs shown on the sheet, the first ones.
  /// - Throws: `ForgeError` when the folder has something in it already or cannot be made.
  public init(_ path: String, size: Int, sheetRows: Int = 48) throws(ForgeError) {
    self.path = path
    sheet = ForgeSheet(side: size, most: sheetRows)
    if let children = try? FileManager.default.contentsOfDirectory(atPath: path) {
      guard children.isEmpty else {
        throw ForgeError("\(path) is not empty; name a new folder, so that no pairs are mixed up")
      }
    } else if FileManager.default.fileExists(atPath: path) {
      throw ForgeError("\(path) is a file; name a folder")
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      // Nothing is written twice: the folder was empty.
      guard FileManager.default.createFile(atPath: path + "/pairs.jsonl", contents: nil) else {
        throw CocoaError(.fileWriteNoPermission)
      }
      log = try FileHandle(forWritingTo: URL(fileURLWithPath: path + "/pairs.jsonl"))
    } catch {
      throw ForgeError("\(path) cannot be written: \(WriteFailure.reason(error)); make room, or choose another --out")
    }
  }

  /// Makes and writes the pairs of `seeds`, on several threads.
  /// - Parameter finished: told how many of them are done.
  /// - Throws: `ForgeError` when there is no room; what was written stays and is listed.
  public func write(
    _ forge: Forge, seeds: [UInt64], difficulty: Double, threads: Int,
    finished: @escaping @Sendable (_ done: Int) -> Void = { _ in }
  ) throws {
    // In waves, so that the list is written as it grows and in order.
    let wave = 8 * max(1, threads)
    for start in stride(from: 0, to: seeds.count, by: wave) {
      let (part, first, folder) = (Array(seeds[start..<min(start + wave, seeds.count)]), count, path)
      let outcomes = try mapInParallel(
        part.count, threads: threads, worker: {}, finished: { done, _ in finished(start + done) }
      ) {
        _, index in
        Result {
          let pair = try forge.pair(seed: part[index], difficulty: difficulty)
          try Self.write(pair, index: first + index, to: folder)
          return pair
        }
      }
      try list(outcomes, upTo: first + part.count)
    }
    try writeSheet()
  }

  /// Writes pairs that exist.
  /// - Throws: as the other.
  public func write(_ pairs: [ForgedPair]) throws {
    for pair in pairs {
      let outcome = Result {
        try Self.write(pair, index: count, to: path)
        return pair
      }
      try list([outcome], upTo: count + 1)
    }
    try writeSheet()
  }

  /// Removes the folder if no pair was written to it.
  public func removeIfEmpty() {
    guard count == 0 else { return }
    try? FileManager.default.removeItem(atPath: path + "/pairs.jsonl")
    // Fails, as it should, where something else lies in it.
    unsafe rmdir(path)
  }

  /// Lists pairs up to the first failure. What was written of it and of those after it, up to the pair `end`, is removed:
  /// nobody would know what it is.
  private func list(_ outcomes: [Result<ForgedPair, any Error>], upTo end: Int) throws {
    do {
      for outcome in outcomes { try list(try outcome.get()) }
    } catch {
      for index in count..<end {
        for part in Self.parts { try? FileManager.default.removeItem(atPath: "\(path)/\(Self.name(index, part))") }
      }
      guard let failure = error as? MediaError else { throw error }
      throw ForgeError(failure.message + rest)
    }
  }

  /// Ends a complaint.
  private var rest: String { count == 0 ? "" : "; the \(count) before it are whole, and listed" }

  private static let parts = ["real", "fake", "mask"]

  private static func name(_ index: Int, _ part: String) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits + "-\(part).png"
  }

  private static func write(_ pair: ForgedPair, index: Int, to folder: String) throws(MediaError) {
    try pair.real.write(to: "\(folder)/\(name(index, "real"))")
    try pair.fake.write(to: "\(folder)/\(name(index, "fake"))")
    try pair.maskPicture.write(to: "\(folder)/\(name(index, "mask"))")
  }

  private func list(_ pair: ForgedPair) throws(ForgeError) {
    var line = JSONObject()
    for part in Self.parts { line.set(part, Self.name(count, part)) }
    line.set("kind", pair.kind.rawValue)
    line.set("identity", pair.identity)
    if let donor = pair.donor { line.set("donor", donor) }
    // As text: numbers of 64 bits do not survive every reader of JSON.
    line.set("seed", String(pair.seed))
    if let draw = pair.draw {
      line.set("strength", draw.strength, decimals: 3)
      line.set("degradation", .object(Self.object(of: draw.degradation)))
    }
    line.set("changed", Double(pair.mask.reduce(0) { $0 + Int($1) }) / Double(pair.mask.count), decimals: 4)
    let bytes = line.encoded() + [UInt8(ascii: "\n")]
    do {
      try log.write(contentsOf: bytes)
    } catch {
      // A part of the line may have found room.
      try? log.truncate(atOffset: listed)
      throw ForgeError("\(path)/pairs.jsonl cannot be written: \(WriteFailure.reason(error))\(rest)")
    }
    listed += UInt64(bytes.count)
    sheet.add(pair)
    count += 1
  }

  /// What is done, by name, with how much of it; nothing for what is not.
  private static func object(of degradation: Degradation) -> JSONObject {
    var object = JSONObject()
    if degradation.colour != nil { object.set("colour", .bool(true)) }
    object.set("scale", degradation.scale, decimals: 3)
    object.set("blur", degradation.blur, decimals: 3)
    object.set("noise", degradation.noise.map(Double.init), decimals: 3)
    object.set("jpeg_quality", degradation.quality)
    object.set("h264_crf", degradation.rateFactor, decimals: 1)
    return object
  }

  private func writeSheet() throws(ForgeError) {
    guard let picture = sheet.picture else { return }
    do throws(MediaError) { try picture.write(to: "\(path)/sheet.png") } catch { throw ForgeError(error.message) }
  }
}
