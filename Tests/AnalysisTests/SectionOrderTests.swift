import Media
import Testing

@testable import Analysis

@Suite("The order of sections")
struct SectionOrderTests {
  private func decoding(
    _ frames: Int, isFollowed: Bool = true, failure: MediaError? = nil
  ) -> SectionDecoding {
    var counters = DecodeCounters()
    (counters.decoded, counters.sampled) = (frames, frames)
    return SectionDecoding(
      counters: counters, delivered: frames, refused: 0, isFollowed: isFollowed, failure: failure)
  }

  private let unread = MediaError(.cancelled, "unread")

  @Test("is the same in whatever order frames are found and sections end", arguments: 1...16)
  func anyOrder(stride: Int) {
    var order = SectionOrder<Int>()
    order.expect(sections: 4)
    let lengths = [3, 0, 5, 2]
    var tickets: [(SectionOrder<Int>.Ticket, Int)] = []
    for (section, length) in lengths.enumerated() {
      order.begin(section)
      for number in 0..<length { tickets.append((order.ticket(of: section), 10 * section + number)) }
    }
    #expect(!order.isDecoded)
    // What happens: a frame found (its place among the tickets), or a section's end (negative).
    let each = Array(tickets.indices) + lengths.indices.map { -1 - $0 }
    // Seventeen is prime: each stride gives another order.
    let happenings = (1...16).map { $0 * stride % 17 }.compactMap { each.indices.contains($0 - 1) ? each[$0 - 1] : nil }
    var found: [Int] = []
    for happening in happenings {
      if happening < 0 {
        let section = -1 - happening
        order.end(section, decoding(lengths[section], isFollowed: section < 3))
      } else {
        order.keep(tickets[happening].1, bytes: 1, at: tickets[happening].0)
      }
      while let next = order.next() { found.append(next) }
    }
    #expect(found == [0, 1, 2, 20, 21, 22, 23, 24, 30, 31])
    #expect(order.isDecoded && order.counters.decoded == 10 && order.failure(ifUnread: unread) == nil)
  }

  @Test("ends with the section behind which nothing follows; what lies behind counts for nothing")
  func ends() {
    var order = SectionOrder<String>()
    order.expect(sections: 3)
    let tickets = (0..<3).map { section in
      order.begin(section)
      return order.ticket(of: section)
    }
    order.keep("behind", bytes: 1, at: tickets[2])
    order.end(2, decoding(1, isFollowed: false, failure: MediaError(.cancelled, "given up")))
    order.keep("last", bytes: 1, at: tickets[1])
    order.end(1, decoding(1, isFollowed: false, failure: MediaError(.truncated, "cut")))
    #expect(order.next() == nil)
    order.keep("first", bytes: 1, at: tickets[0])
    #expect(order.next() == "first")
    // Whether it goes on is not known yet: whoever stops here was kept from the rest.
    #expect(order.next() == nil && order.failure(ifUnread: unread)?.code == .truncated)
    order.end(0, decoding(1))
    #expect(order.next() == "last" && order.next() == nil)
    #expect(order.failure(ifUnread: unread)?.code == .truncated && order.counters.sampled == 2)
  }

  @Test("makes later sections wait when their findings fill the room, never the current one")
  func room() {
    var order = SectionOrder<Int>(mostBytes: 100)
    order.expect(sections: 2)
    #expect(order.hasRoom(for: 1))
    let ticket = order.ticket(of: 1)
    order.keep(1, bytes: 100, at: ticket)
    #expect(!order.hasRoom(for: 1) && order.hasRoom(for: 0))
    order.end(0, decoding(0))
    #expect(order.next() == 1 && order.hasRoom(for: 1))
  }
}
