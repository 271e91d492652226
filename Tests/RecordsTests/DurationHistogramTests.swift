import Testing

@testable import Records

@Suite("Histograms of durations")
struct DurationHistogramTests {
  @Test("put a duration into the bucket whose upper end it does not exceed")
  func buckets() {
    var histogram = DurationHistogram()
    for seconds in [0.001, 0.0011, 5, 5.1, 1e9] { histogram.observe(seconds) }
    #expect(histogram.counts == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2])
    #expect(histogram.count == 5)
  }

  @Test("take a clock that went back for no time at all")
  func backwards() {
    var histogram = DurationHistogram()
    for seconds in [-1, Double.nan, 0] { histogram.observe(seconds) }
    #expect(histogram.counts[0] == 3)
    #expect(histogram.sum == 0)
  }
}
