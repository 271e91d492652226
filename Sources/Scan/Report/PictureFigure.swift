internal import Forensics
internal import Foundation
internal import Media
internal import Records

/// A key picture: the crop that the model saw, its mask laid over it, and a slider that wipes the mask away.
struct PictureFigure {
  let picture: ReportPicture
  let person: Int
  let id: String
  let analysis: ReportAnalysis
  /// Whether it is from a still image, which has no times to tell.
  let isStill: Bool

  /// Nil when the pictures cannot be read.
  var markup: Markup? {
    guard let mask = try? Picture(decoding: picture.mask), mask.size.pixels > 0, let face = dataAddress(picture.face),
      let veil = dataAddress(picture.mask)
    else { return nil }
    let grey = stride(from: 0, to: mask.bytes.count, by: 3).map { mask.bytes[$0] }
    // The rule counts points of the network's own mask, of which the picture may be an enlargement.
    let enlargement = Double(mask.size.pixels) / Double(max(1, analysis.maskSide * analysis.maskSide))
    let outline = MaskOutline(
      grey, width: mask.width, height: mask.height, threshold: analysis.maskRule.threshold,
      minimum: Int(Double(analysis.maskRule.minimumComponent) * enlargement))
    let maskInWords = Self.words(outline.share)
    let path = outline.path
    let isFake = analysis.rule.fires(at: picture.score)
    let caption: Markup = isStill ? "" : "<b>\(Figures.time(picture.time))</b> "
    let moment = isStill ? "" : " at " + Figures.time(picture.time)
    let frame: Markup = #"width="\#(mask.width)" height="\#(mask.height)""#
    let view: Markup = #"viewBox="0 0 \#(mask.width) \#(mask.height)""#
    return """
      <figure class="key" id="\(id)">
      <div class="pair">
      <svg class="over" \(view) role="img" aria-label="Person \(person)\(moment), score \
      \(ReportWords.score(picture.score)); \(maskInWords)">
      <defs><image id="\(id)p" \(frame) preserveAspectRatio="none" href="\(face)"/>
      <mask id="\(id)m"><image \(frame) preserveAspectRatio="none" href="\(veil)"/></mask>
      <clipPath id="\(id)c"><rect class="wipe" \(frame)/></clipPath></defs>
      <use href="#\(id)p"/>
      <g clip-path="url(#\(id)c)"><rect class="veil" \(frame) mask="url(#\(id)m)"/>\
      <path class="halo" d="\(path)"/><path class="outline" d="\(path)"/></g>
      <path class="edge" d="M\(mask.width) 0v\(mask.height)"/>
      </svg>
      <svg class="bare" \(view) aria-hidden="true"><use href="#\(id)p"/></svg>
      </div>
      <label class="slide">picture<input type="range" min="0" max="100" value="100" \
      aria-label="How much of the mask is shown, person \(person)\(moment)">mask</label>
      <figcaption>\(caption)score \(ReportWords.score(picture.score)) \
      <span class="word \(isFake ? "fake" : "real")">\(isFake ? "manipulated" : "nothing found")</span>\
      <br>\(maskInWords)</figcaption>
      </figure>

      """
  }

  private static func words(_ share: Double) -> String {
    share > 0
      ? "marked: \(Figures.decimal(100 * share, 1)) % of the crop" : "no connected patch above the threshold"
  }

  private func dataAddress(_ bytes: [UInt8]) -> String? {
    let kind =
      bytes.starts(with: [0xFF, 0xD8, 0xFF]) ? "jpeg" : bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) ? "png" : nil
    return kind.map { "data:image/\($0);base64," + Data(bytes).base64EncodedString() }
  }
}
