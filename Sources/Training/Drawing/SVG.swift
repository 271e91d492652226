internal import Foundation

/// The words of SVG that drawings share.
enum SVG {
  /// A whole document that needs nothing but itself: no scripts, no fonts, no addresses.
  static func document(title: String, width: Double, height: Double, _ content: [String]) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
    width="\(number(width))" height="\(number(height))" font-family="sans-serif">
    <title>\(text(title))</title>
    <style>.grid{stroke:#ddd;stroke-width:1}.tick{font-size:11px;fill:#555}.axis{font-size:12px;fill:#222}\
    .key{font-size:12px;fill:#222}.title{font-size:15px;fill:#222}</style>
    <rect width="100%" height="100%" fill="white"/>
    \(content.joined(separator: "\n"))
    </svg>

    """
  }

  /// A drawing inside a page, as wide as there is room; the page styles `grid`, `tick`, `axis` and `key`.
  static func inline(title: String, width: Double, height: Double, _ content: String) -> String {
    """
    <svg viewBox="0 0 \(number(width)) \(number(height))" role="img" aria-label="\(text(title))">
    \(content)
    </svg>
    """
  }

  /// A coordinate to a hundredth of a pixel.
  static func number(_ value: Double) -> String {
    let hundredths = (value * 100).rounded() / 100
    return hundredths == hundredths.rounded() ? String(Int(hundredths)) : String(format: "%.2f", hundredths)
  }

  static func text(_ words: String) -> String {
    words.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
