internal import Glibc

/// The learning rate as a function of the step: a linear warm-up, then one of three courses.
public struct LearningRateSchedule: Sendable, Hashable {
  /// What follows the warm-up.
  public enum Course: Sendable, Hashable {
    case constant
    /// Times `factor` after every `every` steps.
    case step(every: Int, factor: Double)
    /// Along half a cosine to `floor` times the base, reached at step `until` (arXiv:1608.03983, without restarts).
    case cosine(until: Int, floor: Double = 0)
  }

  public var base: Double
  /// The rate rises from base / warmUp to base within as many steps; 0 for none.
  public var warmUp: Int
  public var course: Course

  public init(base: Double, warmUp: Int = 0, course: Course = .constant) {
    (self.base, self.warmUp, self.course) = (base, warmUp, course)
  }

  /// The rate for a step, the first being 0.
  public func rate(at step: Int) -> Double {
    if step < warmUp { return base * Double(step + 1) / Double(warmUp) }
    let elapsed = step - warmUp
    switch course {
    case .constant: return base
    case .step(let every, let factor): return base * pow(factor, Double(elapsed / max(every, 1)))
    case .cosine(let until, let floor):
      let part = min(Double(elapsed) / Double(max(until - warmUp, 1)), 1)
      return base * (floor + (1 - floor) * (1 + cos(.pi * part)) / 2)
    }
  }
}
