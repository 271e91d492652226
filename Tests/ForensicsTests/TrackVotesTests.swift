import Media
import Testing

@testable import Forensics

@Suite("The votes of one track")
struct TrackVotesTests {
  private static let threshold: Float = 0.5

  /// Casts a ballot every third of a second for each letter: f fake, u not fake but suspicious, r real, - abstained; then
  /// closes the track.
  private func changes(_ letters: String, rule: VoteRule = VoteRule(), updateInterval: Double = .infinity)
    -> [VerdictChange]
  {
    var votes = TrackVotes(rule: rule, threshold: Self.threshold, updateInterval: updateInterval)
    var changes: [VerdictChange] = []
    for (index, letter) in letters.enumerated() {
      let vote: Ballot.Vote =
        letter == "-" ? .abstained : .cast(evidence(letter == "f" ? 0.9 : letter == "u" ? 0.4 : 0.1))
      changes += votes.cast(Ballot(time: Double(index) / 3, vote: vote))
    }
    return changes + votes.close()
  }

  private func evidence(_ score: Float) -> Evidence {
    Evidence(
      finding: MaskFinding(score: score, area: 0), box: Rectangle(x: 0, y: 0, width: 1, height: 1),
      picture: PixelSize(width: 1, height: 1))
  }

  private func ended(_ changes: [VerdictChange]) -> [Verdict] {
    changes.compactMap { if case .ended(let verdict) = $0 { verdict } else { nil } }
  }

  @Test("make one verdict of a person who is the same throughout", arguments: [("f", Label.fake), ("r", .real)])
  func constant(letter: String, label: Label) throws {
    let all = changes(String(repeating: letter, count: 60))
    #expect(all.count == 2)
    let verdict = try #require(ended(all).first)
    #expect(verdict.label == label)
    #expect(verdict.ballots == Tally(fake: label == .fake ? 60 : 0, real: label == .real ? 60 : 0))
    #expect(verdict.start == 0)
    #expect(verdict.end == 59.0 / 3)
    #expect(verdict.score == (label == .fake ? 0.9 : 0.1))
  }

  @Test("say inconclusive of a person who was seen too briefly, and of one never usable")
  func brief() throws {
    for letters in ["fffff", "rrrrr", "------------", "f-------"] {
      let verdicts = ended(changes(letters))
      #expect(verdicts.map(\.assessment) == [Assessment(label: .inconclusive, reason: .tooFewBallots)])
      #expect(verdicts[0].ballots.decided == letters.count { $0 != "-" })
    }
  }

  @Test("count the time that a face was hidden, but not the time after it left")
  func hidden() {
    let verdicts = ended(changes("rrrrrrrr---rrrrrrrr------"))
    #expect(verdicts.map(\.ballots) == [Tally(real: 16, abstained: 3)])
    #expect(verdicts[0].end == 18.0 / 3)
    #expect(abs(verdicts[0].ballots.coverage - 16.0 / 19) < 1e-9)
  }

  @Test("say inconclusive when the ballots are split")
  func split() {
    let verdicts = ended(changes(String(repeating: "fr", count: 30)))
    #expect(verdicts.map(\.assessment) == [Assessment(label: .inconclusive, reason: .closeToTheLine)])
  }

  @Test("tell a manipulated stretch from the honest ones around it, and when it was")
  func stretches() {
    let letters =
      String(repeating: "r", count: 60) + String(repeating: "f", count: 60) + String(repeating: "r", count: 60)
    let verdicts = ended(changes(letters)).filter { $0.label != .inconclusive }
    #expect(verdicts.map(\.label) == [.real, .fake, .real])
    #expect(abs(verdicts[1].start - 20) < 0.5)
    #expect(abs(verdicts[1].end - 119.0 / 3) < 0.5)
    #expect(verdicts[1].ballots.fake == 60)
  }

  @Test("find when a manipulation began and ended although one frame in ten errs")
  func boundaries() {
    var random = SplitMix(seed: 5)
    var distances: [Double] = []
    for _ in 0..<200 {
      let letters =
        String(repeating: "r", count: 60) + String(repeating: "f", count: 60) + String(repeating: "r", count: 60)
      let seen = String(letters.map { Int.random(in: 0..<10, using: &random) > 0 ? $0 : $0 == "f" ? "r" : "f" })
      let fakes = ended(changes(seen)).filter { $0.label == .fake }
      #expect(fakes.count == 1)
      for fake in fakes { distances += [abs(fake.start - 20), abs(fake.end - 119.0 / 3)] }
    }
    distances.sort()
    // Two errors in a row at the very edge cannot be told from the other side of it.
    #expect(distances[distances.count / 2] < 0.01)
    #expect(distances[distances.count * 9 / 10] < 1.01)
  }

  @Test("count every ballot in one stretch at most, in order of time")
  func accounting() {
    var random = SplitMix(seed: 2)
    for _ in 0..<300 {
      var letters = ""
      while letters.count < 150 {
        let letter = ["f", "u", "r", "-"].randomElement(using: &random)!
        letters += String(repeating: letter, count: Int.random(in: 1...40, using: &random))
      }
      let all = changes(letters, rule: Bool.random(using: &random) ? VoteRule() : Self.cautious)
      let verdicts = ended(all)
      #expect(!verdicts.isEmpty)
      for (earlier, later) in zip(verdicts, verdicts.dropFirst()) { #expect(earlier.end < later.start) }
      for verdict in verdicts {
        #expect(verdict.start <= verdict.end)
        let inside = letters.enumerated().filter {
          Double($0.offset) / 3 >= verdict.start && Double($0.offset) / 3 <= verdict.end
        }
        #expect(verdict.ballots.fake == inside.count { $0.element == "f" })
        #expect(verdict.ballots.real == inside.count { $0.element == "r" || $0.element == "u" })
        #expect(verdict.ballots.abstained == inside.count { $0.element == "-" })
      }
      // Every start has its end, one at a time.
      var open = 0
      for change in all {
        switch change {
        case .started: open += 1
        case .updated: #expect(open == 1)
        case .ended: open = max(0, open - 1)
        }
        #expect(open <= 1)
      }
      #expect(open == 0)
    }
  }

  @Test("let one flicker pass without an alert")
  func flicker() {
    let letters = String(repeating: "r", count: 30) + "fff" + String(repeating: "r", count: 30)
    #expect(changes(letters).allSatisfy { $0.verdict.label == .real })
  }

  @Test("keep an alert raised while the ballots hover about the line")
  func hysteresis() {
    let letters = String(repeating: "f", count: 40) + String(repeating: "fr", count: 40)
    #expect(ended(changes(letters)).map(\.label) == [.fake])
  }

  @Test("withdraw a verdict of real when the ballots come close to the line")
  func doubt() {
    let letters = String(repeating: "r", count: 40) + String(repeating: "fr", count: 40)
    #expect(ended(changes(letters)).map(\.label) == [.real, .inconclusive])
  }

  private static let cautious = VoteRule(clearance: 0.3)

  @Test("call nobody real whose score exceeds the clearance, and change nothing of what is fake")
  func clearance() throws {
    let doubted = ended(changes(String(repeating: "u", count: 60), rule: Self.cautious))
    #expect(doubted.map(\.assessment) == [Assessment(label: .inconclusive, reason: .notCleared)])
    #expect(doubted[0].score == 0.4 && doubted[0].clearance == 0.3 && doubted[0].threshold == 0.5)
    #expect(doubted[0].ballots == Tally(real: 60))
    for letter in ["f", "r"] {
      let letters = String(repeating: letter, count: 60)
      #expect(
        ended(changes(letters, rule: Self.cautious)).map(\.assessment) == ended(changes(letters)).map(\.assessment))
    }
    // At the clearance itself a score is still one of a real.
    let met = ended(changes(String(repeating: "u", count: 60), rule: VoteRule(clearance: 0.4)))
    #expect(met.map(\.label) == [.real])
    #expect(ended(changes("u", rule: Self.cautious.still)).map(\.assessment.reason) == [.notCleared])
    #expect(ended(changes("r", rule: Self.cautious.still)).map(\.label) == [.real])
  }

  @Test("clear whoever has a clearance above the threshold by the ballots alone")
  func needless() {
    let verdict = ended(changes(String(repeating: "u", count: 60), rule: VoteRule(clearance: 0.8)))
    #expect(verdict.map(\.label) == [.real])
    #expect(verdict[0].clearance == 0.5)
  }

  @Test("tell the suspicious stretch from the clear ones around it, and when it was")
  func suspicion() {
    let letters =
      String(repeating: "r", count: 60) + String(repeating: "u", count: 60) + String(repeating: "r", count: 60)
    let verdicts = ended(changes(letters, rule: Self.cautious))
    #expect(verdicts.map(\.assessment.reason) == [.majority, .notCleared, .majority])
    #expect(verdicts.map(\.label) == [.real, .inconclusive, .real])
    #expect(abs(verdicts[1].start - 20) < 0.5 && abs(verdicts[1].end - 119.0 / 3) < 0.5)
    #expect(verdicts.map(\.ballots.real) == [60, 60, 60])
  }

  @Test("say of a person who was suspicious first that the ballots are split, once they have been for a while")
  func splitAfterSuspicion() {
    let suspicious = String(repeating: "u", count: 40)
    let split = ended(changes(suspicious + String(repeating: "uf", count: 30), rule: Self.cautious))
    #expect(split.map(\.assessment) == [Assessment(label: .inconclusive, reason: .closeToTheLine)])
    #expect(split[0].ballots == Tally(fake: 30, real: 70))
    // The few windows close to the line on the way to another verdict say nothing of the stretch before.
    let passing = ended(changes(suspicious + String(repeating: "f", count: 60), rule: Self.cautious))
    #expect(passing.map(\.assessment.reason) == [.notCleared, .majority])
    // Nor does it become harmless again.
    let after = ended(changes(suspicious + String(repeating: "uf", count: 30) + suspicious, rule: Self.cautious))
    #expect(after.map(\.assessment.reason) == [.closeToTheLine])
  }

  @Test("tell a manipulated stretch from the suspicious ones around it")
  func manipulationAmongSuspicion() {
    let letters =
      String(repeating: "u", count: 60) + String(repeating: "f", count: 60) + String(repeating: "u", count: 60)
    let verdicts = ended(changes(letters, rule: Self.cautious))
    #expect(verdicts.map(\.label) == [.inconclusive, .fake, .inconclusive])
    #expect(abs(verdicts[1].start - 20) < 0.5 && abs(verdicts[1].end - 119.0 / 3) < 0.5)
  }

  @Test("let a suspicion pass that lasts for less than half a window")
  func passingSuspicion() {
    let clear = String(repeating: "r", count: 40)
    let letters = clear + String(repeating: "u", count: 15) + clear
    #expect(ended(changes(letters, rule: Self.cautious)).map(\.label) == [.real])
  }

  @Test("report a standing verdict from time to time")
  func updates() {
    let all = changes(String(repeating: "r", count: 100), updateInterval: 5)
    let updates = all.count { if case .updated = $0 { true } else { false } }
    #expect((5...6).contains(updates))
  }

  @Test("judge a still image by its one ballot", arguments: [("f", Label.fake), ("r", .real)])
  func still(letter: String, label: Label) {
    #expect(ended(changes(letter, rule: VoteRule().still)).map(\.label) == [label])
  }

  @Test("have a score that exceeds the threshold exactly when more than half of the ballots are fake")
  func windowScore() {
    var random = SplitMix(seed: 9)
    for _ in 0..<500 {
      var window = VoteWindow(rule: VoteRule(window: 5), threshold: Self.threshold)
      for step in 0..<Int.random(in: 1...40, using: &random) {
        let vote: Ballot.Vote =
          Bool.random(using: &random) ? .cast(evidence(Float.random(in: 0...1, using: &random))) : .abstained
        window.add(Ballot(time: Double(step) / 3, vote: vote))
        let tally = window.tally
        #expect(((window.score ?? 0) > Self.threshold) == (tally.fake * 2 > tally.decided))
        #expect(tally.decided + tally.abstained == window.ballots.count)
        #expect(window.ballots.allSatisfy { $0.time >= Double(step) / 3 - 5 })
      }
    }
  }
}
