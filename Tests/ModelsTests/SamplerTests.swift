import Primitives
import Tensors
import TestSupport
import Testing

@testable import Models

struct SamplerTests {
  private static let prompts = ["a red circle", "two objects : a blue square left of a red circle .", "square", ""]

  /// How far the sampler's own log-probabilities and entropies are from the scorer's, over the tokens that were drawn.
  private static func distance(_ samples: [Sample], _ scores: Scores, shift: Int = 0) -> Float {
    let drawn = samples.flatMap { zip($0.logProbabilities, $0.entropies) }
    let scored = Array(zip(scores.logProbability.array(), scores.entropy.array()))
    var worst: Float = scored.count == drawn.count ? 0 : .infinity
    for index in drawn.indices where !scores.isForced[index] {
      let other = scored[(index + shift) % scored.count]
      worst = max(worst, abs(drawn[index].0 - other.0), abs(drawn[index].1 - other.1))
    }
    return worst
  }

  private static func samples(
    _ model: Janus, think: Bool, guidance: Float, temperature: Float
  ) throws -> [Sample] {
    let options = SamplingOptions(
      think: think, guidance: guidance, temperature: temperature, maximumRationale: 12, decodesImages: false)
    return try Sampler(model).sample(prompts, count: 4, options: options, seed: 5, step: 3)
  }

  @Test(arguments: [Precision.bf16, .int8])
  func `sampler and scorer agree in every precision`(precision: Precision) throws {
    let model = try TinyModels.sharp(grid: 4)
    let exact = try Self.samples(model, think: true, guidance: 3, temperature: 0.7)
    model.precision = precision
    let samples = try Self.samples(model, think: true, guidance: 3, temperature: 0.7)
    #expect(Self.distance(samples, model.score(samples, tape: nil)) == 0)
    if precision == .bf16 { #expect(Self.distance(samples, model.score(samples, tape: Tape())) == 0) }
    if Engine.supports(precision) {
      #expect(Self.distance(exact, model.score(exact, tape: nil)) > 1e-4, "the precision changes nothing")
    }
  }

  @Test(arguments: [true, false], [(1, 1), (1, 0.7), (3, 1), (3, 0.7)] as [(Float, Float)])
  func `sampler and scorer agree about every drawn token`(think: Bool, options: (Float, Float)) throws {
    let model = try TinyModels.sharp(grid: 4)
    let samples = try Self.samples(model, think: think, guidance: options.0, temperature: options.1)
    let scores = model.score(samples, tape: nil)
    #expect(Self.distance(samples, scores) == 0)
    if think { #expect(Set(samples.map(\.sequence.responseCount)).count > 4, "lengths must be mixed") }
    #expect(scores.isForced.contains(false))

    // The same check must find each of these mistakes.
    if options.0 != 1 {
      let unguided = samples.map { sample in
        var sample = sample
        sample.guidance = 1
        return sample
      }
      #expect(Self.distance(samples, model.score(unguided, tape: nil)) > 1e-3, "scored without guidance")
    }
    if options.1 != 1 {
      let untempered = samples.map { sample in
        var sample = sample
        sample.temperature = 1
        return sample
      }
      #expect(Self.distance(samples, model.score(untempered, tape: nil)) > 1e-3, "temperature ignored")
    }
    #expect(Self.distance(samples, scores, shift: 1) > 1e-3, "tokens paired with their neighbours' scores")
    if options.0 != 1 {
      #expect(try Self.distance(samples, Self.mispaired(model, samples)) > 1e-3, "branches paired wrongly")
    }
  }

  /// Scores in which each code's null branch is that of its neighbour: what slicing a flattened batch by parity gives.
  private static func mispaired(_ model: Janus, _ samples: [Sample]) throws -> Scores {
    let right = model.score(samples, tape: nil)
    var values = right.logProbability.array()
    for (number, sample) in samples.enumerated() {
      let null = sample.sequence.withoutPrompt(model.tokenizer.special)
      let own = model.imageHead(model.hiddenStates([sample.sequence], tape: nil), nil)
      let other = model.imageHead(model.hiddenStates([null], tape: nil), nil)
      let first = try #require(sample.sequence.isImage.firstIndex(of: true))
      for code in sample.codes.indices {
        let neighbour = 1 + (code + 1) % sample.codes.count
        let logits = model.guided(
          slice(own, (first + code - 1)..<(first + code)), null: slice(other, neighbour..<(neighbour + 1)),
          by: sample.guidance)
        let place = right.offsets[number] + first + code - sample.sequence.promptCount
        values[place] =
          tokenScores(logits, targets: [sample.codes[code]], temperature: sample.temperature)
          .logProbability.scalar
      }
    }
    return Scores(
      logProbability: Tensor(values, shape: [values.count]), entropy: right.entropy, isImage: right.isImage,
      isForced: right.isForced, offsets: right.offsets)
  }

  @Test func `a sequence has the layout that training uses`() throws {
    let model = try TinyModels.sharp()
    let options = SamplingOptions(maximumRationale: 12, decodesImages: false)
    for sample in try Sampler(model).sample(Self.prompts, count: 8, options: options, seed: 2) {
      let rebuilt = try model.sequence(prompt: sample.prompt, rationale: nil, codes: sample.codes)
      let start = try #require(sample.sequence.isImage.firstIndex(of: true))
      #expect(sample.sequence.ids[sample.sequence.promptCount - 1] == 3)
      #expect(sample.sequence.ids[start - 1] == 4)
      #expect(Array(sample.sequence.ids[start...]) == Array(rebuilt.ids.suffix(6)))
      #expect(Array(sample.sequence.isImage[start...]) == [true, true, true, true, false, false])
      #expect(!sample.sequence.ids[sample.sequence.promptCount..<(start - 1)].contains { $0 == 4 || $0 == 2 })
      #expect(sample.isForced.count == sample.sequence.responseCount)
      #expect(sample.logProbabilities.count == sample.isForced.count)
      #expect(sample.isForced.suffix(2) == [true, true])
      #expect(!sample.isForced.dropLast(2).dropLast(5).contains(true))
      for (index, isForced) in sample.isForced.enumerated() where isForced {
        #expect(sample.logProbabilities[index] == 0 && sample.entropies[index] == 0)
      }
    }
  }

  @Test func `a rationale that draws the end or uses up its room has its image start forced`() throws {
    let model = try TinyModels.sharp()
    func starts(_ boost: Int32, room: Int) throws -> [(length: Int, isForced: Bool)] {
      let copy = model.copy()
      // A row of the text head far along every hidden state's own direction is drawn almost surely, or never.
      let head = copy.textOutput.weight
      head.value = Tensor(zeros: head.value.shape)
      let probe = copy.hiddenStates([try copy.prompt("a", think: true)], tape: nil)
      let direction = slice(probe, 2..<3).array()
      head.value.withUnsafeMutableBufferPointer { weights in
        for index in 0..<16 { weights[Int(boost) * 16 + index] = 20 * direction[index] }
      }
      let options = SamplingOptions(maximumRationale: room, decodesImages: false)
      return try Sampler(copy).sample(["a"], count: 1, options: options, seed: 1).map { sample in
        let start = sample.sequence.isImage.firstIndex(of: true) ?? 0
        return (
          start - 1 - sample.sequence.promptCount, sample.isForced[start - 1 - sample.sequence.promptCount]
        )
      }
    }
    #expect(try starts(2, room: 6).first.map { $0 == (0, true) } == true, "the end was drawn")
    #expect(try starts(4, room: 6).first.map { $0 == (0, false) } == true, "the image start was drawn")
    #expect(try starts(9, room: 1).first.map { $0 == (1, true) } == true, "the room was used up")
    #expect(try starts(9, room: 0).first.map { $0 == (0, true) } == true, "there was no room")
  }

  @Test func `the same seed gives the same bytes, however the batch is packed`() throws {
    let model = try TinyModels.sharp(grid: 4)
    let options = SamplingOptions(guidance: 3, maximumRationale: 12, decodesImages: false)
    let sampler = Sampler(model)
    let together = try sampler.sample(Self.prompts, count: 8, options: options, seed: 11)
    let again = try sampler.sample(Self.prompts, count: 8, options: options, seed: 11)
    var apart: [Sample] = []
    for prompt in Self.prompts {
      for _ in 0..<8 {
        apart += try sampler.sample([prompt], count: 1, options: options, seed: 11, firstIndex: apart.count)
      }
    }
    #expect(together.map(\.index) == Array(0..<32))
    for other in [again, apart] {
      #expect(other.map(\.sequence) == together.map(\.sequence))
      #expect(other.map(\.logProbabilities) == together.map(\.logProbabilities))
      #expect(other.map(\.entropies) == together.map(\.entropies))
      #expect(other.map(\.index) == together.map(\.index))
    }
    let reseeded = try sampler.sample(Self.prompts, count: 8, options: options, seed: 12)
    #expect(reseeded.map(\.sequence) != together.map(\.sequence))
    let stepped = try sampler.sample(Self.prompts, count: 8, options: options, seed: 11, step: 1)
    #expect(stepped.map(\.sequence) != together.map(\.sequence))
  }

  @Test func `drawn codes follow the distribution that they are scored with`() throws {
    let model = try TinyModels.sharp()
    let options = SamplingOptions(think: false, guidance: 2, temperature: 0.8, decodesImages: false)
    let samples = try Sampler(model).sample(["a red circle"], count: 2000, options: options, seed: 3)
    let logProbability = samples.map { Double($0.logProbabilities[0]) }
    // The mean of −log p over draws from p is the entropy, here to within four deviations.
    let estimate = -Statistics.mean(logProbability)
    let error = Statistics.deviation(logProbability) / Double(samples.count).squareRoot()
    #expect(abs(estimate - Double(samples[0].entropies[0])) < 4 * error)
    #expect(Set(samples.map { $0.codes[0] }).count > 4)
  }

  @Test func `one candidate is what the likeliest token is`() throws {
    let model = try TinyModels.sharp()
    let options = SamplingOptions(think: false, topK: 1, decodesImages: false)
    let sample = try #require(try Sampler(model).sample(["a red circle"], count: 1, options: options, seed: 3).first)
    let logits = model.imageHead(model.hiddenStates([sample.sequence], tape: nil), nil)
    for (index, code) in sample.codes.enumerated() {
      let row = slice(logits, (sample.sequence.promptCount - 1 + index)..<(sample.sequence.promptCount + index)).array()
      #expect(row.firstIndex(of: try #require(row.max())) == Int(code))
      // The log-probability is still that of the whole distribution.
      #expect(sample.logProbabilities[index] < -0.01)
    }
  }

  @Test func `a picture comes with each sample unless it is not asked for`() throws {
    let model = try TinyModels.sharp()
    let painted = try model.paint("a red circle", count: 2, options: SamplingOptions(maximumRationale: 8), seed: 4)
    #expect(painted.map(\.image.width) == [8, 8])
    #expect(painted.map(\.image) == model.imageTokenizer.decode(painted.map(\.codes)))
    let bare = try model.paint("a red circle", options: SamplingOptions(think: false, decodesImages: false), seed: 4)
    #expect(bare.map(\.image.width) == [0])
    #expect(bare.map(\.rationale) == [""])
  }

  @Test func `a stop ends the sampling, at once at the prompt and later in training`() throws {
    let model = try TinyModels.sharp()
    let stop = StopToken()
    stop.raise()
    #expect(throws: ModelError.stopped) { try model.paint("a red circle", stop: stop) }
    #expect(try Sampler(model).sample(["a red circle"], count: 1, seed: 1, stop: stop).count == 1)
    stop.raise()
    #expect(throws: ModelError.stopped) {
      try Sampler(model).sample(["a red circle"], count: 1, seed: 1, stop: stop)
    }
  }

  @Test func `what cannot be sampled is refused before anything is`() throws {
    let sampler = Sampler(try TinyModels.sharp())
    #expect(throws: ModelError.unknownWord("green", nearest: [], line: nil)) {
      try sampler.sample(["a red circle", "a green circle"], count: 1, seed: 1)
    }
    #expect(throws: ModelError.setting(name: "count", value: "0", expected: "at least 1")) {
      try sampler.sample(["a red circle"], count: 0, seed: 1)
    }
    let long = Array(repeating: "red", count: 10_000).joined(separator: " ")
    let error = #expect(throws: ModelError.self) { try sampler.sample([long], count: 1, seed: 1) }
    // 64 positions less 4 codes, 48 words of rationale, BOS, THINK, IMAGE_START, IMAGE_END and EOS.
    #expect(error?.description == "the prompt has 10000 words, and the model reads at most 7; shorten it")
    #expect(try sampler.sample([], count: 2, seed: 1).isEmpty)
  }

  @Test func `weights that are not finite end in an error`() throws {
    let model = try TinyModels.sharp()
    model.imageOutput.second.weight.value = model.imageOutput.second.weight.value * .nan
    #expect(throws: ModelError.notFinite("an output of the image head")) { try model.paint("a red circle") }
  }
}
