import Foundation
import Testing

/// The units of `systemd/`, by systemd's own judgement.
@Suite("The systemd units", .serialized)
struct UnitTests {
  /// Both units in a folder, with a program that is there.
  private func units() throws -> Scratch {
    let folder = try Scratch()
    for name in ["unmask.service", "unmask@.service"] {
      let text = try String(contentsOfFile: Program.root + "/systemd/" + name, encoding: .utf8)
      try folder.write(Data(text.replacing("/usr/bin/unmask", with: "/bin/true").utf8), to: name)
    }
    return folder
  }

  private func analyze(_ arguments: String...) throws -> (status: Int32, output: String) {
    let folder = try Scratch()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/systemd-analyze")
    process.arguments = arguments
    process.standardOutput = try folder.handle("output")
    process.standardError = try folder.handle("errors")
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, folder.text("output") + folder.text("errors"))
  }

  @Test("are found without fault")
  func verified() throws {
    let folder = try units()
    for name in ["unmask.service", "unmask@.service"] {
      let (status, output) = try analyze("verify", "--man=no", "--recursive-errors=no", folder.file(name))
      #expect(status == 0, "\(output)")
      #expect(!output.contains(folder.path), "\(output)")
    }
  }

  @Test("leave the service hardly anything to attack: an exposure of at most 1.5 of 10")
  func secure() throws {
    let folder = try units()
    for name in ["unmask.service", "unmask@.service"] {
      let (_, output) = try analyze("security", "--offline=true", "--threshold=15", folder.file(name))
      let level = try #require(output.firstMatch(of: /exposure level for [^:]*: ([0-9.]+)/).flatMap { Double($0.1) })
      #expect(level <= 1.5, "\(output)")
    }
  }

  @Test("say what the program needs: a check before the start, a reload, no restart on a bad configuration")
  func lifecycle() throws {
    for name in ["unmask.service", "unmask@.service"] {
      let text = try String(contentsOfFile: Program.root + "/systemd/" + name, encoding: .utf8)
      for line in [
        "Type=notify", "NotifyAccess=main", "ExecReload=/bin/kill -HUP $MAINPID", "RestartPreventExitStatus=78",
        "WatchdogSec=60",
      ] {
        #expect(text.contains("\n\(line)\n"), "\(name): \(line)")
      }
      #expect(text.contains("ExecStartPre=/usr/bin/unmask check --config"))
    }
  }
}
