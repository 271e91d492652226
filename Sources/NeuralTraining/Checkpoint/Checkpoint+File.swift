internal import Neural

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The file, all numbers little-endian:
///
/// | bytes | what |
/// |---|---|
/// | 8 | `UNMASKCP` |
/// | 4, 4 | version (1), nothing (0) |
/// | 8 | bytes of the body |
/// | … | the body: see `Checkpoint.init(body:)` |
/// | 8 | FNV-1a over all 64-bit words before it, the last padded with zeros |
extension Checkpoint {
  static let magic: [UInt8] = Array("UNMASKCP".utf8)
  static let version: UInt32 = 1
  private static let headerBytes = 24

  /// Reads a file.
  ///
  /// - Throws: `TrainingError` naming the file and what is wrong with it; hostile bytes never trap.
  public init(contentsOf path: String) throws(TrainingError) {
    let bytes: [UInt8]
    do {
      bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
    } catch {
      throw TrainingError(.unreadable, "\(path): cannot be read; is it there, and may this user read it?")
    }
    do {
      try self.init(bytes: bytes)
    } catch {
      throw TrainingError(error.code, "\(path): \(error.message)")
    }
  }

  /// Writes the checkpoint to `path`: whole, or not at all, since a file beside it takes its name when it is complete.
  public func write(to path: String) throws(TrainingError) {
    do {
      try Data(serialized()).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw TrainingError(
        .unwritable,
        "\(path): cannot be written; is there a folder of that name with room, and may this user write there?")
    }
  }

  /// The bytes of a file; equal states make equal bytes.
  public func serialized() -> [UInt8] {
    var body = ByteWriter()
    writeBody(&body)
    var file = ByteWriter()
    file.bytes = Self.magic
    file.write(Self.version)
    file.write(UInt32(0))
    file.write(UInt64(body.bytes.count))
    file.bytes += body.bytes
    file.write(Self.checksum(file.bytes[...]))
    return file.bytes
  }

  /// Reads a file that is already in memory.
  public init(bytes: [UInt8]) throws(TrainingError) {
    guard bytes.count >= Self.headerBytes + 8, Array(bytes[..<8]) == Self.magic else {
      throw TrainingError(.malformed, "it is no checkpoint of a training run; give the file that `train` wrote")
    }
    var header = ByteReader(bytes[8...])
    let version = try header.read(UInt32.self)
    guard version == Self.version else {
      throw TrainingError(
        .malformed,
        "it is a checkpoint of version \(version), this program reads \(Self.version); use the program that wrote it")
    }
    _ = try header.read(UInt32.self)
    let length = try header.read(UInt64.self)
    guard length == UInt64(bytes.count - Self.headerBytes - 8) else {
      throw TrainingError(
        .malformed,
        "it has \(bytes.count) bytes where its header promises \(length) and \(Self.headerBytes + 8); it was cut short, take an earlier one"
      )
    }
    var end = ByteReader(bytes[(bytes.count - 8)...])
    guard try end.read(UInt64.self) == Self.checksum(bytes[..<(bytes.count - 8)]) else {
      throw TrainingError(.malformed, "its checksum does not fit its content; it is damaged, take an earlier one")
    }
    var body = ByteReader(bytes[Self.headerBytes..<(bytes.count - 8)])
    try self.init(body: &body)
    guard body.isAtEnd else { throw TrainingError(.malformed, "bytes are left over at its end; take an earlier one") }
  }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    unsafe bytes.withUnsafeBytes { bytes in
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      var start = 0
      while start < bytes.count {
        var word: UInt64 = 0
        if start + 8 <= bytes.count {
          word = UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        } else {
          for i in start..<bytes.count { word |= UInt64(unsafe bytes[i]) << UInt64(8 * (i - start)) }
        }
        hash = (hash ^ word) &* 0x0000_0100_0000_01B3
        hash ^= hash >> 32
        start += 8
      }
      return hash
    }
  }

  // MARK: The body

  private func writeBody(_ body: inout ByteWriter) {
    body.write(notes.count)
    for (key, value) in notes.sorted(by: { $0.key < $1.key }) {
      body.write(key)
      body.write(value)
    }
    body.write(generator)
    parameters.write(&body)
    buffers.write(&body)
    let (kind, settings) = optimizer.method.settings
    body.write(kind)
    for setting in settings { body.write(setting.bitPattern) }
    body.write(UInt8(optimizer.sparesVectors ? 1 : 0))
    body.write(optimizer.stepCount)
    body.write(optimizer.moments.count)
    for moment in optimizer.moments { body.write(moment) }
    body.write(UInt8(average == nil ? 0 : 1))
    if let average {
      body.write(average.decay.bitPattern)
      body.write(average.updateCount)
      body.write(average.values)
    }
  }

  private init(body: inout ByteReader) throws(TrainingError) {
    var notes: [String: String] = [:]
    for _ in 0..<(try body.readCount(itemBytes: 16)) {
      let key = try body.readText()
      notes[key] = try body.readText()
    }
    let generator = try body.read(UInt64.self)
    let parameters = try Block(&body)
    let buffers = try Block(&body)
    let kind = try body.read(UInt8.self)
    var settings: [Double] = []
    for _ in 0..<4 { settings.append(Double(bitPattern: try body.read(UInt64.self))) }
    guard let method = OptimizerMethod(kind: kind, values: settings) else {
      throw TrainingError(.malformed, "its optimiser is unknown; use the program that wrote it")
    }
    let sparesVectors = try body.read(UInt8.self) != 0
    let stepCount = try body.readNumber()
    var moments: [[Float]] = []
    for _ in 0..<(try body.readCount(itemBytes: 8)) { moments.append(try body.readFloats()) }
    guard moments.count == method.momentCount, moments.allSatisfy({ $0.count == parameters.values.count }) else {
      throw TrainingError(.malformed, "the optimiser's moments do not fit the parameters; take an earlier one")
    }
    var average: AverageState?
    if try body.read(UInt8.self) != 0 {
      let decay = Double(bitPattern: try body.read(UInt64.self))
      let updateCount = try body.readNumber()
      let state = AverageState(decay: decay, updateCount: updateCount, values: try body.readFloats())
      guard state.values.count == parameters.values.count else {
        throw TrainingError(.malformed, "the average does not fit the parameters; take an earlier one")
      }
      average = state
    }
    self.init(
      parameters: parameters, buffers: buffers,
      optimizer: OptimizerState(
        method: method, sparesVectors: sparesVectors, stepCount: stepCount, moments: moments), average: average,
      generator: generator, notes: notes)
  }
}

extension Checkpoint.Block {
  fileprivate func write(_ body: inout ByteWriter) {
    body.write(names.count)
    for (name, shape) in zip(names, shapes) {
      body.write(name)
      body.write(shape.rank)
      for size in shape.dimensions { body.write(size) }
    }
    body.write(values)
  }

  fileprivate init(_ body: inout ByteReader) throws(TrainingError) {
    (names, shapes) = ([], [])
    var total = 0
    for _ in 0..<(try body.readCount(itemBytes: 16)) {
      names.append(try body.readText())
      var sizes: [Int] = []
      for _ in 0..<(try body.readCount(itemBytes: 8)) { sizes.append(try body.readNumber()) }
      let shape = Shape(sizes)
      let (sum, overflow) = total.addingReportingOverflow(shape.count)
      guard !overflow, shape.count < Int.max else {
        throw TrainingError(.malformed, "the shape of `\(names[names.count - 1])` is absurd; take an earlier one")
      }
      total = sum
      shapes.append(shape)
    }
    values = try body.readFloats()
    guard values.count == total else {
      throw TrainingError(
        .malformed, "its \(values.count) values do not fill shapes of \(total) elements; take an earlier one")
    }
  }
}
