/// How often a calibrated model may err, on the files that it is calibrated with.
public struct ErrorLimits: Sendable, Hashable {
  /// False alarms an hour of moving footage.
  public var perHour = 1.0
  /// Share of the real files that end as fake, pictures and films alike, 0…1. An archive of pictures has no hours.
  public var shareOfFiles = 0.05
  /// Share of the fake files that end as real, 0…1; what else is not found ends as inconclusive.
  public var missedShare = 0.1

  public init() {}

  func allow(alarms: Double, seconds: Double) -> Bool { alarms == 0 || alarms * 3600 <= perHour * seconds }

  // Counts are whole: what is added only keeps rounding of the products out.

  func allow(calledFake: Double, reals: Double) -> Bool { calledFake <= shareOfFiles * reals + 1e-9 }

  func allow(calledReal: Double, fakes: Double) -> Bool { calledReal <= missedShare * fakes + 1e-9 }
}
