import Tensors
import Testing

@testable import Models

struct ModelCostTests {
  // Width 16, 2 layers, 4 heads of 4 of which 2 for keys and values, inner width 24, 14 words and 6 special tokens, 4 codes of 12
  // whose vectors have 8 numbers, an image head of 20. So a layer has q and o of 16×16, k and v of 8×16, three matrices of 16×24:
  // 1 920 numbers, and a token costs 2 · 2 · 1 920 = 7 680 in products and 128 in attention for each position up to its own.

  @Test func `the arithmetic of scoring and training is that worked by hand`() throws {
    let arithmetic = try Janus(TinyModels.configuration(), seed: 0).arithmetic
    #expect(arithmetic.layerWeights == 1920)
    // 8 tokens read: 61 440, and 128 · (1 + … + 8) = 4 608; 3 words at 2 · 16 · 20, 1 920; 4 codes at 2 · 20 · (16 + 12), 4 480;
    // 4 codes aligned at 2 · 16 · (8 + 16), 3 072.
    #expect(arithmetic.scoring(batch: 1, tokens: 9, prompt: 2) == 75_520)
    // Of five pictures' codes there are only 12 to align: 5 · 72 448 + 9 216.
    #expect(arithmetic.scoring(batch: 5, tokens: 9, prompt: 2) == 371_456)
    #expect(arithmetic.training(batch: 1, tokens: 9, prompt: 2) == 226_560)
    // Too short for a picture, words only: 15 360 + 384 + 1 280.
    #expect(arithmetic.scoring(batch: 1, tokens: 3) == 17_024)
  }

  @Test func `the arithmetic of sampling is that worked by hand`() throws {
    let arithmetic = try Janus(TinyModels.configuration(), seed: 0).arithmetic
    // 4 tokens of the prompt, IMAGE_START and 3 codes are read: 61 440 + 4 608 + 4 480 + 3 072.
    #expect(arithmetic.sampling(batch: 1, prompt: 5, isGuided: false) == 73_600)
    // The null branch reads BOS, IMAGE_START and 3 codes: 38 400 + 1 920 + 4 480 more.
    #expect(arithmetic.sampling(batch: 1, prompt: 5, isGuided: true) == 118_400)
    // 2 · (23 040 + 768).
    #expect(arithmetic.prefill(batch: 2, tokens: 3) == 47_616)
  }

  @Test func `the matrices of all layers are counted, and nothing else`() throws {
    let model = try Janus(TinyModels.configuration(), seed: 0)
    let matrices = model.parameters.filter { $0.name.contains(".layers.") && $0.value.shape.count == 2 }
      .filter { $0.name.hasPrefix("language_model") }
    #expect(matrices.reduce(0) { $0 + $1.value.count } == 2 * model.arithmetic.layerWeights)
  }

  @Test func `memory is stated by what it holds, and a prediction leaves the model alone`() throws {
    let model = try Janus(TinyModels.configuration(), seed: 3)
    let before = model.parameters.map { $0.value.array() }
    let cost = try model.cost(batch: 2, tokens: 12)
    let count = model.parameterCount
    #expect(cost.training.memory.weights == 4 * count)
    #expect(cost.training.memory.gradients == 4 * count)
    #expect(cost.training.memory.optimizer == 8 * count)
    #expect(cost.training.memory.undo == 12 * count)
    #expect(try model.cost(batch: 2, tokens: 12, canUndo: false).training.memory.undo == 0)
    #expect(cost.training.memory.activations > 0)
    #expect(cost.training.memory.total == 28 * count + cost.training.memory.activations)
    #expect(cost.training.tokens == 24)
    #expect(cost.sampling.memory.gradients == 0)
    #expect(cost.sampling.tokens == 8)
    for work in [cost.training, cost.sampling] { #expect(work.seconds > 0 && work.seconds.isFinite) }
    #expect(model.parameters.map { $0.value.array() } == before)
    #expect(model.parameters.allSatisfy { $0.gradient == nil })
  }

  @Test(arguments: [(0, 12, "batch"), (1, 7, "tokens"), (1, 65, "tokens")])
  func `sizes that no sequence has are refused`(batch: Int, tokens: Int, name: String) throws {
    let model = try Janus(TinyModels.configuration(), seed: 0)
    let error = #expect(throws: ModelError.self) { try model.cost(batch: batch, tokens: tokens) }
    guard case .setting(name, _, _) = error else {
      Issue.record("not about \(name): \(String(describing: error))")
      return
    }
  }
}
