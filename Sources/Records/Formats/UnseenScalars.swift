extension Unicode.Scalar {
  /// Whether it has no shape of its own, but may move the cursor, colour the screen, begin a line or turn the writing
  /// round, or stands for something else. Names of files may hold anything; shown to people, such a scalar is replaced.
  public var isUnseen: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .format, .privateUse: true
    default: false
    }
  }
}
