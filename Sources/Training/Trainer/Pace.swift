/// How fast a run is, over its last half minute.
struct Pace {
  private var steps: [(images: Int, seconds: Double)] = []
  /// Seconds of training up to which steps have been added.
  private(set) var reached = 0.0

  mutating func add(images: Int, seconds: Double, reached: Double) {
    steps.append((images, seconds))
    self.reached = reached
    var total = steps.reduce(0) { $0 + $1.seconds }
    while steps.count > 1, total > 30 { total -= steps.removeFirst().seconds }
  }

  /// Leaves out what was no step.
  mutating func skip(to seconds: Double) { reached = seconds }

  var imagesPerSecond: Double {
    let seconds = steps.reduce(0) { $0 + $1.seconds }
    return seconds > 0 ? Double(steps.reduce(0) { $0 + $1.images }) / seconds : 0
  }

  /// Validations not counted.
  func secondsLeft(of state: RunState) -> Double {
    switch state.recipe.length {
    case .minutes(let minutes): max(0, 60 * minutes - state.seconds)
    case .steps(let all):
      imagesPerSecond > 0 ? Double((all - state.step) * state.recipe.batch) / imagesPerSecond : .infinity
    }
  }
}
