internal import Analysis
internal import Faces
internal import Forensics
internal import Media
internal import Records

extension AnalysisSettings {
  /// The settings by their command-line names, for `service.start`.
  var described: [(name: String, value: JSONValue)] {
    var list: [(name: String, value: JSONValue)] = []
    switch sampling {
    case .rate(let fps): list.append(("fps", .number(fps, decimals: 3)))
    case .everyFrame: list.append(("every-frame", true))
    case .keyFrames: list.append(("key-frames", true))
    case .closer(let fps, within: _): list.append(("fps", .number(fps, decimals: 3)))
    }
    list.append(("min-face", .string(minimumFace.spelled)))
    list.append(("window", .number(votes.window, decimals: 3)))
    list.append(("threads", .integer(Int64(threads))))
    list.append(("transport", .string(reader.transport.rawValue)))
    return list
  }
}

extension MinimumFace {
  /// As the command line takes it.
  fileprivate var spelled: String {
    func number(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
    return switch self {
    case .pixels(let pixels): number(pixels)
    case .shareOfHeight(let share): number((share * 1e6).rounded() / 1e4) + "%"
    }
  }
}
