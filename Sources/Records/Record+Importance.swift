extension Record {
  /// Which records go first when not all of them can be kept.
  enum Importance: Int, CaseIterable {
    /// Repeats what others say: metrics, and updates of verdicts that stand.
    case low
    case middle
    /// Alerts, and the frame around everything: how the run began and ended.
    case high
  }

  var importance: Importance {
    switch (kind, action) {
    case (.alert, _), (_, .serviceStart), (_, .serviceStop): .high
    case (.metric, _), (_, .verdictUpdate): .low
    case (.event, _): .middle
    }
  }
}
