/// Finds the word that somebody probably meant.
enum EditDistance {
  /// The closest of `words`, if one is close enough: one slip in short words, two in longer ones. Hyphens and capitals
  /// are no slips at all.
  static func closest(to word: String, among words: [String]) -> String? {
    let word = normalised(word)
    guard word.count <= 64 else { return nil }
    let allowed = word.count <= 4 ? 1 : word.count <= 9 ? 2 : 3
    let ranked = words.map { (word: $0, distance: between(word, normalised($0))) }
    guard let best = ranked.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) else { return nil }
    return best.distance <= allowed && best.distance < word.count ? best.word : nil
  }

  private static func normalised(_ word: String) -> String { word.lowercased().replacing("-", with: "_") }

  /// Insertions, deletions, replacements and exchanges of neighbours that lead from one word to the other (optimal
  /// string alignment).
  static func between(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left), Array(right))
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let isSame = left[row] == right[column]
        var least = min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          least = min(least, beforeLast[column - 1] + 1)
        }
        current.append(least)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
