/// How a number of crops is cut into batches of a few fixed sizes, so that every execution is planned once and reused.
///
/// Sizes are small: beyond eight crops the networks' maps no longer fit the cache, and nothing is gained.
struct BatchPlan: Sendable, Hashable {
  /// The sizes there are, falling; the last is 1.
  let sizes: [Int]

  init(sizes: [Int]) {
    precondition(sizes.last == 1 && sizes == sizes.sorted(by: >), "batch sizes fall and end with 1")
    self.sizes = sizes
  }

  /// The size of the next batch when `count` crops are left: the largest that they fill.
  func next(_ count: Int) -> Int {
    sizes.first { $0 <= count } ?? 1
  }
}
