internal import Foundation
internal import Media
internal import Yams

/// The list of streams: each is a mapping, or an address alone.
struct StreamsReader {
  static let maximumStreams = 1000

  private let defaults: StreamSettings
  private let keepsEvidence: Bool
  private let context: ReadingContext

  init(defaults: StreamSettings, keepsEvidence: Bool, _ context: ReadingContext) {
    self.defaults = defaults
    self.keepsEvidence = keepsEvidence
    self.context = context
  }

  /// A stream that may not have its name yet.
  private struct Entry {
    var name: String?
    let location: Location
    var loops = false
    var settings: StreamSettings
  }

  /// - Parameter further: addresses from the command line, which follow those of the file.
  func read(_ node: Node?, further: [String]) -> [StreamConfiguration] {
    var entries: [Entry] = []
    switch node {
    case nil: break
    case let node? where node.isEmptyValue: break
    case .sequence(let list)?:
      if list.count > Self.maximumStreams {
        context.mistakes.add(
          node.flatMap { .init($0) }, "lists \(list.count) streams; more than \(Self.maximumStreams) are not watched")
      }
      var names: [String: ConfigurationMistake.Place?] = [:]
      entries = list.prefix(Self.maximumStreams).compactMap { entry(of: $0, &names) }
    case let node?:
      context.mistakes.add(
        .init(node), "`streams` should be a list, each stream begun with `-`, not \(node.kind)")
    }
    entries += further.map { Entry(location: Location($0), settings: defaults) }
    return named(entries)
  }

  private func named(_ entries: [Entry]) -> [StreamConfiguration] {
    let nameless = entries.filter { $0.name == nil }.map(\.location)
    var made = StreamName.names(for: nameless, besides: Set(entries.compactMap(\.name)))[...]
    return entries.map { entry in
      StreamConfiguration(
        name: entry.name ?? made.removeFirst(), location: entry.location, loops: entry.loops, settings: entry.settings)
    }
  }

  private func entry(of node: Node, _ names: inout [String: ConfigurationMistake.Place?]) -> Entry? {
    if case .scalar = node {
      // An address alone is read as a mapping that holds nothing else.
      let mapping = Node.mapping(Node.Mapping([(.scalar(.init(StreamKey.source.rawValue)), node)]))
      return entry(of: mapping, &names)
    }
    let stream = SectionReader<StreamKey>(
      node, name: "a stream", others: ConfigurationKeys.names(of: SettingKey.self), context)
    let section = SectionReader<SettingKey>(
      node, name: "a stream", isSecond: true, context)
    var settings = defaults
    SettingsReader.apply(section, keepsEvidence: keepsEvidence, to: &settings)
    let name = name(stream, &names)
    guard case .mapping = node else { return nil }
    if stream.node(.source) == nil {
      context.mistakes.add(
        stream.place, "a stream needs a `source`: an address such as rtsp://10.0.0.5/lobby, or a file")
    }
    let user = stream.text(.user, as: "a user's name")
    let password = stream.secret(.password, orIn: .passwordFile)
    guard let source = stream.text(.source, as: "an address or a path", atMost: 16_384) else { return nil }
    let location = Location(source, user: user, password: password?.plain)
    check(stream, location, hasCredentials: user != nil || password != nil)
    let loops = stream.flag(.loop) ?? false
    if loops, location.isNetwork {
      stream.refuse(.loop, "is for files; what comes over the network has no beginning to return to")
    }
    return Entry(name: name, location: location, loops: loops, settings: settings)
  }

  private func check(_ stream: SectionReader<StreamKey>, _ location: Location, hasCredentials: Bool) {
    switch location.kind {
    case .unsupported:
      stream.refuse(
        .source,
        "is of a kind that is not read: \(Shown.value(location.redacted)); rtsp, rtsps, http and https addresses are, and files"
      )
    case .standardInput:
      stream.refuse(.source, "cannot be standard input in a file; name it on the command line, as `-`")
    case .file:
      if !FileManager.default.fileExists(atPath: location.redacted) {
        stream.warn(.source, "names the file \(Shown.value(location.redacted)), which does not exist yet")
      }
    case .imageSequence, .rtsp, .hls, .http: break
    }
    if hasCredentials, !location.isNetwork {
      let key = [StreamKey.user, .password, .passwordFile].first { stream.node($0) != nil } ?? .user
      stream.refuse(key, "is for addresses; a file asks for none")
    }
  }

  private func name(
    _ stream: SectionReader<StreamKey>, _ names: inout [String: ConfigurationMistake.Place?]
  ) -> String? {
    guard let name = stream.text(.name, as: "a name") else { return nil }
    guard name.count <= 64, name.first != ".", name.unicodeScalars.allSatisfy(Self.isAllowed) else {
      stream.refuse(
        .name,
        "should be at most 64 letters, digits, spaces, '-', '_' and '.', since folders are named after it, not \(Shown.value(name))"
      )
      return nil
    }
    if let first = names[name] {
      let line = first.map { ", as in line \($0.line)" } ?? ""
      stream.refuse(.name, "is \(Shown.value(name))\(line); no two streams may share a name")
    } else {
      names[name] = stream.place(of: .name)
    }
    return name
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil || " -_.".unicodeScalars.contains(scalar)
      || scalar.properties.generalCategory == .nonspacingMark
  }
}
