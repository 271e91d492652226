/// Which containers and protocols each kind of location may lead to.
///
/// A file is read through its descriptor alone: no protocol at all, so that nothing inside it can open a second file or
/// an address. Playlists (hls, concat, dash, sdp) are on no list for files.
enum FormatRules {
  private static let containers = [
    "mov", "mp4", "matroska", "webm", "mpegts", "mpeg", "mpegvideo", "avi", "flv", "live_flv", "asf", "ogg", "nut",
    "mxf", "rm", "wtv", "dv", "ivf", "obu", "av1", "h261", "h263", "h264", "hevc", "m4v", "vc1", "mjpeg",
    "yuv4mpegpipe", "gif", "apng",
  ]

  private static let pictures = [
    "bmp", "dpx", "exr", "gif", "j2k", "jpeg", "jpegls", "pam", "pbm", "pcx", "pgm", "png", "ppm", "qoi", "sgi",
    "tiff", "webp",
  ].map { $0 + "_pipe" }

  /// Recognised so that the answer can be "no video" instead of "not media".
  private static let sound = [
    "mp3", "aac", "ac3", "eac3", "flac", "wav", "w64", "aiff", "caf", "amr", "ape", "wv", "tta", "dts",
  ]

  private static let playlists: Set<String> = [
    "hls", "concat", "dash", "sdp", "rtsp", "imf", "lavfi", "webm_dash_manifest", "image2",
  ]

  static func formats(for kind: Location.Kind) -> [String] {
    switch kind {
    case .file, .standardInput: containers + pictures + sound
    case .imageSequence: ["image2"]
    case .http, .hls: ["hls"] + containers + pictures + sound
    case .rtsp: ["rtsp", "mpegts", "asf"]
    case .unsupported: []
    }
  }

  static func protocols(for kind: Location.Kind) -> [String] {
    switch kind {
    case .file, .standardInput, .unsupported: []
    case .imageSequence: ["file"]
    case .http, .hls: ["http", "https", "httpproxy", "tcp", "tls", "crypto"]
    case .rtsp: ["rtsp", "rtsps", "rtp", "tcp", "udp", "tls"]
    }
  }

  /// Whether a probed format (which may go by several comma-separated names) may be read.
  static func allows(_ format: String, for kind: Location.Kind) -> Bool {
    let allowed = Set(formats(for: kind))
    return format.split(separator: ",").contains { allowed.contains(String($0)) }
  }

  /// Whether a probed format may hold moving or still pictures, and may be read from a file.
  static func isPicture(_ format: String) -> Bool {
    format.split(separator: ",").contains { containers.contains(String($0)) || pictures.contains(String($0)) }
  }

  static func isPlaylist(_ format: String) -> Bool {
    format.split(separator: ",").contains { playlists.contains(String($0)) }
  }
}
