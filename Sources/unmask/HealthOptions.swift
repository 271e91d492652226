internal import ArgumentParser
internal import Foundation
internal import Watch

/// Where a daemon answers questions about its health, and to whom.
struct HealthOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Answer /healthz, /readyz, /metrics and a status page here: a port of this machine, an address and port, or the path of a socket.",
      valueName: "[address:]port|path"))
  var health: String?

  @Option(
    help: ArgumentHelp(
      "File with the token that requests must carry as Authorization: Bearer.", valueName: "file"))
  var healthTokenFile: String?

  func validate() throws {
    if let health, ListenAddress(health) == nil {
      throw ValidationError(
        "--health \(health) should be a port such as 9090, an address such as 127.0.0.1:9090 or [::1]:9090, or the path of a socket"
      )
    }
    if healthTokenFile != nil && health == nil {
      throw ValidationError("--health-token-file is of use with --health only")
    }
  }

  func configuration() throws -> HealthConfiguration {
    var configuration = HealthConfiguration(listen: health.flatMap { ListenAddress($0) })
    guard let healthTokenFile else { return configuration }
    guard let text = try? String(contentsOfFile: healthTokenFile, encoding: .utf8) else {
      Diagnostics.say("\(healthTokenFile): cannot be read; it should hold the token for --health")
      throw ExitStatus.fatal
    }
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      Diagnostics.say("\(healthTokenFile): a token is one word of visible ASCII characters")
      throw ExitStatus.fatal
    }
    configuration.token = Secret(token)
    return configuration
  }
}
