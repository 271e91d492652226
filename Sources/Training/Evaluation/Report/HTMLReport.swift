enum HTMLReport {
  static func page(of report: EvaluationReport) -> String { "" }
}
