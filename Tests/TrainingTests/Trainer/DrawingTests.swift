import Foundation
import Testing

@testable import Training

@Suite("Drawings of a run")
struct DrawingTests {
  private var history: RunHistory {
    var history = RunHistory()
    for step in 1...1000 {
      history.steps.append(
        StepFigures(
          step: step, images: 8 * step, epoch: step / 100 + 1, loss: 2 / Float(step).squareRoot(), crossEntropy: 0.5,
          dice: 0.5, head: nil, learningRate: 0.001, gradientNorm: nil, seconds: Double(step)))
    }
    for step in [500, 1000] {
      history.validations.append(
        ValidationFigures(
          step: step, images: 8 * step, epoch: 1, loss: 1, dice: 0.5, auroc: 0.8, balancedAccuracy: 0.7,
          threshold: 0.5, seconds: 1))
    }
    return history
  }

  @Test("are well-formed SVG that needs no other file and names its axes with their units")
  func curves() throws {
    let svg = TrainingCurves.svg(title: "a <b> & \"c\"", history)
    let parser = XMLDocumentParser()
    #expect(parser.parse(svg))
    #expect(parser.elements["polyline"] == 3 + 3 + 1)
    #expect(parser.elements["circle"] == 2 * (1 + 3))
    for axis in ["loss [nats]", "pictures seen", "held-out share [0 to 1]", "learning rate"] {
      #expect(svg.contains(axis))
    }
    #expect(!svg.contains("href") && !svg.contains("url(") && !svg.contains("<script"))
  }

  @Test("exist from the first step, and for none at all")
  func early() {
    #expect(XMLDocumentParser().parse(TrainingCurves.svg(title: "", RunHistory())))
    var one = RunHistory()
    one.steps = [history.steps[0]]
    #expect(XMLDocumentParser().parse(TrainingCurves.svg(title: "", one)))
    one.steps[0].loss = .nan
    #expect(!TrainingCurves.svg(title: "", one).contains("nan"))
  }

  @Test("mark axes at round numbers", arguments: [(0.0, 1.0), (0.13, 0.87), (5000, 123_456), (-3, -2), (1e-6, 3e-6)])
  func ticks(low: Double, high: Double) {
    let axis = AxisScale(covering: low...high, from: 0, to: 100, startsAtTick: true)
    #expect((3...9).contains(axis.ticks.count))
    #expect(axis.position(low) >= -1e-6 && axis.position(high) <= 100 + 1e-6)
    #expect(Set(axis.ticks.map(axis.label)).count == axis.ticks.count)
  }

  @Test("thin long curves to means, so that their sum stays what it was")
  func thinning() {
    let points = (0..<3000).map { Chart.Point(x: Double($0), y: Double($0 % 7)) }
    let thin = TrainingCurves.thinned(points)
    #expect(thin.count == 300)
    let mean = thin.reduce(0) { $0 + $1.y } / 300
    #expect(abs(mean - points.reduce(0) { $0 + $1.y } / 3000) < 1e-9)
    #expect(TrainingCurves.thinned(Array(points.prefix(20))).count == 20)
  }

  @Test("of masks show the picture as it is, and red where it was marked")
  func sheet() {
    let side = 64
    let grey = [UInt8](repeating: 100, count: 3 * side * side)
    var truth = [UInt8](repeating: 0, count: side * side)
    for index in 0..<side * side / 2 { truth[index] = 1 }
    let pair = TrainingPair(side: side, real: grey, fake: grey, mask: truth)
    let row = ContactSheet.Row(
      pair: pair, onReal: Array(repeating: 0, count: side * side), onFake: truth.map(Float.init), realScore: 0,
      fakeScore: 1)
    let sheet = ContactSheet([row, row, row], threshold: 0.5)
    #expect(sheet.pixels.count == 3 * sheet.width * sheet.height)
    func pixel(_ x: Int, _ y: Int) -> [UInt8] {
      Array(sheet.pixels[3 * (y * sheet.width + x)..<3 * (y * sheet.width + x) + 3])
    }
    #expect(pixel(10, 10) == [100, 100, 100])
    // The fourth tile of a row is the truth in green, the fifth the marks in red; the upper half was changed.
    #expect(pixel(4 + 3 * 132 + 10, 10)[1] > 140)
    #expect(pixel(4 + 4 * 132 + 10, 10)[0] > 180)
    #expect(pixel(4 + 4 * 132 + 10, 120) == [100, 100, 100])
  }
}

/// Counts the elements of a document, if it is well formed.
private final class XMLDocumentParser {
  private(set) var elements: [String: Int] = [:]

  /// Checks that every element is closed in turn and every attribute quoted, without a library: Foundation's XML lies
  /// in a module of its own on Linux.
  func parse(_ text: String) -> Bool {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      guard let end = rest[start...].firstIndex(of: ">") else { return false }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.contains("<") || tag.count(where: { $0 == "\"" }) % 2 != 0 { return false }
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
        continue
      }
      let name = tag.prefix { $0.isLetter }
      elements[String(name), default: 0] += 1
      if !tag.hasSuffix("/") { open.append(name) }
    }
    return open.isEmpty && !rest.contains(">")
  }
}
