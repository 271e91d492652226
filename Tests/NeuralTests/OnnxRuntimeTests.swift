import Foundation
import Testing

@testable import Neural

/// A Python that has the `onnxruntime` wheel: that of `.cache/bench-venv`, which the rivals' benchmark makes, or the one
/// that `UNMASK_PYTHON` names.
private let python: String? = {
  let candidates = [
    ProcessInfo.processInfo.environment["UNMASK_PYTHON"], BlockedLoweringTests.root + "/.cache/bench-venv/bin/python",
  ]
  return candidates.compactMap(\.self).first { FileManager.default.isExecutableFile(atPath: $0) }
}()

@Suite("Against ONNX Runtime, where it is installed", .enabled(if: python != nil))
struct OnnxRuntimeTests {
  /// Writes the mask of repeatable noise as raw floats; the generator is that of `BlockedLoweringTests.noise`.
  static let script = """
    import sys, numpy, onnxruntime
    model, count, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    state, values = 12345, numpy.empty(count, numpy.float32)
    for i in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = (state >> 8) / 8388608 - 1
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    session.run(None, {session.get_inputs()[0].name: values.reshape(1, 3, 256, 256)})[0].tofile(target)
    """

  @Test("Unet_v1's mask of noise agrees to 1e-3, on one thread and on two", .timeLimit(.minutes(2)))
  func unet() throws {
    let model = BlockedLoweringTests.root + "/Models/unet_v1/model.onnx"
    let shape: Shape = [1, 3, 256, 256]
    let target = FileManager.default.temporaryDirectory.appendingPathComponent("unmask-\(UUID().uuidString).f32")
    defer { try? FileManager.default.removeItem(at: target) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = ["-c", Self.script, model, "\(shape.count)", target.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let bytes = [UInt8](try Data(contentsOf: target))
    let expected = stride(from: 0, to: bytes.count - 3, by: 4).map { first in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[first + $1]) << UInt32(8 * $1) })
    }
    let network = try Network(try Model(contentsOf: model))
    let input = Tensor(shape, floats: BlockedLoweringTests.noise(shape.count))
    for threads in [1, 2] {
      let mask = try BlockedLoweringTests.outputs(network, input, threads: threads)[0]
      #expect(BlockedLoweringTests.difference(mask, expected) < 1e-3)
    }
  }
}
