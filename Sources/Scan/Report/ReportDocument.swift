internal import Foundation
internal import Media

/// A page that needs nothing but itself: its style and its script lie inside, and its policy lets a browser load or run
/// nothing else, whatever a hostile name might have smuggled in.
struct ReportDocument: Sendable {
  let title: String
  /// What the page was made from; a page that bears the same need not be written again.
  let fingerprint: String
  let script: ReportScript
  let body: Markup

  var html: String { head + body.html + "\n" + tail }

  /// How every page of this program begins, up to the fingerprint.
  static let signature =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"unmask-report\" content=\""

  private var head: String {
    let shell: Markup = """
      \(fingerprint)">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src \
      '\(ReportStyle.digest)'; script-src '\(script.digest)'; base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>\(Markup(trusted: ReportStyle.css))</style>
      <body>

      """
    return Self.signature + shell.html
  }

  private var tail: String { "<script>" + script.source + "</script>\n</body>\n</html>\n" }
}

/// A script inside a page, and what the page's policy must say of it to let it run.
struct ReportScript: Sendable {
  let source: String
  let digest: String

  init(_ source: String) {
    self.source = source
    digest = Self.digest(of: source)
  }

  /// As content security policies spell it: `sha256-` and the digest in base 64.
  static func digest(of text: String) -> String {
    let hexadecimal = Array(SHA256.hexDigest(of: Array(text.utf8)).utf8)
    let bytes = stride(from: 0, to: hexadecimal.count, by: 2).map { index in
      hexadecimal[index..<index + 2].reduce(0) { $0 << 4 | ($1 < 0x3A ? $1 - 0x30 : $1 - 0x57) }
    }
    return "sha256-" + Data(bytes).base64EncodedString()
  }
}
