import Learning
import Models
import Primitives
import Shapes
import Tensors
import Testing

struct FineTunerTests {
  private static func settings(_ change: (inout FineTuner.Settings) -> Void = { _ in }) -> FineTuner.Settings {
    var settings = FineTuner.Settings()
    settings.batch = 4
    settings.optimizer.learningRate = 1e-2
    change(&settings)
    return settings
  }

  @Test(arguments: [TokenWeights(), .reference])
  func `the first loss is the weighted mean over response tokens, counted one by one`(weights: TokenWeights) throws {
    let (model, data) = (try Small.model(), try Small.paintings(count: 1))
    let painting = try #require(data[0])
    let codes = model.imageTokenizer.encode([painting.image])[0]
    let sequence = try model.sequence(
      prompt: painting.prompt.text, rationale: painting.rationale, codes: codes)
    let scores = model.score([sequence], tape: nil).logProbability.array()
    let rationale = painting.rationale.split(separator: " ").count
    // By position: the words, the start of the image, four codes, and the two ends.
    let factors =
      [Double](repeating: 2, count: rationale) + [weights.imageStart] + [1, 1, 1, 1] + [2, 2]
    #expect(scores.count == factors.count)
    var total = 0.0
    for (factor, score) in zip(factors, scores) { total -= factor * Double(score) }

    let tuner = try FineTuner(
      model, data: data,
      settings: Self.settings {
        $0.batch = 1
        $0.promptDropout = 0
        $0.weights = weights
      })
    try tuner.run(steps: 1)
    #expect(abs(try #require(tuner.history["loss"]?.first) - total / Double(factors.count)) < 1e-9)
    let start = Double(-scores[rationale])
    #expect(abs(try #require(tuner.history["image_start_ce"]?.first) - start) < 1e-9)
    let codesMean = scores[(rationale + 1)..<(rationale + 5)].reduce(0.0) { $0 - Double($1) } / 4
    #expect(abs(try #require(tuner.history["image_ce"]?.first) - codesMean) < 1e-9)
  }

  @Test func `a dropped prompt takes its thought along`() throws {
    let tuner = try FineTuner(
      Small.model(), data: Small.paintings(), settings: Self.settings { $0.promptDropout = 1 })
    try tuner.run(steps: 1)
    #expect(tuner.history["dropped"] == [4])
    #expect(try #require(tuner.history["image_start_ce"]?.first).isNaN)
    // Four codes and two ends of each.
    #expect(tuner.history["tokens"] == [24])
  }

  @Test func `prompts are dropped as often as was asked for`() throws {
    let tuner = try FineTuner(
      Small.model(), data: Small.paintings(),
      settings: Self.settings {
        $0.batch = 50
        $0.promptDropout = 0.1
      })
    try tuner.run(steps: 8)
    let dropped = try #require(tuner.history["dropped"]).reduce(0, +)
    // 400 draws at 0.1: 40 expected, deviation 6.
    #expect(abs(dropped - 40) < 20)
  }

  @Test func `neither micro-batches nor computing layers again change a bit`() throws {
    func trained(_ budget: Int, recomputes: Bool = false) throws -> [[UInt32]] {
      let model = try Small.model()
      model.recomputesLayers = recomputes
      let tuner = try FineTuner(
        model, data: Small.paintings(), settings: Self.settings { $0.microBatch = budget })
      try tuner.run(steps: 3)
      return Small.bits(model)
    }
    let whole = try trained(100_000)
    for budget in [1, 40] { #expect(try trained(budget) == whole, "\(budget) tokens at once") }
    #expect(try trained(100_000, recomputes: true) == whole)
    #expect(try trained(40, recomputes: true) == whole)
  }

  @Test func `a run that was stopped, saved and resumed gives the bits of one that was not`() throws {
    let straight = try FineTuner(Small.model(), data: Small.paintings(), settings: Self.settings())
    try straight.run(steps: 5)
    try Small.inFolder { folder in
      let (stop, first) = (
        StopToken(), try FineTuner(Small.model(), data: Small.paintings(), settings: Self.settings())
      )
      try first.run(steps: 5, stop: stop) { if $0.index == 1 { stop.raise() } }
      #expect(first.step == 2)
      try first.save(to: folder)
      let second = try FineTuner(Small.model(seed: 42), data: Small.paintings(), settings: Self.settings())
      try second.restore(from: folder)
      #expect(second.remaining == 3)
      try second.resume()
      #expect(Small.bits(second.model) == Small.bits(straight.model))
      #expect(Small.bits(second.history) == Small.bits(straight.history))
      #expect(Set(try #require(straight.history["lr"])).count == 5)
    }
  }

  @Test func `a ramp lets the text in late, and the history tells`() throws {
    let tuner = try FineTuner(
      Small.model(), data: Small.paintings(),
      settings: Self.settings {
        $0.ramp = WeightRamp([.text, .imageStart], from: 0.25, to: 0.75)
        $0.promptDropout = 0
      })
    try tuner.run(steps: 4)
    #expect(tuner.history["ramp"] == [0, 0, 0.5, 1])
    // Before the ramp the loss is that of the codes alone, over all tokens.
    let (loss, image) = (try #require(tuner.history["loss"]?[0]), try #require(tuner.history["image_ce"]?[0]))
    let tokens = try #require(tuner.history["tokens"]?[0])
    let expected: Double = image * 16 / tokens
    #expect(abs(loss - expected) < 1e-9)
  }

  @Test func `the divergence from the base is 0 at first, grows, and holds the model back`() throws {
    func trained(_ weight: Double) throws -> [Double] {
      let tuner = try FineTuner(
        Small.model(), data: Small.paintings(), settings: Self.settings { $0.klWeight = weight })
      try tuner.run(steps: 12)
      return try #require(tuner.history["kl"])
    }
    let (free, held) = (try trained(1e-9), try trained(5))
    #expect(free[0] == 0)
    #expect(free[11] > 0.01)
    let bound: Double = free[11] / 2
    #expect(held[11] < bound)
  }

  @Test func `with a reference too a resumed run gives the bits of one that was not interrupted`() throws {
    func made() throws -> FineTuner {
      try FineTuner(
        Small.model(), data: Small.paintings(),
        settings: Self.settings {
          $0.klWeight = 0.5
          $0.lora = .init(rank: 2)
          $0.layout = .twoStage
        })
    }
    let straight = try made()
    try straight.run(steps: 4)
    try Small.inFolder { folder in
      let (stop, first) = (StopToken(), try made())
      try first.run(steps: 4, stop: stop) { if $0.index == 1 { stop.raise() } }
      try first.save(to: folder)
      let second = try made()
      try second.restore(from: folder)
      try second.resume()
      #expect(Small.bits(second.model) == Small.bits(straight.model))
      #expect(Small.bits(second.history) == Small.bits(straight.history))
    }
  }

  @Test func `two stages predict the thought and its end, and the picture of a given thought`() throws {
    let (model, data) = (try Small.model(), try Small.paintings(count: 1))
    let painting = try #require(data[0])
    let codes = model.imageTokenizer.encode([painting.image])[0]
    let whole = try model.sequence(prompt: painting.prompt.text, rationale: painting.rationale, codes: codes)
    let special = model.tokenizer.special
    let words = try model.tokenizer.encode(painting.rationale).count
    let end = whole.promptCount + words
    // Scored token by token: the words and an end after the prompt; the start of the image and the codes after both.
    let thought = TokenSequence(
      ids: whole.ids[..<end] + [special.end], isImage: [Bool](repeating: false, count: end + 1),
      promptCount: whole.promptCount)
    let picture = TokenSequence(
      ids: Array(whole.ids[..<(end + 5)]), isImage: Array(whole.isImage[..<(end + 5)]), promptCount: end)
    let scores = model.score([thought, picture], tape: nil).logProbability.array().map { Double($0) }
    #expect(scores.count == words + 1 + 5)
    func mean(_ range: Range<Int>) -> Double { -scores[range].reduce(0, +) / Double(range.count) }
    let (text, image) = (mean(0..<(words + 1)), mean((words + 2)..<(words + 6)))
    let imageStart = -scores[words + 1]

    let tuner = try FineTuner(
      model, data: data,
      settings: Self.settings {
        $0.batch = 1
        $0.promptDropout = 0
        $0.layout = .twoStage
        $0.weights = TokenWeights(text: 2, image: 1, imageStart: 0.5)
      })
    try tuner.run(steps: 1)
    let expected: Double = 2 * text + image + 0.5 * imageStart
    let (loss, start) = (
      try #require(tuner.history["loss"]?.first), try #require(tuner.history["image_start_ce"]?.first)
    )
    #expect(abs(loss - expected) < 1e-6)
    #expect(abs(start - imageStart) < 1e-6)
  }

  /// The reason for the default weights: with them a thought ends by itself, with the published ones it does not.
  @Test func `with the default weights a model learns to end its thoughts`() throws {
    let data = try Small.paintings(count: 4)
    let prompts = (0..<4).compactMap { data[$0]?.prompt.text }
    var unfinished: [Int] = []
    for weights in [TokenWeights(), .reference] {
      let model = try Small.model()
      let tuner = try FineTuner(
        model, data: data,
        settings: Self.settings {
          $0.weights = weights
          $0.optimizer.learningRate = 2e-2
        })
      try tuner.run(steps: 120)
      let samples = try Sampler(model).sample(
        prompts, count: 8, options: SamplingOptions(maximumRationale: 24), seed: 3)
      unfinished.append(
        samples.count { sample in
          let start = sample.sequence.isImage.firstIndex(of: true) ?? 0
          return sample.isForced[start - 1 - sample.sequence.promptCount]
        })
      let losses = try #require(tuner.history["loss"])
      #expect(losses[119] < losses[0] / 2)
    }
    #expect(unfinished[0] <= 1)
    #expect(unfinished[1] >= 16)
  }

  @Test func `a word that the model does not know is named, and nothing changes`() throws {
    let data = PaintingDataset(count: 1, thinks: false, identity: "zebra") { _ in
      Painting(
        prompt: Prompt(text: "a photo of a zebra", task: nil, include: []), rationale: "",
        image: Bitmap(width: 16, height: 16))
    }
    let tuner = try FineTuner(Small.model(), data: data, settings: Self.settings())
    let before = Small.bits(tuner.model)
    let error = try #require(throws: ModelError.self) { try tuner.run(steps: 1) }
    #expect(error.description.contains("'zebra'"))
    #expect(Small.bits(tuner.model) == before)
    #expect(tuner.step == 0)
  }

  @Test func `an empty dataset and settings out of range are refused`() throws {
    let empty = PaintingDataset(count: 0, thinks: false, identity: "none") { _ in
      Painting(
        prompt: Prompt(text: "", task: nil, include: []), rationale: "", image: Bitmap(width: 1, height: 1))
    }
    #expect(throws: LearningError.nothing("the dataset", fix: "give it at least one painting")) {
      try FineTuner(Small.model(), data: empty)
    }
    #expect(
      throws: LearningError.setting("the prompt dropout", value: "1.5", expected: "between 0 and 1")
    ) { try FineTuner(Small.model(), data: Small.paintings(), settings: Self.settings { $0.promptDropout = 1.5 }) }
  }
}
