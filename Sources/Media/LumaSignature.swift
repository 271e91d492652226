import CFFmpeg
import MediaKernels

/// A grid of brightness samples of one frame, to tell a picture that moves from one that stands still, and a picture
/// from darkness. Read straight from the decoder's plane: a few microseconds, whatever the frame's size.
///
/// Points and not means: the noise of a living sensor survives in single samples and drowns in averages.
public struct LumaSignature: Sendable, Hashable {
  static let columns = 64
  static let rows = 36

  /// 0...255, row by row, as stored: not turned, not converted to full range. Empty for formats without a plane of
  /// samples (palettes, bit fields).
  private(set) var samples: [UInt8]

  /// Takes the signature of a frame.
  public init(of frame: Frame) {
    samples = unsafe frame.withPlanes { picture in
      guard let layout = unsafe PlaneLayout(picture), let luma = layout.components.first, luma.width > 0,
        luma.height > 0
      else { return [] }
      let depth = unsafe av_pix_fmt_desc_get(AVPixelFormat(rawValue: picture.pointee.format)).pointee.comp.0
      let shift = Int(depth.depth) + Int(depth.shift) - 8
      return (0..<Self.rows).flatMap { row in
        let line = unsafe luma.base + (2 * row + 1) * luma.height / (2 * Self.rows) * luma.stride
        return (0..<Self.columns).map { column in
          let place = (2 * column + 1) * luma.width / (2 * Self.columns) * luma.step + luma.offset
          switch layout.sampleType {
          case .byte: return unsafe line.load(fromByteOffset: place, as: UInt8.self)
          case .word:
            return UInt8(clamping: unsafe line.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self) >> shift)
          }
        }
      }
    }
  }

  init(samples: [UInt8]) { self.samples = samples }

  /// Whether the two show the very same picture: hardly a sample differs by more than encoding the same picture again
  /// would explain. Signatures that know nothing are like no other.
  public func isSamePicture(as other: LumaSignature) -> Bool {
    guard !samples.isEmpty, samples.count == other.samples.count else { return false }
    var sum = 0
    var moved = 0
    for (mine, theirs) in zip(samples, other.samples) {
      let difference = abs(Int(mine) - Int(theirs))
      sum += difference
      if difference > 3 { moved += 1 }
    }
    return 2 * sum <= samples.count && 200 * moved <= samples.count
  }

  /// Whether there is nothing but darkness: a covered lens, a camera without a sensor behind it. Black is 16 in most
  /// formats, and noise may lift it a little.
  public var isBlack: Bool {
    guard !samples.isEmpty else { return false }
    let bright = samples.count { $0 > 40 }
    let sum = samples.reduce(0) { $0 + Int($1) }
    return sum < 26 * samples.count && 200 * bright <= samples.count
  }
}
