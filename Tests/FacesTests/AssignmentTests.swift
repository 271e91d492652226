import Testing

@testable import Faces

@Suite("Assignment")
struct AssignmentTests {
  @Test("takes the cheapest whole, not the cheapest pair first")
  func whole() {
    // Greedy takes the pair of cost 1 and then has to take 10; together 2 + 3 is cheaper.
    let costs = [[1.0, 2], [3, 10]]
    #expect(Assignment.cheapest(rows: 2, columns: 2, unmatched: 100) { costs[$0][$1] } == [1, 0])
  }

  @Test("leaves a row without partner where every pair is impossible or dearer than none")
  func unmatched() {
    #expect(Assignment.cheapest(rows: 2, columns: 1, unmatched: 4) { row, _ in row == 0 ? nil : 1 } == [nil, 0])
    #expect(Assignment.cheapest(rows: 1, columns: 2, unmatched: 4) { _, _ in 5 } == [nil])
    #expect(Assignment.cheapest(rows: 0, columns: 2, unmatched: 4) { _, _ in 1 }.isEmpty)
    #expect(Assignment.cheapest(rows: 2, columns: 0, unmatched: 4) { _, _ in 1 } == [nil, nil])
  }

  @Test("is as cheap as the best of all possibilities", arguments: 0..<60)
  func exhaustive(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let rows = Int.random(in: 1...5, using: &random)
    let columns = Int.random(in: 0...5, using: &random)
    let costs = (0..<rows).map { _ in
      (0..<columns).map { _ -> Double? in
        Int.random(in: 0..<4, using: &random) == 0 ? nil : Double.random(in: 0...6, using: &random)
      }
    }
    let partners = Assignment.cheapest(rows: rows, columns: columns, unmatched: 4) { costs[$0][$1] }
    let taken = partners.compactMap { $0 }
    #expect(Set(taken).count == taken.count)
    let total = zip(costs, partners).reduce(0) { sum, pair in sum + (pair.1.map { pair.0[$0]! } ?? 4) }
    #expect(abs(total - cheapestTotal(costs[...], free: Set(0..<columns))) < 1e-9)
  }

  private func cheapestTotal(_ costs: ArraySlice<[Double?]>, free: Set<Int>) -> Double {
    guard let row = costs.first else { return 0 }
    var best = 4 + cheapestTotal(costs.dropFirst(), free: free)
    for column in free {
      guard let cost = row[column] else { continue }
      best = min(best, cost + cheapestTotal(costs.dropFirst(), free: free.subtracting([column])))
    }
    return best
  }
}
