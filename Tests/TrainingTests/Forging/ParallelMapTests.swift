import Foundation
import Testing

@testable import Training

@Suite("Mapping on threads")
struct ParallelMapTests {
  @Test("gives the results in order, whatever the number of threads", arguments: [1, 2, 7, 50])
  func order(threads: Int) throws {
    let mapped = try mapInParallel(31, threads: threads, worker: {}) { _, index in
      usleep(UInt32(31 - index) * 20)
      return index * index
    }
    #expect(mapped == (0..<31).map { $0 * $0 })
  }

  @Test("ends at the first failure and throws it")
  func failure() {
    #expect(throws: ForgeError("no room")) {
      try mapInParallel(1000, threads: 3, worker: {}) { _, index in
        if index == 10 { throw ForgeError("no room") }
        #expect(index < 500)
        usleep(200)
      }
    }
  }
}
