/// Turns interleaved RGB into planar Y'CbCr 4:2:0 of BT.601, each chroma sample the rounded mean of its four pixels; at
/// odd edges the last row or column counts twice. 16-bit fixed point: within one of the exact value.
///
/// Strides in bytes. Luma is (height, width), chroma (⌈height/2⌉, ⌈width/2⌉).
public func subsample(
  rgb: UnsafePointer<UInt8>, width: Int, height: Int, isFullRange: Bool,
  luma: UnsafeMutablePointer<UInt8>, lumaStride: Int, blue: UnsafeMutablePointer<UInt8>,
  red: UnsafeMutablePointer<UInt8>, chromaStride: Int
) {
  let scale = isFullRange ? 1 : 219.0 / 255
  let chromaScale = isFullRange ? 1 : 224.0 / 255
  func fixed(_ value: Double) -> Int32 { Int32((value * 65536).rounded()) }
  let (yr, yg, yb) = (fixed(0.299 * scale), fixed(0.587 * scale), fixed(0.114 * scale))
  let lumaOffset: Int32 = (isFullRange ? 0 : 16 << 16) + 32768
  for row in 0..<height {
    let source = rgb + 3 * row * width
    let target = luma + row * lumaStride
    for x in 0..<width {
      let (r, g, b) = (Int32(source[3 * x]), Int32(source[3 * x + 1]), Int32(source[3 * x + 2]))
      // At most 255.5 · 65536: no overflow, and nothing to clamp.
      target[x] = UInt8(truncatingIfNeeded: min((r &* yr &+ g &* yg &+ b &* yb &+ lumaOffset) >> 16, 255))
    }
  }
  // The sums of four pixels are four times too large, so two more bits are shifted out.
  let (cbR, cbG) = (fixed(-0.299 / 1.772 * chromaScale), fixed(-0.587 / 1.772 * chromaScale))
  let (crG, crB) = (fixed(-0.587 / 1.402 * chromaScale), fixed(-0.114 / 1.402 * chromaScale))
  let half = fixed(0.5 * chromaScale)
  let chromaOffset: Int32 = 128 << 18 + 131_072
  let (columns, lines) = ((width + 1) / 2, (height + 1) / 2)
  for row in 0..<lines {
    let first = rgb + 3 * 2 * row * width
    let second = 2 * row + 1 < height ? first + 3 * width : first
    let (blueRow, redRow) = (blue + row * chromaStride, red + row * chromaStride)
    for x in 0..<columns {
      let left = 6 * x
      let right = 2 * x + 1 < width ? left + 3 : left
      let r = Int32(first[left]) &+ Int32(first[right]) &+ Int32(second[left]) &+ Int32(second[right])
      let g = Int32(first[left + 1]) &+ Int32(first[right + 1]) &+ Int32(second[left + 1]) &+ Int32(second[right + 1])
      let b = Int32(first[left + 2]) &+ Int32(first[right + 2]) &+ Int32(second[left + 2]) &+ Int32(second[right + 2])
      let cb = (r &* cbR &+ g &* cbG &+ b &* half &+ chromaOffset) >> 18
      let cr = (r &* half &+ g &* crG &+ b &* crB &+ chromaOffset) >> 18
      blueRow[x] = UInt8(truncatingIfNeeded: min(max(cb, 0), 255))
      redRow[x] = UInt8(truncatingIfNeeded: min(max(cr, 0), 255))
    }
  }
}
