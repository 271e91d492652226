public import Faces
internal import Foundation
internal import Media
internal import Neural
internal import Synchronization

/// Finds the faces of folders of photographs and videos, on several threads, and keeps them in a file for the next time.
public struct FaceFinder: Sendable {
  /// How far it has come; called from several threads, one call at a time.
  public typealias Progress = @Sendable (_ files: Int, _ of: Int, _ faces: Int) -> Void

  private let models: FaceModels
  private let settings: FaceLibrary.Settings
  private let threads: Int

  public init(models: FaceModels, settings: FaceLibrary.Settings = FaceLibrary.Settings(), threads: Int) {
    self.models = models
    self.settings = settings
    self.threads = max(1, threads)
  }

  /// The faces in all pictures and videos below `folders`; a path that is a file counts as well.
  ///
  /// - Parameters:
  ///   - cache: a file that keeps what was found; used again as long as the files and the settings are the same.
  ///     One that cannot be used is made anew, one that cannot be written is no failure.
  ///   - progress: told after each file.
  /// - Throws: `ForgeError` when a folder does not exist or there is no face at all. A file that cannot be read is a
  ///   problem in the library, not an error.
  public func library(
    of folders: [String], cache: String? = nil, progress: @escaping Progress = { _, _, _ in }
  ) throws -> FaceLibrary {
    let files = try FaceFiles.list(folders)
    let key = cacheKey(files)
    if let cache, let kept = try? FaceLibraryFile.read(cache, key: key) { return try checked(kept, folders) }
    let found = try find(files, progress)
    let library = FaceLibrary(
      photos: found.flatMap(\.photos), problems: found.compactMap(\.problem))
    if let cache { try? FaceLibraryFile.write(library, key: key, to: cache) }
    return try checked(library, folders)
  }

  private func checked(_ library: FaceLibrary, _ folders: [String]) throws(ForgeError) -> FaceLibrary {
    guard library.photos.isEmpty else { return library }
    let names = folders.joined(separator: ", ")
    if library.problems.isEmpty { throw ForgeError("\(names): there is no picture and no video") }
    let unreadable = library.problems.filter(\.isUnreadable).count
    throw ForgeError(
      "\(names): no face in \(library.problems.count) files"
        + (unreadable > 0 ? ", \(unreadable) of them unreadable" : "")
        + "; a face counts from \(Int(settings.minimumFace)) pixels on")
  }

  /// All that decides what is found.
  private func cacheKey(_ files: [FaceFiles.File]) -> String {
    var parts = ["\(FaceLibraryFile.version)", "\(settings)"]
    parts += models.identities.map(\.sha256)
    parts += files.map { "\($0.path) \($0.name) \($0.bytes) \($0.modified)" }
    return parts.joined(separator: "\n")
  }

  private func find(_ files: [FaceFiles.File], _ progress: @escaping Progress) throws -> [Found] {
    let (models, settings) = (models, settings)
    let faces = Mutex(0)
    return try mapInParallel(
      files.count, threads: threads, worker: { FaceSearch(models, settings) },
      finished: { done, found in
        let all = faces.withLock { faces in
          faces += found.photos.count
          return faces
        }
        progress(done, files.count, all)
      }, { search, index in try search.faces(in: files[index]) })
  }

  /// What one file gave.
  struct Found: Sendable {
    var photos: [FacePhoto] = []
    var problem: FaceLibrary.Problem?
  }
}

/// The search of one thread.
private final class FaceSearch {
  private let detector: FaceDetector
  private let settings: FaceLibrary.Settings
  private let sampler = FrameSampler()

  init(_ models: FaceModels, _ settings: FaceLibrary.Settings) {
    self.settings = settings
    detector = FaceDetector(
      models: models, minimumFace: .pixels(settings.minimumFace), workspace: Workspace())
  }

  /// - Throws: `ModelError` only; what is wrong with the file is told in the result.
  func faces(in file: FaceFiles.File) throws -> FaceFinder.Found {
    var found = FaceFinder.Found()
    do {
      let reader = try VideoReader(Location(file.path))
      if reader.info.isStill {
        try photograph(reader, file, into: &found)
      } else {
        try video(file, duration: reader.info.duration, into: &found)
      }
      if found.photos.isEmpty {
        found.problem = FaceLibrary.Problem(
          path: file.path, isUnreadable: false, description: "\(file.path): no face that counts")
      }
    } catch let error as MediaError {
      found.problem = FaceLibrary.Problem(path: file.path, isUnreadable: true, description: error.message)
    }
    return found
  }

  private func photograph(_ reader: VideoReader, _ file: FaceFiles.File, into found: inout FaceFinder.Found) throws {
    guard let frame = try reader.next() else { return }
    // A photograph that is cut short says so at its end.
    _ = try reader.next()
    for face in try detector.faces(in: frame).faces {
      if let photo = try FacePhoto(
        face, in: frame, identity: file.name, origin: file.name, settings: settings, sampler: sampler)
      {
        found.photos.append(photo)
      }
    }
  }

  /// The largest face of each frame taken. What was found before a file breaks off is kept.
  private func video(_ file: FaceFiles.File, duration: Double?, into found: inout FaceFinder.Found) throws {
    let wanted = Double(settings.framesPerVideo)
    let rate = duration.map { min(max(wanted / max($0, 0.1), 0.05), 4) } ?? 1
    let reader = try VideoReader(Location(file.path), options: ReaderOptions(sampling: .rate(rate)))
    do {
      while found.photos.count < settings.framesPerVideo, let frame = try reader.next() {
        guard let face = try detector.faces(in: frame).faces.first else { continue }
        let tenths = Int((frame.time * 100).rounded())
        let stamp = "\(tenths / 100)." + (tenths % 100 < 10 ? "0" : "") + "\(tenths % 100)"
        if let photo = try FacePhoto(
          face, in: frame, identity: file.name, origin: "\(file.name)@\(stamp)", settings: settings,
          sampler: sampler)
        {
          found.photos.append(photo)
        }
      }
    } catch let error as MediaError where !found.photos.isEmpty {
      found.problem = FaceLibrary.Problem(path: file.path, isUnreadable: true, description: error.message)
    }
  }
}
