public import Analysis
internal import Forensics
internal import Media

// The quick way through a file: its key frames at first, then everything around those that showed something.

extension AnalysisSettings {
  /// Key frames lie seconds apart: people are waited for longer, and a minute of ballots votes instead of a few seconds.
  public mutating func expectKeyFrames() {
    longestGap = max(longestGap, 15)
    votes.window = max(votes.window, 60)
    votes.minimumBallots = min(votes.minimumBallots, 3)
  }

  /// Only key frames.
  var glancing: AnalysisSettings {
    var settings = self
    settings.reader.sampling = .keyFrames
    return settings
  }

  /// Key frames, and within the ranges as many as were asked for.
  func looking(closerAt ranges: [ClosedRange<Double>]) -> AnalysisSettings {
    var settings = self
    if case .rate(let rate) = sampling { settings.reader.sampling = .closer(rate, within: ranges) }
    return settings
  }
}

extension FinishedScan {
  /// The stretches from the key frame before one that showed a manipulated face to the one behind it, joined where they
  /// touch. They begin with key frames, so that they can be decoded without what comes before.
  /// - Parameter threshold: in the network's own confidences.
  func strikingRanges(above threshold: Float) -> [ClosedRange<Double>] {
    var ranges: [ClosedRange<Double>] = []
    for frame in Set(ballots.filter { ($0.face?.score ?? 0) > threshold }.map(\.frame)).sorted() {
      let begin = times[max(frame - 1, 0)]
      let end = frame + 1 < times.count ? times[frame + 1] : Double.infinity
      if let last = ranges.last, last.upperBound >= begin {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, end)
      } else {
        ranges.append(begin...end)
      }
    }
    return ranges
  }
}
