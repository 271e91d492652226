import CFFmpeg

/// FFmpeg's options, by name. What a call did not understand is left in it, which is how a renamed option shows.
@safe struct OptionDictionary: ~Copyable {
  private var entries: OpaquePointer?

  init(_ options: [(String, String)]) {
    for (name, value) in options { unsafe av_dict_set(&entries, name, value, 0) }
  }

  deinit {
    var entries = unsafe entries
    unsafe av_dict_free(&entries)
  }

  /// Lends the dictionary to a call that takes out the options it knows.
  mutating func consumed<R>(by body: (UnsafeMutablePointer<OpaquePointer?>) -> R) -> R { unsafe body(&entries) }

  /// The names nobody took out.
  var leftOver: [String] {
    var names: [String] = []
    var entry: UnsafeMutablePointer<AVDictionaryEntry>?
    while true {
      unsafe entry = unsafe av_dict_get(entries, "", entry, AV_DICT_IGNORE_SUFFIX)
      guard let found = unsafe entry else { return names }
      unsafe names.append(String(cString: found.pointee.key))
    }
  }
}
