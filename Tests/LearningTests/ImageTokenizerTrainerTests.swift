import Models
import Primitives
import Shapes
import Tensors
import TestSupport
import Testing

@testable import Learning

@Suite struct ImageTokenizerTrainerTests {
  /// A model whose image tokenizer paints the world's pictures with few channels.
  private static func model(seed: Int = 1, imageSize: Int = 64) throws -> Janus {
    var configuration = Janus.Configuration(words: Vocabulary.words)
    (configuration.decoder.layers, configuration.decoder.width, configuration.decoder.feedForward) = (1, 16, 16)
    (configuration.decoder.heads, configuration.decoder.keyValueHeads) = (2, 2)
    configuration.imageHeadWidth = 8
    configuration.imageTokenizer.imageSize = imageSize
    (configuration.imageTokenizer.codes, configuration.imageTokenizer.channels) = (64, 16)
    return try Janus(configuration, seed: seed)
  }

  private static func settings(_ change: (inout ImageTokenizerTrainer.Settings) -> Void = { _ in })
    -> ImageTokenizerTrainer.Settings
  {
    var settings = ImageTokenizerTrainer.Settings()
    (settings.batch, settings.reseedEvery, settings.seed) = (2, 2, 9)
    change(&settings)
    return settings
  }

  private static func bits(_ model: Janus) -> [[UInt32]] {
    model.imageTokenizer.parameters.map { $0.value.array().map(\.bitPattern) }
  }

  @Test func `the loss falls, unused codes move, and the policy stays as it is`() throws {
    let model = try Self.model()
    let policy = Small.bits(model)
    let trainer = try ImageTokenizerTrainer(
      model,
      settings: Self.settings {
        $0.reseedEvery = 5
        ($0.batch, $0.optimizer.learningRate) = (4, 0.02)
      })
    try trainer.run(steps: 40)
    let loss = try #require(trainer.history["loss"])
    #expect(loss.count == 40)
    let (early, late) = (loss.prefix(10).reduce(0, +), loss.suffix(10).reduce(0, +))
    #expect(late < 0.9 * early)
    let reseeded = try #require(trainer.history["reseeded"])
    // Looked for at steps 5, 10 … 25: after the first step and before 70 % of 40.
    let looks = Set(stride(from: 5, through: 25, by: 5))
    let moves = Set(reseeded.indices.filter { reseeded[$0] > 0 })
    #expect(moves.isSubset(of: looks))
    #expect(reseeded[5] > 0)
    #expect(Small.bits(model) == policy)
  }

  @Test func `a run that was stopped, saved and resumed gives the bits of one that was not`() throws {
    let straight = try ImageTokenizerTrainer(Self.model(), settings: Self.settings())
    try straight.run(steps: 5)
    try Small.inFolder { folder in
      let (stop, first) = (StopToken(), try ImageTokenizerTrainer(Self.model(), settings: Self.settings()))
      try first.run(steps: 5, stop: stop) { if $0.index == 2 { stop.raise() } }
      #expect(first.step == 3)
      try first.save(to: folder)
      let second = try ImageTokenizerTrainer(Self.model(seed: 2), settings: Self.settings())
      #expect(Self.bits(second.model) != Self.bits(first.model))
      try second.restore(from: folder)
      try second.resume()
      #expect(Self.bits(second.model) == Self.bits(straight.model))
      #expect(Small.bits(second.history) == Small.bits(straight.history))
    }
  }

  @Test func `pixels weigh more in patches that show anything in any channel`() throws {
    let trainer = try ImageTokenizerTrainer(Self.model(), settings: Self.settings { $0.foregroundWeight = 3 })
    var values = [Float](repeating: 0, count: 2 * 3 * 64 * 64)
    // Blue of the second picture's pixel at column 10, row 20: patch 1, 2.
    values[((1 * 3 + 2) * 64 + 20) * 64 + 10] = -0.5
    let shape = [2, 3, 64, 64]
    let weights = trainer.weights(of: Tensor(values, shape: shape))
    #expect(weights.shape == shape)
    let expected = (0..<values.count).map { index -> Float in
      let (y, x) = (index / 64 % 64, index % 64)
      return index >= 3 * 64 * 64 && (16..<24).contains(y) && (8..<16).contains(x) ? 3 : 1
    }
    #expect(weights.array() == expected)
  }

  @Test func `verdicts on a tokenizer that has learned nothing are failures, one for each prompt`() throws {
    let prompts = try PromptSet.world(count: 5, seed: 3)
    let verdicts = ImageTokenizerTrainer.verdicts(on: try Self.model().imageTokenizer, prompts: prompts)
    let passes = verdicts.map(\.passes)
    #expect(passes == [Bool](repeating: false, count: 5))
  }

  @Test func `settings and sizes out of their range are refused in words`() throws {
    let decay = #expect(throws: LearningError.self) {
      try ImageTokenizerTrainer(Self.model(), settings: Self.settings { $0.decay = 2 })
    }
    #expect(decay?.description == "the decay is 2.0; it must be between 0 and 1")
    let size = #expect(throws: LearningError.self) { try ImageTokenizerTrainer(Self.model(imageSize: 32)) }
    #expect(size?.description == "the image tokenizer's picture size is 32; it must be 64, as in the world")
  }
}
