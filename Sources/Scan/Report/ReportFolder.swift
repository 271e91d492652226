internal import Foundation
internal import Glibc
internal import Media

/// Why a report cannot be written. One sentence that names the place and the way out.
public struct ReportError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

/// The folder in which a report lies: one that did not exist, was empty, or holds a report already. Nothing else is
/// ever written into, and nothing but pages of a report removed.
///
/// Each page says at its head what it was made from, so that writing a report again, or going on after having been
/// stopped, leaves alone what is up to date; there is no list that could disagree with the pages.
struct ReportFolder {
  let path: String

  static let marker = ".unmask-report"
  private static let pages = "files"
  private static let note = "A report of unmask lies here. It may write and remove pages in this folder.\n"

  /// - Throws: when there is something in the way, or the folder cannot be made.
  init(_ path: String) throws(ReportError) {
    self.path = path
    var isDirectory: ObjCBool = false
    if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
      guard isDirectory.boolValue else {
        throw ReportError("report \(path): a file of this name exists; name a folder")
      }
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
        throw ReportError("report \(path): the folder cannot be read; check its permissions")
      }
      guard names.isEmpty || names.contains(Self.marker) else {
        throw ReportError("report \(path): the folder holds something else; name a new one")
      }
    }
    do {
      try FileManager.default.createDirectory(atPath: path + "/" + Self.pages, withIntermediateDirectories: true)
    } catch {
      throw ReportError("report \(path): the folder cannot be made; check the permissions of the one it lies in")
    }
    try write(Self.note, to: Self.marker)
  }

  /// Where the page of a result lies, relative to the folder: the file's name as far as it is safe everywhere, and a
  /// digest of what tells it from all others. It stays the same for as long as the file stays where it is.
  static func address(of item: ReportItem) -> String {
    let name = item.path.split(separator: "/").last ?? ""
    var slug = ""
    for byte in name.utf8 where slug.utf8.count < 40 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        slug.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): slug.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
      default: if !slug.isEmpty && !slug.hasSuffix("-") { slug += "-" }
      }
    }
    while slug.hasSuffix("-") { slug.removeLast() }
    let digest = SHA256.hexDigest(of: Array(item.identity.utf8)).prefix(16)
    return pages + "/" + (slug.isEmpty ? "file" : slug) + "-" + digest + ".html"
  }

  /// The fingerprint that the page at an address bears; nil when there is none of ours.
  func fingerprint(at address: String) -> String? {
    guard let file = FileHandle(forReadingAtPath: path + "/" + address) else { return nil }
    defer { try? file.close() }
    let signature = ReportDocument.signature
    guard let head = try? file.read(upToCount: signature.utf8.count + 200) else { return nil }
    let text = String(decoding: head, as: UTF8.self)
    guard text.hasPrefix(signature) else { return nil }
    return text.dropFirst(signature.count).split(separator: "\"", maxSplits: 1).first.map(String.init)
  }

  /// Writes a page, whole or not at all.
  func write(_ text: String, to address: String) throws(ReportError) {
    do throws(MediaError) {
      try AtomicFile.write(Array(text.utf8), to: path + "/" + address, isDurable: false)
    } catch {
      throw ReportError("report \(error.message)")
    }
  }

  /// Removes the pages that belong to no result any more, and what a killed writer left half written.
  /// - Returns: how many.
  func removePages(except addresses: Set<String>) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + Self.pages)) ?? []
    var removed = 0
    for name in names {
      let address = Self.pages + "/" + name
      let isHalf = name.hasSuffix(".partial")
      guard isHalf || (name.hasSuffix(".html") && !addresses.contains(address)) else { continue }
      guard isHalf || fingerprint(at: address) != nil else { continue }
      if unsafe unlink(path + "/" + address) == 0 { removed += 1 }
    }
    return removed
  }
}
