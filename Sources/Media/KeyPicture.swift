import CFFmpeg

/// Tells the packets from which a decoder can begin without anything that came before.
///
/// A container's key flag promises less: of H.264 and HEVC it also marks pictures from which a viewer may begin but after
/// which some still refer further back, and streams that renew their picture bit by bit.
struct KeyPicture: Sendable {
  private enum Codec { case h264, hevc, independent }

  private let codec: Codec
  /// Bytes of the length before each unit; nil where start codes part them.
  private let lengthBytes: Int?

  /// Nil for codecs of which nothing is known here.
  init?(_ parameters: UnsafePointer<AVCodecParameters>) {
    let extra = unsafe UnsafeBufferPointer(
      start: parameters.pointee.extradata, count: Int(max(parameters.pointee.extradata_size, 0)))
    switch unsafe parameters.pointee.codec_id {
    case AV_CODEC_ID_H264:
      codec = .h264
      lengthBytes = unsafe extra.count > 6 && extra[0] == 1 ? Int(extra[4] & 3) + 1 : nil
    case AV_CODEC_ID_HEVC:
      codec = .hevc
      // The configuration record begins with its version, 1; parameter sets with a start code.
      lengthBytes = unsafe extra.count > 22 && extra[0] == 1 ? Int(extra[21] & 3) + 1 : nil
    case AV_CODEC_ID_MJPEG, AV_CODEC_ID_VP8, AV_CODEC_ID_VP9:
      codec = .independent
      lengthBytes = nil
    default: return nil
    }
  }

  func isKey(_ packet: UnsafePointer<AVPacket>) -> Bool {
    guard unsafe packet.pointee.flags & AV_PKT_FLAG_KEY != 0 else { return false }
    guard codec != .independent else { return true }
    let bytes = unsafe UnsafeBufferPointer(start: packet.pointee.data, count: Int(max(packet.pointee.size, 0)))
    return unsafe isKey(bytes.span)
  }

  func isKey(_ bytes: Span<UInt8>) -> Bool {
    var position = 0
    while let unit = nextUnit(bytes, &position) {
      switch codec {
      case .h264 where bytes[unit] & 0x1F == 5: return true
      // IDR_W_RADL and IDR_N_LP.
      case .hevc where (19...20).contains(bytes[unit] >> 1 & 0x3F): return true
      default: break
      }
    }
    return false
  }

  /// The place of the next unit's first byte.
  private func nextUnit(_ bytes: Span<UInt8>, _ position: inout Int) -> Int? {
    if let lengthBytes {
      guard position + lengthBytes < bytes.count else { return nil }
      var length = 0
      for index in 0..<lengthBytes { length = length << 8 | Int(bytes[position + index]) }
      let first = position + lengthBytes
      position = first + length
      return first
    }
    while position + 3 < bytes.count {
      if bytes[position] == 0, bytes[position + 1] == 0, bytes[position + 2] == 1 {
        position += 3
        return position
      }
      position += 1
    }
    return nil
  }
}
