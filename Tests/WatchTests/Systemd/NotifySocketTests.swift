import Foundation
import Testing

@testable import Watch

@Suite("The socket of the service manager")
struct NotifySocketTests {
  /// A socket that stands in for systemd's.
  private final class Manager {
    let descriptor: Int32

    init(_ address: String) throws {
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var name = Array(address.utf8)
      if name[0] == UInt8(ascii: "@") { name[0] = 0 }
      var target = sockaddr_un()
      target.sun_family = sa_family_t(AF_UNIX)
      unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: name) }
      let length = socklen_t(2 + name.count + (name[0] == 0 ? 0 : 1))
      let bound = unsafe withUnsafePointer(to: &target) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
      }
      try #require(bound == 0)
    }

    deinit { close(descriptor) }

    func receive() -> String {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
      }
      return count < 0 ? "" : String(decoding: buffer[..<count], as: UTF8.self)
    }
  }

  @Test("is reached by its path, and by a name in the abstract namespace")
  func sends() throws {
    let unique = "unmask-\(UUID().uuidString)"
    for address in [NSTemporaryDirectory() + unique, "@" + unique] {
      let manager = try Manager(address)
      defer { unsafe unlink(address) }
      let socket = try #require(NotifySocket(["NOTIFY_SOCKET": address]))
      #expect(socket.send(["READY=1", "STATUS=2 of 2 streams online"]))
      #expect(manager.receive() == "READY=1\nSTATUS=2 of 2 streams online")
    }
  }

  @Test("is done without where there is none, or none that can be")
  func absent() throws {
    #expect(NotifySocket([:]) == nil)
    for address in ["", "x", "vsock:2:1", "/", "@", "/" + String(repeating: "x", count: 200)] {
      #expect(NotifySocket(["NOTIFY_SOCKET": address]) == nil, "\(address)")
    }
    #expect(try #require(NotifySocket(["NOTIFY_SOCKET": "/no/such/socket"])).send(["READY=1"]) == false)
  }

  @Test("that is full keeps nobody waiting")
  func full() throws {
    let address = "@unmask-\(UUID().uuidString)"
    let manager = try Manager(address)
    let socket = try #require(NotifySocket(["NOTIFY_SOCKET": address]))
    var taken = 0
    while taken < 100_000, socket.send(["WATCHDOG=1"]) { taken += 1 }
    #expect(taken < 100_000)
    #expect(manager.receive() == "WATCHDOG=1")
    #expect(socket.send(["WATCHDOG=1"]))
  }

  @Test("expects signs of life from the process that it names")
  func watchdog() {
    #expect(Watchdog.interval([:]) == nil)
    #expect(Watchdog.interval(["WATCHDOG_USEC": "30000000"]) == 30)
    #expect(Watchdog.interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"], process: 7) == 30)
    #expect(Watchdog.interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"], process: 8) == nil)
    for text in ["0", "-1", "x", ""] { #expect(Watchdog.interval(["WATCHDOG_USEC": text]) == nil) }
  }
}
