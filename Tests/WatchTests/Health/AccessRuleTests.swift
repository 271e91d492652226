import Testing

@testable import Watch

@Suite("Access to health")
struct AccessRuleTests {
  private func rule(_ listen: String, token: String? = nil) -> AccessRule {
    AccessRule(HealthConfiguration(listen: ListenAddress(listen), token: token.map { Secret($0) }))
  }

  @Test("needs the token, all of it and nothing else, in the scheme Bearer")
  func token() {
    let rule = rule("9090", token: "s3cret")
    for header in ["Bearer s3cret", "bearer s3cret"] { #expect(rule.authorises(header)) }
    for header in [
      nil, "", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3cret2", "Bearer S3cret", "Basic s3cret", "s3cret",
      "Bearer s3cret\u{0}",
    ] { #expect(!rule.authorises(header), "\(header ?? "none")") }
    #expect(self.rule("9090").authorises(nil))
  }

  @Test("is never opened by an empty secret")
  func empty() {
    #expect(!AccessRule.areEqual([], []))
  }

  @Test("is not for a name that a stranger's page has point at this machine")
  func rebinding() {
    let rule = rule("127.0.0.1:9090")
    for host in ["127.0.0.1", "127.0.0.1:9090", "localhost:9090", "LOCALHOST", "[::1]:9090", "[::1]", "10.1.2.3:80"] {
      #expect(rule.admits(host: host), "\(host)")
    }
    for host in ["evil.example", "evil.example:9090", "127.0.0.1.evil.example", "localhost.evil.example", "[::1", ""] {
      #expect(!rule.admits(host: host), "\(host)")
    }
    #expect(self.rule("127.0.0.1:9090", token: "t").admits(host: "cameras.example"))
    #expect(self.rule("0.0.0.0:9090").admits(host: "cameras.example"))
    #expect(self.rule("/run/unmask/health.sock").admits(host: "anything"))
  }
}
