/// Pairs rows with columns so that the costs of all pairs together are least.
///
/// Deciding for all at once is what keeps two people apart who cross: the pair that fits best by itself may leave the
/// others with partners they cannot be. Either side may stay without a partner at the cost `unmatched`.
///
/// The method of shortest augmenting paths (Jonker and Volgenant 1987), for `rows` × (`columns` + `rows`) costs: each
/// row has one further column of its own, "no partner". Work grows with rows² × (rows + columns).
enum Assignment {
  /// - Parameters:
  ///   - cost: the cost of a pair, or nil where the two cannot be paired; asked once per pair.
  ///   - unmatched: the cost of a row without partner.
  /// - Returns: for each row its column, or nil.
  static func cheapest(rows: Int, columns: Int, unmatched: Double, cost: (_ row: Int, _ column: Int) -> Double?)
    -> [Int?]
  {
    guard rows > 0 else { return [] }
    var costs = [Double](repeating: .infinity, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns { costs[row * columns + column] = cost(row, column) ?? .infinity }
    }
    var search = AugmentingPathSearch(rows: rows, columns: columns, unmatched: unmatched, costs: costs)
    for row in 0..<rows { search.place(row) }
    var partners = [Int?](repeating: nil, count: rows)
    for column in 0..<columns {
      if let row = search.owner[column] { partners[row] = column }
    }
    return partners
  }
}

/// The state of one assignment: who owns each column, and the prices that prove the choice cheapest so far.
private struct AugmentingPathSearch {
  let rows: Int
  let columns: Int
  let unmatched: Double
  let costs: [Double]
  private(set) var owner: [Int?]
  private var rowPrice: [Double]
  private var columnPrice: [Double]

  init(rows: Int, columns: Int, unmatched: Double, costs: [Double]) {
    self.rows = rows
    self.columns = columns
    self.unmatched = unmatched
    self.costs = costs
    owner = Array(repeating: nil, count: columns + rows)
    rowPrice = Array(repeating: 0, count: rows)
    columnPrice = Array(repeating: 0, count: columns + rows)
  }

  private func cost(_ row: Int, _ column: Int) -> Double {
    if column < columns { return costs[row * columns + column] }
    return column - columns == row ? unmatched : .infinity
  }

  /// Gives `newcomer` a column, moving earlier rows to others where that is cheapest for all.
  mutating func place(_ newcomer: Int) {
    let count = owner.count
    var distance = [Double](repeating: .infinity, count: count)
    var previous = [Int?](repeating: nil, count: count)
    var isSettled = [Bool](repeating: false, count: count)
    var row = newcomer
    var reached: Int?
    var travelled = 0.0
    // Ends at the latest at the newcomer's own "no partner" column, which no other row can own.
    while true {
      var nearest: Int?
      for column in 0..<count where !isSettled[column] {
        let through = travelled + cost(row, column) - rowPrice[row] - columnPrice[column]
        if through < distance[column] {
          distance[column] = through
          previous[column] = reached
        }
        if distance[column] < (nearest.map { distance[$0] } ?? .infinity) { nearest = column }
      }
      guard let next = nearest else { return }
      isSettled[next] = true
      travelled = distance[next]
      reached = next
      guard let occupant = owner[next] else { break }
      row = occupant
    }
    updatePrices(newcomer: newcomer, distance: distance, isSettled: isSettled, travelled: travelled)
    // Hand the columns back along the path: each goes to the row that reached it.
    while let column = reached {
      let earlier = previous[column]
      owner[column] = earlier.map { owner[$0]! } ?? newcomer
      reached = earlier
    }
  }

  private mutating func updatePrices(newcomer: Int, distance: [Double], isSettled: [Bool], travelled: Double) {
    rowPrice[newcomer] += travelled
    for column in owner.indices where isSettled[column] {
      let slack = travelled - distance[column]
      columnPrice[column] -= slack
      if let row = owner[column] { rowPrice[row] += slack }
    }
  }
}
