internal import Foundation
internal import Media
internal import Neural

/// A manipulation detector: its network, planned and ready to run on any thread, and what its card says.
public struct DetectorModel: Sendable {
  public let card: ModelCard
  /// SHA-256 of the ONNX file, hexadecimal.
  public let sha256: String
  /// Whether the engine reproduced the golden mask kept with the model; false when none is kept.
  public let isProven: Bool
  /// Planned for one face at a time; of the weights there is nothing beside it.
  let network: PlannedNetwork
  let input: String
  let output: String

  /// Loads a model and proves the engine on it.
  /// - Parameter path: an ONNX file, or a folder with `model.onnx` and, beside it, the golden input and mask in
  ///   `test_data_set_0` (the layout of ONNX's own operator tests).
  /// - Throws: `DetectorError` when the file cannot be read, its card is incomplete, or the self-test differs.
  public init(path: String) throws(DetectorError) {
    let file = Self.isFolder(path) ? path + "/model.onnx" : path
    do {
      let model = try Model(contentsOf: file)
      do throws(DetectorError) { card = try ModelCard(model.metadata) } catch {
        throw DetectorError.model("\(file): \(error)")
      }
      guard model.inputs.count == 1, model.outputs.count == 1 else {
        throw DetectorError.model(
          "\(file): has \(model.inputs.count) inputs and \(model.outputs.count) outputs; a segmentation model has one of each"
        )
      }
      input = model.inputs[0].name
      output = model.outputs[0].name
      let network = try Network(model)
      let side = card.inputSize
      self.network = try network.planned(inputs: [input: [1, 3, side, side]])
      sha256 = try SHA256.hexDigest(ofFile: file)
      let folder = (file as NSString).deletingLastPathComponent
      isProven = Self.isFolder(folder + "/test_data_set_0")
      guard isProven else { return }
      do throws(ModelError) {
        try SelfTest.run(network, folder)
      } catch {
        throw DetectorError.selfTest("\(file): \(error)")
      }
    } catch let error as DetectorError {
      throw error
    } catch {
      throw .model("\(error)")
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
