internal import Foundation

/// Where models lie when the command line does not say.
enum ModelPlaces {
  static let defaultDetector = "effunet"

  /// The default detector's folder.
  static func detector() throws -> String { try find("Models/\(defaultDetector)", installed: defaultDetector) }

  /// The face detector's folder. It is made from a pinned package by the set-up, so it lies beside what is built.
  static func faces() throws -> String { try find(".cache/mtcnn", installed: "mtcnn") }

  /// Looks in `UNMASK_MODELS`, in `share/unmask/models` beside an installed program, and in the source tree that the
  /// program was built in.
  private static func find(_ inTree: String, installed: String) throws -> String {
    var places: [String] = []
    if let folder = ProcessInfo.processInfo.environment["UNMASK_MODELS"] { places.append("\(folder)/\(installed)") }
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    var folder = program.deletingLastPathComponent()
    places.append(folder.deletingLastPathComponent().appendingPathComponent("share/unmask/models/\(installed)").path)
    // .build/<triple>/release/unmask: the tree is three or four folders up.
    for _ in 0..<5 {
      places.append(folder.appendingPathComponent(inTree).path)
      folder.deleteLastPathComponent()
    }
    if let place = places.first(where: { FileManager.default.fileExists(atPath: $0) }) { return place }
    throw Missing(what: installed)
  }

  struct Missing: Error, CustomStringConvertible {
    let what: String
    var description: String {
      "the model \(what) was not found; run `make setup`, set UNMASK_MODELS, or name it on the command line"
    }
  }
}
