/// The proof, made at start, that this build computes on this machine what a model's authors recorded.
public enum SelfTest {
  /// Rounding differs between kernels by a few units in the sixth digit over a deep network; an error of one pixel's
  /// decision would be far beyond this.
  public static let tolerance = Tolerance(relative: 1e-3, absolute: 1e-4)

  /// Runs `folder/model.onnx` on the inputs in `folder/test_data_set_*` and compares the outputs recorded there.
  ///
  /// - Throws: `ModelError`; `.wrongResult` when an output differs.
  public static func run(_ folder: String, tolerance: Tolerance = tolerance, threads: Int = 1) throws(ModelError) {
    try run(Network(try Model(contentsOf: folder + "/model.onnx")), folder, tolerance: tolerance, threads: threads)
  }

  /// The same for a network that is already loaded from `folder/model.onnx`.
  public static func run(
    _ network: Network, _ folder: String, tolerance: Tolerance = tolerance, threads: Int = 1
  ) throws(ModelError) {
    do {
      try ConformanceCase(folder: folder).check(network, tolerance: tolerance, threads: threads)
    } catch {
      guard error.code == .wrongResult else { throw error }
      throw ModelError(
        .wrongResult,
        "the engine does not reproduce the recorded result of this model (\(error.message)); do not trust this build on this machine, restore the model's folder or rebuild"
      )
    }
  }
}
