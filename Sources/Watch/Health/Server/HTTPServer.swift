internal import Analysis
internal import Foundation
internal import Synchronization

/// Answers requests at one socket, on a thread of its own: neither the analysis nor the cooperative pool can keep it
/// from saying that they are stuck, and no client can keep it from answering another.
///
/// Everything is bounded: connections, the size of a request, the time for it, the time for taking an answer, and the
/// bytes of all answers together. The usual Swift servers leave all of these open, and end when a descriptor is missing.
final class HTTPServer: Sendable {
  /// Connections at once. When there are more, the one that has been silent for longest gives way, and if there is none,
  /// the slowest reader.
  static let mostConnections = 64
  /// Bytes of answers that wait to be taken; beyond that the slowest reader gives way.
  static let mostPending = 32 << 20
  /// Seconds without new connections after the descriptors have run out.
  static let pauseWithoutDescriptors = 0.25
  /// Seconds and bytes for which a connection that is over is still listened to: closed at once, the system would throw
  /// away an answer that is on its way to a client that is still talking.
  static let linger = 1.0
  static let mostLingering = 1 << 20

  fileprivate struct Client {
    let descriptor: Int32
    var connection: HTTPConnection
    /// Until when it lingers; nil before it is over.
    var lingersUntil: Double?
    var lingered = 0
    var isGone = false
  }

  private let socket: ListeningSocket
  private let answer: @Sendable (HTTPRequest) -> HTTPResponse
  /// A pipe that is written to in order to end the thread.
  private let wake: (reading: Int32, writing: Int32)
  private let hasStarted = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)
  private let ended: AsyncStream<Never>
  private let end: AsyncStream<Never>.Continuation

  /// - Parameter answer: called on the server's thread for each request; nobody else is answered meanwhile.
  init(_ socket: ListeningSocket, answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
    self.socket = socket
    self.answer = answer
    var ends: [Int32] = [-1, -1]
    // Without descriptors left the thread notices its end within a minute.
    if unsafe pipe(&ends) == 0 { ends.forEach(ListeningSocket.prepare) }
    wake = (ends[0], ends[1])
    (ended, end) = AsyncStream.makeStream()
  }

  deinit {
    close(wake.reading)
    close(wake.writing)
  }

  /// Where it listens.
  var address: ListenAddress { socket.address }

  /// Starts the thread, which keeps the server alive until it is stopped.
  func start() {
    hasStarted.store(true, ordering: .releasing)
    startThread(named: "health") { [self] in serve() }
  }

  /// Closes all connections and ends the thread; returns when that is done.
  func stop() async {
    guard hasStarted.load(ordering: .acquiring) else { return }
    isStopping.store(true, ordering: .releasing)
    var byte: UInt8 = 0
    _ = unsafe write(wake.writing, &byte, 1)
    for await _ in ended {}
  }

  private func serve() {
    var clients: [Client] = []
    var noNewcomersUntil = 0.0
    while !isStopping.load(ordering: .acquiring) {
      let now = MonotonicClock.seconds()
      let takesNewcomers = now >= noNewcomersUntil
      var polled = [
        pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: socket.descriptor, events: takesNewcomers ? Int16(POLLIN) : 0, revents: 0),
      ]
      for client in clients { polled.append(pollfd(fd: client.descriptor, events: client.events, revents: 0)) }
      let next = clients.map(\.deadline).min() ?? .infinity
      let patience = min(next - now, takesNewcomers ? 60 : Self.pauseWithoutDescriptors)
      _ = unsafe poll(&polled, nfds_t(polled.count), Int32(max(0, patience * 1000).rounded(.up)))
      let later = MonotonicClock.seconds()
      for (index, entry) in polled.dropFirst(2).enumerated() where entry.revents != 0 {
        attend(&clients[index], entry.revents, at: later)
        if clients.reduce(0, { $0 + $1.connection.pending.count }) > Self.mostPending,
          let slowest = Self.slowestReader(clients)
        {
          clients[slowest].isGone = true
        }
      }
      for index in clients.indices where clients[index].deadline <= later { clients[index].isGone = true }
      for client in clients where client.isGone { close(client.descriptor) }
      clients.removeAll(where: \.isGone)
      if polled[1].revents != 0, !admitNewcomers(to: &clients, at: later) {
        noNewcomersUntil = later + Self.pauseWithoutDescriptors
      }
    }
    for client in clients { close(client.descriptor) }
    end.finish()
  }

  /// - Returns: false when the system has no descriptor left.
  private func admitNewcomers(to clients: inout [Client], at now: Double) -> Bool {
    // Those who come without end must not keep the others from being served.
    for _ in 0..<Self.mostConnections {
      let descriptor = accept(socket.descriptor, nil, nil)
      guard descriptor >= 0 else {
        return ![EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(errno)
      }
      ListeningSocket.prepare(descriptor)
      if clients.count >= Self.mostConnections {
        close(clients.remove(at: Self.longestSilent(clients) ?? Self.slowestReader(clients) ?? 0).descriptor)
      }
      clients.append(Client(descriptor: descriptor, connection: HTTPConnection(at: now)))
    }
    return true
  }

  /// Of those who are not being answered.
  private static func longestSilent(_ clients: [Client]) -> Int? {
    clients.indices.filter { !clients[$0].connection.wantsOutput }
      .min { clients[$0].connection.restingSince < clients[$1].connection.restingSince }
  }

  /// Of those who are being answered.
  private static func slowestReader(_ clients: [Client]) -> Int? {
    clients.indices.filter { clients[$0].connection.answerSince != nil && !clients[$0].isGone }
      .min { clients[$0].connection.answerSince ?? 0 < clients[$1].connection.answerSince ?? 0 }
  }

  private func attend(_ client: inout Client, _ events: Int16, at now: Double) {
    if client.isGone { return }
    if events & Int16(POLLERR | POLLNVAL) != 0 {
      client.isGone = true
      return
    }
    if client.lingersUntil != nil {
      drain(&client)
      return
    }
    if client.connection.wantsInput { receive(&client, at: now) }
    // Most answers fit into the socket's own memory at once.
    if client.connection.wantsOutput { send(&client, at: now) }
    if client.connection.isOver, !client.isGone {
      shutdown(client.descriptor, Int32(SHUT_WR))
      client.lingersUntil = now + Self.linger
    }
  }

  private func receive(_ client: inout Client, at now: Double) {
    var buffer = [UInt8](repeating: 0, count: 8192)
    let count = unsafe recv(client.descriptor, &buffer, buffer.count, 0)
    if count > 0 {
      client.connection.received(buffer[..<count], at: now, answer: answer)
    } else if count == 0 {
      client.connection.inputEnded()
    } else if errno != EAGAIN && errno != EINTR {
      client.isGone = true
    }
  }

  private func send(_ client: inout Client, at now: Double) {
    let count = unsafe client.connection.pending.withUnsafeBytes {
      // Whoever has gone away must not end the program.
      unsafe Glibc.send(client.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    if count > 0 {
      client.connection.didSend(count, at: now, answer: answer)
    } else if errno != EAGAIN && errno != EINTR {
      client.isGone = true
    }
  }

  private func drain(_ client: inout Client) {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    let count = unsafe recv(client.descriptor, &buffer, buffer.count, 0)
    client.lingered += max(0, count)
    if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR || client.lingered > Self.mostLingering {
      client.isGone = true
    }
  }
}

extension HTTPServer.Client {
  fileprivate var deadline: Double { lingersUntil ?? connection.deadline }

  fileprivate var events: Int16 {
    if lingersUntil != nil || connection.wantsInput { return Int16(POLLIN) }
    return connection.wantsOutput ? Int16(POLLOUT) : 0
  }
}
