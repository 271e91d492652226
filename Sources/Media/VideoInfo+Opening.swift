import CFFmpeg

extension Orientation {
  /// Nil for a null pointer.
  init?(displayMatrix: UnsafePointer<Int32>?) {
    guard let matrix = unsafe displayMatrix else { return nil }
    unsafe self.init(a: matrix[0], b: matrix[1], c: matrix[3], d: matrix[4])
  }
}

extension VideoInfo {
  init(demuxer: Demuxer, codec: String, isLive: Bool, orientation: Orientation) {
    let stream = unsafe demuxer.stream
    let parameters = unsafe stream.pointee.codecpar.pointee
    let container = demuxer.container
    let rate = unsafe [stream.pointee.avg_frame_rate, stream.pointee.r_frame_rate].lazy
      .filter { $0.num > 0 && $0.den > 0 }.map { av_q2d($0) }.first { (0.001...1000).contains($0) }
    let isStill = unsafe demuxer.isPicture || stream.pointee.nb_frames == 1
    var aspect = unsafe parameters.sample_aspect_ratio
    if aspect.num <= 0 { aspect = unsafe stream.pointee.sample_aspect_ratio }
    let stored = unsafe PixelSize(width: Int(parameters.width), height: Int(parameters.height))
    let isKnown = stored.pixels > 0
    self.init(
      container: container, codec: codec,
      size: isKnown
        ? DisplayGeometry.size(
          stored: stored, orientation: orientation, pixelAspect: DisplayGeometry.pixelAspect(aspect)) : nil,
      codedSize: isKnown ? stored : nil, rotation: orientation.degreesClockwise,
      duration: isStill ? nil : demuxer.duration, isLive: isLive, isStill: isStill, startTime: demuxer.startTime,
      frameRate: isStill ? nil : rate)
  }

  /// The same source, now that a frame has told its size.
  func with(size: PixelSize, codedSize: PixelSize) -> VideoInfo {
    VideoInfo(
      container: container, codec: codec, size: size, codedSize: codedSize, rotation: rotation, duration: duration,
      isLive: isLive, isStill: isStill, startTime: startTime, frameRate: frameRate)
  }
}
