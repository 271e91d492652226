import Foundation
import Testing

@Suite("The documentation")
struct DocumentationTests {
  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: Program.root + "/" + name, encoding: .utf8)
  }

  @Test("shows records in the README that keep the contract")
  func records() throws {
    let lines = try text("README.md").split(separator: "\n").filter { $0.hasPrefix("{\"@timestamp\"") }
    #expect(!lines.isEmpty)
    try expectValid(lines.joined(separator: "\n") + "\n")
  }

  @Test("lists in the README every exit status that the program's help lists")
  func exitStatus() throws {
    // The help is wrapped to the terminal's width.
    let help = try Program.run("--help").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let readme = try text("README.md")
    let statuses = help.matches(
      of: /(\d+) (done|something manipulated|usage|some inputs|bad configuration|interrupted)/)
    #expect(statuses.count == 6)
    for status in statuses { #expect(readme.contains("| \(status.1) |"), "exit status \(status.1)") }
  }

  @Test(
    "names in the README every option of scanning, watching, measuring and calibrating",
    arguments: ["scan", "watch", "evaluate", "calibrate"])
  func options(command: String) throws {
    let help = try Program.run("help", command).output
    let readme = try text("README.md")
    let options = Set(help.matches(of: /--[a-z][a-z-]+/).map { String($0.output) }).subtracting(["--help", "--version"])
    #expect(options.count > 8)
    for option in options.sorted() { #expect(readme.contains("`\(option)"), "\(option) is missing in the README") }
  }

  @Test("names only make targets that exist")
  func targets() throws {
    let makefile = try text("Makefile")
    let targets = Set(makefile.matches(of: /(?m)^([a-z-]+):/).map { String($0.1) })
    for mention in try text("README.md").matches(of: /`make ([a-z-]+)/) {
      #expect(targets.contains(String(mention.1)), "make \(mention.1)")
    }
  }

  @Test("gives every dependency its line in the README, and every room its place in the house")
  func house() throws {
    let readme = try text("README.md")
    let packages = try text("Package.swift").matches(of: /\.package\(url: ".*\/(.+?)"/).map { String($0.1) }
    #expect(packages.count >= 6)
    for package in packages { #expect(readme.contains(package), "\(package) has no line in the README") }
    let table = try #require(readme.components(separatedBy: "## The house").last?.components(separatedBy: "## ").first)
    for room in try FileManager.default.contentsOfDirectory(atPath: Program.root + "/Sources") {
      #expect(table.contains("`\(room)`") || table.contains("`Sources/\(room)`"), "\(room) has no place in the house")
    }
  }

  @Test("prints usage on standard error with status 2 when a command line cannot be understood")
  func usage() throws {
    for arguments in [["scan"], ["scan", "--fps", "0", "x.mp4"], ["scan", "--no-such-option", "x.mp4"], ["fly"]] {
      let result = try Program.run(arguments)
      #expect(result.status == 2, "\(arguments)")
      #expect(result.output.isEmpty)
      #expect(!result.errors.isEmpty)
    }
    #expect(try Program.run("--version").output == "0.1.0\n")
  }
}
