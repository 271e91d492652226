import CFFmpeg
import MediaKernels

extension Picture {
  /// A copy in FFmpeg's memory, RGB.
  func rgbFrame() throws(MediaError) -> RawFrame {
    let frame = try RawFrame(size, AV_PIX_FMT_RGB24)
    unsafe bytes.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      let stride = unsafe Int(frame.base.pointee.linesize.0)
      for row in 0..<height {
        unsafe frame.base.pointee.data.0?.advanced(by: row * stride)
          .update(from: first + 3 * row * width, count: 3 * width)
      }
    }
    return frame
  }

  /// The picture as Y'CbCr 4:2:0 of BT.601, each chroma sample the mean of its four pixels and in their middle.
  /// - Parameter isFullRange: 0...255 as in JPEG; else 16...235 and 16...240 as in video.
  func subsampledFrame(isFullRange: Bool) throws(MediaError) -> RawFrame {
    let frame = try RawFrame(size, isFullRange ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P)
    let raw = unsafe frame.base
    unsafe raw.pointee.color_range = isFullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
    unsafe raw.pointee.colorspace = AVCOL_SPC_SMPTE170M
    unsafe raw.pointee.chroma_location = AVCHROMA_LOC_CENTER
    unsafe bytes.withUnsafeBufferPointer { source in
      guard let rgb = source.baseAddress, let luma = unsafe raw.pointee.data.0, let blue = unsafe raw.pointee.data.1,
        let red = unsafe raw.pointee.data.2
      else { return }
      unsafe subsample(
        rgb: rgb, width: width, height: height, isFullRange: isFullRange,
        luma: luma, lumaStride: Int(raw.pointee.linesize.0), blue: blue, red: red,
        chromaStride: Int(raw.pointee.linesize.1))
    }
    return frame
  }
}
