import Foundation
import Testing

@testable import Training

@Suite("A training recipe")
struct RecipeTests {
  private let recipe = TrainingRecipe(start: .architecture("unet_v1"))

  @Test("survives its text, so that a checkpoint can keep it")
  func text() throws {
    var recipe = recipe
    recipe.start = .model(path: "a \"b\".onnx")
    recipe.length = .minutes(12.5)
    recipe.seed = .max
    recipe.epoch = 3
    let state = RunState(
      recipe: recipe, material: TrainingMaterial(faces: ["f"], pairs: [.init(real: "r", fake: "k")]),
      identity: ModelIdentity(name: "n", version: "1", licence: "l", isHalfPrecision: true), fingerprint: "p")
    #expect(RunState(text: state.encoded()) == state)
    #expect(RunState(text: "{}") == nil)
  }

  @Test("warms up, then falls along half a cosine to a hundredth")
  func cosine() {
    var recipe = recipe
    (recipe.learningRate, recipe.warmUp) = (0.1, 10)
    #expect(recipe.learningRate(ofStep: 0, progress: 0) == 0.01)
    #expect(recipe.learningRate(ofStep: 9, progress: 0) == 0.1)
    #expect(abs(recipe.learningRate(ofStep: 500, progress: 0.5) - 0.0505) < 1e-6)
    #expect(abs(recipe.learningRate(ofStep: 999, progress: 1) - 0.001) < 1e-8)
    recipe.decay = .steps
    #expect([0.4, 0.6, 0.9].map { recipe.learningRate(ofStep: 99, progress: $0) } == [0.1, 0.01, 0.001])
    recipe.decay = .constant
    #expect(recipe.learningRate(ofStep: 99, progress: 0.9) == 0.1)
  }

  @Test("goes from blatant to subtle over its curriculum")
  func curriculum() {
    var recipe = recipe
    #expect(recipe.difficulty(ofStep: 0) == 1)
    recipe.curriculum = 100
    #expect([0, 50, 100, 1000].map(recipe.difficulty) == [0, 0.5, 1, 1])
  }

  @Test("validates after each pass over the faces, but neither all the time nor never")
  func epochs() {
    #expect(recipe.epochSteps(faces: 8) == 50)
    #expect(recipe.epochSteps(faces: 1200) == 300)
    #expect(recipe.epochSteps(faces: 1_000_000) == 1000)
  }

  @Test("refuses values out of range, naming them")
  func ranges() {
    func complaint(_ change: (inout TrainingRecipe) -> Void) -> String {
      var changed = recipe
      change(&changed)
      do {
        try changed.check()
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(complaint { _ in } == "")
    #expect(complaint { $0.batch = 7 }.contains("batch 7"))
    #expect(complaint { $0.size = 100 }.contains("size 100"))
    #expect(complaint { $0.length = .steps(0) }.contains("0 steps"))
    #expect(complaint { $0.length = .minutes(.nan) }.contains("minutes"))
    #expect(complaint { $0.learningRate = .nan }.contains("learning rate"))
    #expect(complaint { $0.averaging = 1 }.contains("averaging"))
  }
}
