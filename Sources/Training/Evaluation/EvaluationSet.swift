internal import Foundation

/// What is to be evaluated: a folder with `real` and `fake` in it, or a CSV file.
struct EvaluationSet: Sendable {
  /// As given.
  let origin: String
  let items: [EvaluationItem]
  /// Whether groups were given in a list, so that intervals are over groups.
  let hasListedGroups: Bool

  /// - Throws: `EvaluationError` when there is nothing to evaluate there.
  init(at path: String) throws(EvaluationError) {
    origin = path
    var isDirectory: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw EvaluationError("\(path): no such folder or list; give a folder with real/ and fake/ in it, or a CSV file")
    }
    if isDirectory.boolValue {
      items = try Self.items(below: path)
      hasListedGroups = false
    } else {
      items = try Self.items(listedIn: path)
      hasListedGroups = items.contains { $0.group != nil }
    }
  }

  // Folders

  private static func items(below folder: String) throws(EvaluationError) -> [EvaluationItem] {
    let masks = MaskFolder(below: folder)
    var items: [EvaluationItem] = []
    for (subfolder, isFake) in [("real", false), ("fake", true)] {
      let base = folder + "/" + subfolder
      guard FileManager.default.fileExists(atPath: base) else {
        throw EvaluationError(
          "\(folder): has no folder '\(subfolder)'; put real footage into real/ and manipulated footage into fake/")
      }
      for relative in MediaFiles.below(base) {
        let parts = relative.split(separator: "/")
        items.append(
          EvaluationItem(
            path: base + "/" + relative, name: subfolder + "/" + relative, isFake: isFake,
            group: parts.count > 1 ? String(parts[0]) : nil,
            cluster: (relative as NSString).deletingPathExtension,
            mask: isFake ? masks.mask(of: relative) : nil))
      }
    }
    guard !items.isEmpty else {
      throw EvaluationError("\(folder): no video or picture in real/ or fake/")
    }
    return items
  }

  // Lists

  private static func items(listedIn path: String) throws(EvaluationError) -> [EvaluationItem] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw EvaluationError("\(path): cannot be read as text; a list is a CSV file in UTF-8: path,label,group")
    }
    var rows = CommaSeparatedValues.rows(of: text)
    var columns = ["path": 0, "label": 1, "group": 2, "mask": 3, "kind": 4]
    if let head = rows.first?.fields.map({ $0.lowercased() }), head.contains("path"), head.contains("label") {
      columns = Dictionary(head.enumerated().map { ($1, $0) }) { first, _ in first }
      rows.removeFirst()
    }
    let folder = (path as NSString).deletingLastPathComponent
    var items: [EvaluationItem] = []
    for row in rows {
      func field(_ name: String) -> String? {
        guard let column = columns[name], row.fields.indices.contains(column) else { return nil }
        return row.fields[column].isEmpty ? nil : row.fields[column]
      }
      guard let name = field("path"), let label = field("label") else {
        throw EvaluationError("\(path), line \(row.line): a line holds at least a path and a label: video.mp4,fake")
      }
      guard let isFake = ["fake": true, "1": true, "real": false, "0": false][label.lowercased()] else {
        throw EvaluationError("\(path), line \(row.line): the label '\(label)' should be real or fake (or 0 or 1)")
      }
      func located(_ name: String) -> String {
        name.hasPrefix("/") || folder.isEmpty ? name : folder + "/" + name
      }
      let group = field("group")
      items.append(
        EvaluationItem(
          path: located(name), name: name, isFake: isFake, group: group,
          cluster: group.map { "group " + $0 } ?? "file \(row.line)", mask: isFake ? field("mask").map(located) : nil,
          kind: isFake ? field("kind") : nil))
    }
    guard !items.isEmpty else { throw EvaluationError("\(path): lists nothing; a line reads path,label,group") }
    return items
  }
}

/// The masks of fakes: `masks/x.png` or `masks/fake/x.png` for `fake/x.jpg`, whatever the ending.
private struct MaskFolder {
  private var files: [String: String] = [:]

  init(below folder: String) {
    let base = folder + "/masks"
    for relative in MediaFiles.below(base) {
      var key = (relative as NSString).deletingPathExtension
      if key.hasPrefix("fake/") { key.removeFirst(5) }
      files[key] = base + "/" + relative
    }
  }

  func mask(of relative: String) -> String? { files[(relative as NSString).deletingPathExtension] }
}
