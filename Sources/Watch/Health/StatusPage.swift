/// The files of the status page, which are part of the program. They hold nothing of any stream.
enum StatusPage {
  /// The file at a path; nil for none of them.
  static func asset(_ path: String) -> HTTPResponse? { assets[path] }

  private static let assets: [String: HTTPResponse] = [
    "/": HTTPResponse(type: "text/html; charset=utf-8", body: PackageResources.page_html),
    "/icon.svg": HTTPResponse(type: "image/svg+xml", body: PackageResources.icon_svg),
    "/page.css": HTTPResponse(type: "text/css; charset=utf-8", body: PackageResources.page_css),
    "/page.js": script(PackageResources.page_js),
    "/card.js": script(PackageResources.card_js),
    "/timeline.js": script(PackageResources.timeline_js),
    "/words.js": script(PackageResources.words_js),
    "/daemon.js": script(PackageResources.daemon_js),
  ]

  private static func script(_ bytes: [UInt8]) -> HTTPResponse {
    HTTPResponse(type: "text/javascript; charset=utf-8", body: bytes)
  }
}
