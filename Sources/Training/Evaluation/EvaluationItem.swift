/// A video or picture with the truth about it.
struct EvaluationItem: Sendable, Hashable, Codable {
  /// Where it lies.
  var path: String
  /// What reports call it: its path as the list has it, or below the folder.
  var name: String
  var isFake: Bool
  /// What the table by groups lists it under: the CSV's group, or the folder directly below `real` or `fake`.
  var group: String?
  /// What is drawn and held out together: all videos of one group of a CSV; in a folder, `real/x.mp4` and `fake/x.mp4`,
  /// which are taken to show the same person.
  var cluster: String
  /// A picture or video of the same shape in which what was manipulated is white.
  var mask: String?
  /// What was done to a fake, as the list calls it.
  var kind: String?
}
