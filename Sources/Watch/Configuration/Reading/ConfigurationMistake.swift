/// One thing in a configuration that cannot stand, or that probably is not meant: where, what, and the way out. Holds no
/// secret, so it may be printed.
public struct ConfigurationMistake: Error, Sendable, Hashable, CustomStringConvertible {
  /// A place in a file, both counted from 1; the column counts characters.
  public struct Place: Sendable, Hashable, Comparable {
    public let line, column: Int

    public init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }

    public static func < (left: Place, right: Place) -> Bool {
      (left.line, left.column) < (right.line, right.column)
    }
  }

  /// The file; nil for what the command line says.
  public let file: String?
  public let place: Place?
  /// One sentence.
  public let sentence: String

  public init(file: String?, place: Place? = nil, _ sentence: String) {
    self.file = file
    self.place = place
    self.sentence = sentence
  }

  /// `file:line:column: sentence`, the form that editors jump to.
  public var description: String {
    var words: [String] = []
    if let file { words.append(file) }
    if let place { words += ["\(place.line)", "\(place.column)"] }
    return words.isEmpty ? sentence : words.joined(separator: ":") + ": " + sentence
  }
}

/// What reading a configuration came to.
public struct ConfigurationReading: Sendable {
  /// What is to be done; nil when there are mistakes.
  public let configuration: WatchConfiguration?
  /// All of them, by place.
  public let mistakes: [ConfigurationMistake]
  /// What can be worked with, but should be known.
  public let warnings: [ConfigurationMistake]
  /// Where the file names its models, for whoever loads them: by key of the section `analysis`.
  public let modelPlaces: [String: ConfigurationMistake.Place]

  init(
    configuration: WatchConfiguration?, mistakes: [ConfigurationMistake], warnings: [ConfigurationMistake],
    modelPlaces: [String: ConfigurationMistake.Place]
  ) {
    self.configuration = configuration
    self.mistakes = mistakes
    self.warnings = warnings
    self.modelPlaces = modelPlaces
  }

  /// A reading that never came to the configuration itself.
  public init(mistakes: [ConfigurationMistake]) {
    self.init(configuration: nil, mistakes: mistakes, warnings: [], modelPlaces: [:])
  }
}

/// Gathers what is wrong while reading goes on, so that all of it is told at once.
final class MistakeList {
  private let file: String?
  private var mistakes: [ConfigurationMistake] = []
  private var warnings: [ConfigurationMistake] = []

  init(file: String?) { self.file = file }

  func add(_ place: ConfigurationMistake.Place?, _ sentence: String) {
    mistakes.append(ConfigurationMistake(file: file, place: place, sentence))
  }

  func warn(_ place: ConfigurationMistake.Place?, _ sentence: String) {
    warnings.append(ConfigurationMistake(file: file, place: place, sentence))
  }

  var isEmpty: Bool { mistakes.isEmpty }
  var sorted: [ConfigurationMistake] { Self.sorted(mistakes) }
  var sortedWarnings: [ConfigurationMistake] { Self.sorted(warnings) }

  private static func sorted(_ list: [ConfigurationMistake]) -> [ConfigurationMistake] {
    let nowhere = ConfigurationMistake.Place(line: .max, column: 0)
    return list.enumerated().sorted { left, right in
      (left.element.place ?? nowhere, left.offset) < (right.element.place ?? nowhere, right.offset)
    }.map(\.element)
  }
}
