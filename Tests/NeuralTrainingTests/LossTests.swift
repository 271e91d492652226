import Foundation
import Testing

@testable import NeuralTraining

@Suite("Losses") struct LossTests {
  private struct File: Decodable {
    struct Loss: Decodable {
      let value: Double
      let gradients: [Golden.Values]
    }
    let logits, targets, classes, means, logVariances: Golden.Values
    let labels: [Int]
    let batch, sample, weighted, squared, divergence: Loss
    let classesLoss: Loss

    private enum CodingKeys: String, CodingKey {
      case logits, targets, classes, means, logVariances, labels, batch, sample, weighted, squared, divergence
      case classesLoss = "classes-loss"
    }
  }

  /// Runs a loss over a zeroed gradient.
  private func run<R>(_ count: Int, _ body: (inout MutableSpan<Float>) -> R) -> (value: R, gradient: [Float]) {
    var gradient = [Float](repeating: 0, count: count)
    var span = gradient.mutableSpan
    let value = body(&span)
    return (value, gradient)
  }

  @Test("have PyTorch's values and gradients")
  func golden() throws {
    let file: File = try Golden.read("losses")
    let (logits, targets) = (file.logits.floats, file.targets.floats)
    var (value, gradient) = run(60) {
      SegmentationLoss().add(logits: logits.span, targets: targets.span, samples: 3, to: &$0).total
    }
    #expect(abs(value - file.batch.value) < 1e-5)
    expectClose(gradient, file.batch.gradients[0].floats, 1e-5, "batch")
    (value, gradient) = run(60) {
      SegmentationLoss(smoothing: 0.5, extent: .sample)
        .add(logits: logits.span, targets: targets.span, samples: 3, to: &$0).total
    }
    #expect(abs(value - file.sample.value) < 1e-5)
    expectClose(gradient, file.sample.gradients[0].floats, 1e-5, "sample")
    (value, gradient) = run(60) {
      BinaryCrossEntropy().add(logits: logits.span, targets: targets.span, weights: [0.5, 2, 1], to: &$0)
    }
    #expect(abs(value - file.weighted.value) < 1e-5)
    expectClose(gradient, file.weighted.gradients[0].floats, 1e-5, "weighted")
    (value, gradient) = run(15) {
      SoftmaxCrossEntropy().add(logits: file.classes.floats.span, labels: file.labels, to: &$0)
    }
    #expect(abs(value - file.classesLoss.value) < 1e-5)
    expectClose(gradient, file.classesLoss.gradients[0].floats, 1e-5, "classes")
    (value, gradient) = run(60) { SquaredError().add(values: logits.span, targets: targets.span, to: &$0) }
    #expect(abs(value - file.squared.value) < 1e-4)
    expectClose(gradient, file.squared.gradients[0].floats, 1e-5, "squared")
    var variances = [Float](repeating: 0, count: 12)
    (value, gradient) = run(12) { means in
      var span = variances.mutableSpan
      return GaussianDivergence().add(
        means: file.means.floats.span, logVariances: file.logVariances.floats.span, samples: 3, toMeans: &means,
        toLogVariances: &span)
    }
    #expect(abs(value - file.divergence.value) < 1e-5)
    expectClose(gradient, file.divergence.gradients[0].floats, 1e-5, "mean")
    expectClose(variances, file.divergence.gradients[1].floats, 1e-5, "logarithm of variance")
  }

  @Test("from probabilities and from logits are the same loss, with gradients that fit one another")
  func probabilities() throws {
    let file: File = try Golden.read("losses")
    let (logits, targets) = (file.logits.floats, file.targets.floats)
    let p = logits.map { 1 / (1 + exp(-$0)) }
    let ofLogits = run(60) { SegmentationLoss().add(logits: logits.span, targets: targets.span, samples: 3, to: &$0) }
    let ofP = run(60) { SegmentationLoss().add(probabilities: p.span, targets: targets.span, samples: 3, to: &$0) }
    #expect(abs(ofLogits.value.total - ofP.value.total) < 1e-4)
    expectClose(zip(ofP.gradient, p).map { $0 * $1 * (1 - $1) }, ofLogits.gradient, 1e-3, "through the sigmoid")
  }

  @Test("stay finite for the surest of answers, and an empty mask left empty costs nothing")
  func extremes() {
    let logits: [Float] = [-1000, -1000, -1000, -1000]
    let empty = [Float](repeating: 0, count: 4)
    let right = run(4) { SegmentationLoss().add(logits: logits.span, targets: empty.span, samples: 1, to: &$0) }
    #expect(right.value.total == 0)
    let full = [Float](repeating: 1, count: 4)
    let wrong = run(4) { SegmentationLoss().add(logits: logits.span, targets: full.span, samples: 1, to: &$0) }
    #expect(wrong.value.total.isFinite && wrong.value.total > 900)
    #expect(wrong.gradient.allSatisfy { $0.isFinite && $0 < 0 })
  }

  @Test("the order of a pair costs what its definition says, and slopes as its differences do")
  func pairRanking() {
    let logits: [Float] = [0.3, -1.2, 4, 0.1, 0.9, -2.5]
    func loss(_ logits: [Float]) -> Double {
      (0..<3).reduce(0.0) { $0 + log1p(exp(Double(logits[$1]) - Double(logits[3 + $1]))) } / 3 * 0.7
    }
    let (value, gradient) = run(6) { PairRankingLoss(weight: 0.7).add(logits: logits.span, to: &$0) }
    #expect(abs(value - loss(logits)) < 1e-12)
    for index in logits.indices {
      var (up, down) = (logits, logits)
      up[index] += 1e-2
      down[index] -= 1e-2
      #expect(abs(Double(gradient[index]) - (loss(up) - loss(down)) / 0.02) < 1e-4)
    }
  }
}
