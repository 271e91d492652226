import CFFmpeg

/// Turns pictures of formats without a `PlaneLayout` into ones with. Keeps the last result, so that many faces of one
/// frame cost one conversion.
@safe final class PictureConverter {
  private var scaler: OpaquePointer?
  private var converted: UnsafeMutablePointer<AVFrame>?
  private var serial = -1

  deinit {
    unsafe sws_freeContext(scaler)
    unsafe av_frame_free(&converted)
  }

  /// The picture of `source` as planar RGB or 4:4:4; nil if swscale does not know its format either. `serial` names the
  /// frame.
  func convert(_ source: UnsafePointer<AVFrame>, serial: Int) -> UnsafePointer<AVFrame>? {
    if serial == self.serial, let converted = unsafe converted { return unsafe UnsafePointer(converted) }
    self.serial = -1
    let format = unsafe AVPixelFormat(rawValue: source.pointee.format)
    guard let described = unsafe av_pix_fmt_desc_get(format), sws_isSupportedInput(format) != 0 else {
      return nil
    }
    let isRGB = unsafe described.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) != 0
    let target = isRGB ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_YUV444P
    let (width, height) = unsafe (source.pointee.width, source.pointee.height)
    guard let picture = unsafe room(width, height, target) else { return nil }
    unsafe scaler = unsafe sws_getCachedContext(
      scaler, width, height, format, width, height, target,
      SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP, nil, nil, nil)
    guard let scaler = unsafe scaler else { return nil }
    // Neither matrix nor range changes here: the layout of the result applies them.
    let isFull: Int32 = unsafe source.pointee.color_range == AVCOL_RANGE_JPEG ? 1 : 0
    let matrix = unsafe unmask_sws_coefficients(Int32(SWS_CS_DEFAULT))
    unsafe sws_setColorspaceDetails(scaler, matrix, isFull, matrix, isFull, 0, 1 << 16, 1 << 16)
    let rows = unsafe withUnsafePointer(to: source.pointee.data) { data in
      unsafe withUnsafePointer(to: source.pointee.linesize) { strides in
        unsafe data.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: 8) { data in
          unsafe strides.withMemoryRebound(to: Int32.self, capacity: 8) { strides in
            unsafe withUnsafeMutablePointer(to: &picture.pointee.data) { target in
              unsafe target.withMemoryRebound(to: UnsafeMutablePointer<UInt8>?.self, capacity: 8) { target in
                unsafe withUnsafePointer(to: picture.pointee.linesize) { targetStrides in
                  unsafe targetStrides.withMemoryRebound(to: Int32.self, capacity: 8) { targetStrides in
                    unsafe sws_scale(scaler, data, strides, 0, height, target, targetStrides)
                  }
                }
              }
            }
          }
        }
      }
    }
    guard rows == height else { return nil }
    unsafe picture.pointee.colorspace = source.pointee.colorspace
    unsafe picture.pointee.color_range = source.pointee.color_range
    unsafe picture.pointee.chroma_location = AVCHROMA_LOC_CENTER
    self.serial = serial
    return unsafe UnsafePointer(picture)
  }

  /// The kept picture if it has the right size and format, else a new one.
  private func room(
    _ width: Int32, _ height: Int32, _ format: AVPixelFormat
  ) -> UnsafeMutablePointer<AVFrame>? {
    if let kept = unsafe converted, unsafe kept.pointee.width == width, unsafe kept.pointee.height == height,
      unsafe kept.pointee.format == format.rawValue
    {
      return unsafe kept
    }
    unsafe av_frame_free(&converted)
    unsafe converted = av_frame_alloc()
    guard let fresh = unsafe converted else { return nil }
    unsafe fresh.pointee.width = width
    unsafe fresh.pointee.height = height
    unsafe fresh.pointee.format = format.rawValue
    guard unsafe av_frame_get_buffer(fresh, 0) >= 0 else {
      unsafe av_frame_free(&converted)
      return nil
    }
    return unsafe fresh
  }
}
