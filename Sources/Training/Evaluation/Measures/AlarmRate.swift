/// False alarms on real footage: how often a verdict of `fake` began, and in how many hours.
struct AlarmRate: Sendable, Hashable {
  /// Onsets: an alarm that stands for minutes is one.
  let alarms: Int
  let hours: Double
  /// 95 % interval of the rate: by bootstrap over the videos, or, with no alarm at all, from 0 to the 3/H of the "rule of
  /// three" (the rate at which no alarm in H hours has a probability of 5 %).
  let interval: Interval?

  /// Alarms an hour; nil without footage.
  var perHour: Double? { hours > 0 ? Double(alarms) / hours : nil }

  /// - Parameter footage: each real video's alarms, its length in seconds, and its cluster, from 0.
  init(_ footage: [(alarms: Int, seconds: Double, cluster: Int)], bootstrap: Bootstrap) {
    alarms = footage.reduce(0) { $0 + $1.alarms }
    hours = footage.reduce(0) { $0 + $1.seconds } / 3600
    guard hours > 0 else {
      interval = nil
      return
    }
    guard alarms > 0 else {
      interval = Interval(low: 0, high: 3 / hours)
      return
    }
    let clusters = (footage.map(\.cluster).max() ?? 0) + 1
    var rates: [Double] = []
    bootstrap.weights(clusters: clusters) { weights in
      var seconds = 0.0
      var count = 0.0
      for video in footage {
        seconds += weights[video.cluster] * video.seconds
        count += weights[video.cluster] * Double(video.alarms)
      }
      if seconds > 0 { rates.append(3600 * count / seconds) }
    }
    interval = bootstrap.interval(of: rates)
  }
}
