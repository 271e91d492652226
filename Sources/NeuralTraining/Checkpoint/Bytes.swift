/// Appends numbers little-endian, and lists with their length before them.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func write<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func write(_ text: String) {
    write(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func write(_ values: [Float]) {
    write(values.count)
    unsafe values.map(\.bitPattern.littleEndian).withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }
}

/// Reads what a `ByteWriter` wrote, checking every length against what is left.
struct ByteReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  private mutating func take(_ count: Int) throws(TrainingError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= rest.count else {
      throw TrainingError(.malformed, "it ends in the middle of a value; it was cut short, take an earlier one")
    }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func read<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws(TrainingError) -> T {
    let bytes = try take(MemoryLayout<T>.size)
    return unsafe bytes.withUnsafeBytes { unsafe T(littleEndian: $0.loadUnaligned(as: T.self)) }
  }

  /// A number that is not negative.
  mutating func readNumber() throws(TrainingError) -> Int {
    let value = try read(Int.self)
    guard value >= 0 else { throw TrainingError(.malformed, "a count in it is negative; take an earlier one") }
    return value
  }

  /// The length of a list whose items take at least so many bytes each.
  mutating func readCount(itemBytes: Int) throws(TrainingError) -> Int {
    let count = try readNumber()
    guard count <= rest.count / itemBytes else {
      throw TrainingError(.malformed, "it ends in the middle of a list; it was cut short, take an earlier one")
    }
    return count
  }

  mutating func readText() throws(TrainingError) -> String {
    let count = try readCount(itemBytes: 1)
    return String(decoding: try take(count), as: UTF8.self)
  }

  mutating func readFloats() throws(TrainingError) -> [Float] {
    let count = try readCount(itemBytes: 4)
    let bytes = try take(4 * count)
    return unsafe bytes.withUnsafeBytes { bytes in
      (0..<count).map { i in
        unsafe Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)))
      }
    }
  }
}
