internal import Foundation
internal import NeuralTraining

/// A run as its folder keeps it.
public struct SavedRun: Sendable {
  /// The checkpoint's note that holds the run's state.
  static let note = "run"

  public let folder: RunFolder
  public let state: RunState
  let checkpoint: Checkpoint

  /// Reads the newest checkpoint of a folder that is whole.
  /// - Parameter complain: told when the newest one is damaged and the one before it is taken.
  /// - Throws: `TrainingError` when there is none.
  public init(_ folder: RunFolder, complain: (String) -> Void) throws(TrainingError) {
    guard folder.holdsRun else {
      throw TrainingError("\(folder.path): holds no training run; begin one with --out")
    }
    self.folder = folder
    do {
      (checkpoint, state) = try Self.read(folder.checkpoint)
    } catch let newest {
      do {
        (checkpoint, state) = try Self.read(folder.previousCheckpoint)
      } catch {
        throw newest
      }
      complain("\(newest); the checkpoint before it is used")
      folder.setAside()
    }
  }

  private static func read(_ path: String) throws(TrainingError) -> (Checkpoint, RunState) {
    let checkpoint: Checkpoint
    do { checkpoint = try Checkpoint(contentsOf: path) } catch { throw TrainingError("\(error)") }
    guard let text = checkpoint.notes[note], let state = RunState(text: text) else {
      throw TrainingError("\(path): is no checkpoint of a training run")
    }
    return (checkpoint, state)
  }
}
