/// How often a calibrated model may take what is real for fake, on the files that it is calibrated with.
public struct AlarmLimits: Sendable, Hashable {
  /// False alarms an hour of moving footage.
  public var perHour = 1.0
  /// Share of the real files that end as fake, pictures and films alike, 0…1. An archive of pictures has no hours.
  public var shareOfFiles = 0.05

  public init() {}

  func allow(alarms: Double, seconds: Double) -> Bool { alarms == 0 || alarms * 3600 <= perHour * seconds }

  func allow(calledFake: Double, reals: Double) -> Bool {
    // Counts are whole: this only keeps rounding of the product out.
    calledFake <= shareOfFiles * reals + 1e-9
  }
}
