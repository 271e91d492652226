import Foundation

/// A thread for work that blocks, which must not sit on the pool that tests run on.
enum BlockingThread {
  static func start(_ body: @escaping @Sendable () -> Void) { Thread.detachNewThread(body) }
}
