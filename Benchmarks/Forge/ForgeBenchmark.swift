import CMalloc
import Faces
import Foundation
import Training

/// Times the making of fakes on one thread, as training has it done on the fly.
///
///     forge-bench FOLDER [PAIRS]
///
/// FOLDER holds photographs or videos of real faces; what was found in it is kept in `faces.cache` beside the program.
/// Prints milliseconds of processor time a pair at 256×256, for each kind and for the usual mixture: processor time,
/// because other work on the machine does not count in it.
@main
struct ForgeBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let folder = arguments.first else {
      FileHandle.standardError.write(Data("usage: forge-bench FOLDER [PAIRS]\n".utf8))
      exit(2)
    }
    let count = arguments.dropFirst().first.flatMap { Int($0) } ?? 100
    // As the program sets it for work of this kind.
    _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
    _ = mallopt(M_TRIM_THRESHOLD, 256 << 20)
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let cache = program.deletingLastPathComponent().appendingPathComponent("faces.cache").path
    let library = try FaceFinder(models: FaceModels(directory: ".cache/mtcnn"), threads: 2)
      .library(of: [folder], cache: cache)
    print("\(library.photos.count) faces; ms of processor time a pair")
    for kind in ForgeryKind.allCases where kind != .genuine {
      try time(kind.rawValue, Forge(library, kinds: [kind]), count)
    }
    try time("mixture", Forge(library), 4 * count)
  }

  private static func time(_ name: String, _ forge: Forge, _ count: Int) throws {
    var random = SeededRandom(seed: 1)
    _ = try forge.pair(seed: random.next())
    var times: [Double] = []
    for _ in 0..<count {
      let seed = random.next()
      let start = processorMilliseconds()
      _ = try forge.pair(seed: seed)
      times.append(processorMilliseconds() - start)
    }
    times.sort()
    let mean = times.reduce(0, +) / Double(count)
    print(
      name.padding(toLength: 10, withPad: " ", startingAt: 0)
        + String(
          format: "mean %6.1f  median %6.1f  95 %% below %6.1f", mean, times[count / 2], times[count * 95 / 100]))
  }

  private static func processorMilliseconds() -> Double {
    var now = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    return Double(now.tv_sec) * 1000 + Double(now.tv_nsec) / 1e6
  }
}
