internal import Analysis

/// What the workers of one scan share.
struct ScanDesk: Sendable {
  let request: ScanRequest
  let settings: AnalysisSettings
  let pool: AnalysisPool
  let model: LedgerModel
  let ledger: Ledger
  let terms: LedgerTerms
  let run: LedgerRun.ID
  let claims = ContentClaims()
  let largeFiles = LargeFileGate()
  let observer: (any ScanObserver)?
}
