/// Collects candidates, never more than twice its limit at a time, and ends with the best `limit` of them.
///
/// A picture made to please the first network yields a candidate in every cell. Without a limit such a picture would
/// cost minutes in suppression and in the later networks; with it the worst case is known beforehand.
struct CandidateList: Sendable {
  private(set) var candidates: [Candidate] = []
  private let limit: Int

  /// - Parameter limit: the most candidates that ``cut()`` leaves; at least 1.
  init(limit: Int) {
    precondition(limit > 0, "a candidate list needs room for one candidate")
    self.limit = limit
    candidates.reserveCapacity(min(2 * limit, 256))
  }

  mutating func removeAll() {
    candidates.removeAll(keepingCapacity: true)
  }

  mutating func append(_ candidate: Candidate) {
    if candidates.count == 2 * limit { cut() }
    candidates.append(candidate)
  }

  mutating func append(contentsOf others: CandidateList) {
    for candidate in others.candidates { append(candidate) }
  }

  /// Keeps the best scored `limit` candidates, in falling order of score; fewer stay as they are.
  mutating func cut() {
    guard candidates.count > limit else { return }
    candidates.sort { $0.score > $1.score }
    candidates.removeLast(candidates.count - limit)
  }

  /// Cuts the list, then lends the candidates for changes in place.
  mutating func withCut<Result>(_ body: (inout [Candidate]) -> Result) -> Result {
    cut()
    return body(&candidates)
  }
}
