import Foundation
import Neural
import Testing

@testable import Faces

@Suite("FaceModels")
struct FaceModelsTests {
  @Test("load, and reproduce the results recorded beside them")
  func load() throws {
    _ = try Fixtures.models.get()
  }

  /// A copy of the models' folder that a test may damage.
  private func withCopy(_ body: (URL) throws -> Void) throws {
    let copy = FileManager.default.temporaryDirectory.appending(path: "unmask-models-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: URL(filePath: Fixtures.path(".cache/mtcnn")), to: copy)
    defer { try? FileManager.default.removeItem(at: copy) }
    try body(copy)
  }

  @Test("refuse with a sentence when a recorded result is not reproduced")
  func refuseWrongResult() throws {
    try withCopy { folder in
      let golden = folder.appending(path: "rnet/test_data_set_0/output_0.pb")
      var bytes = try Data(contentsOf: golden)
      // The last byte is the sign and exponent of the last recorded number.
      bytes[bytes.count - 1] ^= 0x40
      try bytes.write(to: golden)
      let error = #expect(throws: ModelError.self) { try FaceModels(directory: folder.path) }
      #expect(error?.code == .wrongResult)
      #expect(error?.message.contains("rnet") == true)
    }
  }

  @Test("refuse with a sentence when a network, its record or the folder is missing")
  func refuseMissing() throws {
    try withCopy { folder in
      try FileManager.default.removeItem(at: folder.appending(path: "pnet/test_data_set_0"))
      let error = #expect(throws: ModelError.self) { try FaceModels(directory: folder.path) }
      #expect(error?.message.contains("pnet") == true)
    }
    try withCopy { folder in
      try FileManager.default.removeItem(at: folder.appending(path: "onet/model.onnx"))
      let error = #expect(throws: ModelError.self) { try FaceModels(directory: folder.path) }
      #expect(error?.message.contains("onet") == true)
    }
    #expect(throws: ModelError.self) { try FaceModels(directory: "/nonexistent") }
  }

  @Test("refuse a network that is not the one its place is for")
  func refuseSwapped() throws {
    try withCopy { folder in
      try FileManager.default.removeItem(at: folder.appending(path: "onet"))
      try FileManager.default.copyItem(at: folder.appending(path: "rnet"), to: folder.appending(path: "onet"))
      let error = #expect(throws: ModelError.self) { try FaceModels(directory: folder.path) }
      #expect(error?.code == .mismatch)
      #expect(error?.message.contains("landmarks") == true)
    }
  }
}
