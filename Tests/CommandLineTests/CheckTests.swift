import Foundation
import Testing

@Suite("unmask check")
struct CheckTests {
  @Test("tells every mistake at once with its place, and watch refuses the same file, both with status 78")
  func mistakes() throws {
    let folder = try Scratch()
    let text = """
      streams:
        - name: lobby
          source: rtsp://anna:pa55word@10.0.0.5/lobby
          fsp: 5
        - name: lobby
          source: rtsp://10.0.0.6/gate
          password_file: ${CREDENTIALS_DIRECTORY}/gate
      defaults:
        window: 2d
      analysis:
        model: /no/such/model.onnx
      """
    let path = try folder.write(Data(text.utf8), to: "u.yaml")
    let check = try Program.run("check", "--config", path)
    #expect(check.status == 78)
    #expect(check.output.isEmpty)
    for (place, words) in [
      ("4:5", "did you mean `fps`?"), ("5:11", "no two streams may share a name"), ("7:20", "LoadCredential="),
      ("9:11", "between 0.1 s and 1 h"), ("11:10", "does not exist"),
    ] {
      #expect(
        check.complaints.contains { $0.hasPrefix("unmask: \(path):\(place): ") && $0.contains(words) },
        "\(place): \(check.errors)")
    }
    #expect(check.complaints.last?.hasSuffix(": 5 mistakes") == true)
    #expect(!check.errors.contains("pa55word"))

    let watch = try Program.run("watch", "--config", path)
    #expect(watch.status == 78)
    #expect(watch.output.isEmpty)
    #expect(Set(watch.complaints).isSubset(of: Set(check.complaints)))
    #expect(watch.complaints.count == 5)
  }

  @Test("finds models that cannot be loaded, with the place where the file names them")
  func models() throws {
    let folder = try Scratch()
    let model = try folder.write(Data("no network".utf8), to: "model.onnx")
    let path = try folder.write(
      Data("analysis:\n  model: \(model)\n  face_models: \(folder.path)\n".utf8), to: "u.yaml")
    for arguments in [["check", "--config", path], ["watch", "--config", path]] {
      let result = try Program.run(arguments)
      #expect(result.status == 78, "\(result.errors)")
      for place in ["2:10", "3:16"] {
        #expect(result.complaints.contains { $0.hasPrefix("unmask: \(path):\(place): ") }, "\(result.errors)")
      }
    }
  }

  @Test("is content with the documented file, and says so")
  func good() throws {
    let result = try Program.run("check", "--config", Program.root + "/Config/unmask.yaml")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.hasSuffix("no mistakes, no stream is configured yet\n"))
    let missing = try Program.run("check", "--config", "/no/such/file")
    #expect(missing.status == 78)
    #expect(missing.errors.contains("No such file"))
  }
}
