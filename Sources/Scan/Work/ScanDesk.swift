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
  /// Workers that have run out of files.
  let hands = SpareHands()
  let observer: (any ScanObserver)?
}
