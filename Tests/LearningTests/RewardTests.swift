import Learning
import Models
import Primitives
import Testing

@Suite("Rewards") struct RewardTests {
  static func sample(_ prompt: String, index: Int = 0) -> Sample {
    Sample(
      prompt: prompt, sequence: TokenSequence(ids: [1], isImage: [false], promptCount: 1), isForced: [],
      logProbabilities: [], entropies: [], rationale: "", codes: [], image: Bitmap(width: 1, height: 1), index: index,
      temperature: 1, guidance: 1)
  }

  @Test func `a failed judgement is counted, and takes the mean of its prompt instead of 0`() {
    let samples = ["a", "a", "a", "b", "c"].map { Self.sample($0) }
    let judgements = [
      Judgement(1), Judgement(failure: "no answer"), Judgement(0.5), Judgement(failure: "no answer"), Judgement(0.25),
    ]
    #expect(judgements.failures == 2)
    #expect(judgements.scores(of: samples) == [1, 0.75, 0.5, 0, 0.25])
  }

  @Test func `a function that gives nothing has failed, not given 0`() throws {
    let reward = ClosureReward(name: "mine") { $0.index == 0 ? nil : 1 }
    let judgements = try reward.checkedJudgements([Self.sample("a"), Self.sample("a", index: 1)], step: 0)
    #expect(judgements == [Judgement(failure: "'mine' gave no number"), Judgement(1)])
  }

  @Test func `a number that is not finite stops the step and names the sample`() {
    let reward = ClosureReward(name: "mine") { $0.index == 1 ? .infinity : 1 }
    let samples = [Self.sample("a"), Self.sample("b", index: 1)]
    let expected = LearningError.notFinite("the reward 'mine' of sample 1 ('b')", step: 3)
    #expect(throws: expected) { try reward.checkedScore(samples, step: 3) }
  }
}

@Suite("Rewards put together") struct RewardCombinationTests {
  private static let samples = ["a", "a", "b", "b"].enumerated().map { RewardTests.sample($1, index: $0) }

  /// Gives each sample the number at its place; `nil` is a failure.
  private static func fixed(_ name: String, _ scores: [Double?]) -> ClosureReward {
    ClosureReward(name: name) { scores[$0.index] }
  }

  private static func scores(_ reward: any Reward) throws -> [Double?] {
    try reward.judge(samples).map(\.score)
  }

  @Test func `sums, products and ensembles are those of their parts`() throws {
    let (first, second) = (Self.fixed("x", [1, 0, 0.5, 1]), Self.fixed("y", [0.5, 1, 0.25, 1]))
    let third = Self.fixed("z", [0, 0, 1, 1])
    let sum = try RewardCombination([first, second], by: .sum(weights: [0.5, 2]))
    #expect(sum.name == "0.5 x + 2.0 y")
    #expect(try Self.scores(sum) == [1.5, 2, 0.75, 2.5])
    #expect(try sum.judge(Self.samples)[0].parts == [Metric("x", 1), Metric("y", 0.5)])
    #expect(try Self.scores(RewardCombination([first, second], by: .product)) == [0.5, 0, 0.125, 1])
    #expect(try Self.scores(RewardCombination([first, second], by: .mean)) == [0.75, 0.5, 0.375, 1])
    #expect(try Self.scores(RewardCombination([first, second, third], by: .majority)) == [1, 0, 1, 1])
    #expect(try Self.scores(RewardCombination([first, second, third], by: .unanimity)) == [0, 0, 0, 1])
  }

  @Test func `sums of sums have all their parts, and a factor scales every weight`() throws {
    let (first, second) = (Self.fixed("x", [1, 0, 0.5, 1]), Self.fixed("y", [0.5, 1, 0.25, 1]))
    let half = try RewardCombination([first], by: .sum(weights: [0.5]))
    let sum = try RewardCombination([half, second], by: .sum(weights: [1, 1]))
    let whole = try RewardCombination([sum, first], by: .sum(weights: [2, 1]))
    #expect(whole.name == "x + 2.0 y + x")
    #expect(try Self.scores(whole) == [3, 2, 1.5, 4])
    #expect(try whole.judge(Self.samples)[0].parts.map(\.name) == ["x 1", "y", "x 3"])
  }

  @Test func `what a part could not judge a sum cannot, but an ensemble can`() throws {
    let (first, second) = (Self.fixed("x", [nil, 1, nil, 0]), Self.fixed("y", [0, 1, nil, 1]))
    let sum = try RewardCombination([first, second], by: .sum(weights: [1, 1]))
    #expect(try Self.scores(sum) == [nil, 2, nil, 1])
    #expect(
      try sum.judge(Self.samples)[2].failure == "x: 'x' gave no number; y: 'y' gave no number")
    #expect(try Self.scores(RewardCombination([first, second], by: .mean)) == [0, 1, nil, 0.5])
    let short = try RewardCombination([ClosureReward.batch { _ in [1] }], by: .mean)
    #expect(throws: LearningError.rewardCount(name: "reward", scores: 1, samples: 4)) { try Self.scores(short) }
  }

  @Test func `weights that do not fit, and a sum of nothing, are refused`() {
    let part = Self.fixed("x", [1, 1, 1, 1])
    #expect(throws: LearningError.setting("the number of weights", value: "2", expected: "1, one a reward")) {
      try RewardCombination([part], by: .sum(weights: [1, 2]))
    }
    #expect(throws: LearningError.self) { try RewardCombination([], by: .product) }
  }

  @Test func `normalisation takes the mean of the group or of the batch and divides by the deviation`() throws {
    // Of 1 and 3: mean 2, unbiased deviation √2. Of 1, 3, 5, 5: mean 3.5, squares 11, deviation √(11/3).
    let reward = Self.fixed("x", [1, 3, 5, 5])
    let half = 1 / (2.0.squareRoot() + 1e-6)
    #expect(try Self.scores(NormalizedReward(reward, over: .group)) == [-half, half, 0, 0])
    let deviation = (11.0 / 3).squareRoot() + 1e-6
    let batch = try Self.scores(NormalizedReward(reward, over: .batch))
    #expect(batch == [-2.5, -0.5, 1.5, 1.5].map { $0 / deviation })
    let failed = try Self.scores(NormalizedReward(Self.fixed("x", [1, 3, nil, 5]), over: .group))
    #expect(failed[2] == nil && failed[0] == -half)
  }

  @Test func `an erring judge errs at its rates, each time on the same pictures, and Rogan and Gladen undo it`() throws
  {
    let samples = (0..<4000).map { index in
      var sample = RewardTests.sample("a", index: index)
      sample.image[0, 0] = Bitmap.Color(UInt8(index % 256), UInt8(index / 256), 7)
      return sample
    }
    // A quarter is right.
    let truth = ClosureReward(name: "truth") { $0.index % 4 == 0 ? 1 : 0 }
    let noisy = try NoisyReward(truth, falsePositive: 0.1, falseNegative: 0.3, seed: 5)
    let scores = try noisy.score(samples)
    let right = samples.indices.filter { $0 % 4 == 0 }.map { scores[$0] }
    let wrong = samples.indices.filter { $0 % 4 != 0 }.map { scores[$0] }
    // Three deviations of a share: √(0.3·0.7/1000) and √(0.1·0.9/3000).
    #expect(abs(right.reduce(0, +) / 1000 - 0.7) < 0.0435)
    #expect(abs(wrong.reduce(0, +) / 3000 - 0.1) < 0.0165)
    let reversed = try noisy.score(samples.reversed())
    #expect(Array(reversed.reversed()) == scores)
    let accepted = scores.reduce(0, +) / 4000
    let corrected = try #require(JudgeCheck.corrected(accepted, truePositive: 0.7, falsePositive: 0.1))
    #expect(abs(corrected - 0.25) < 0.03)
    #expect(throws: LearningError.self) { try NoisyReward(truth, falsePositive: 1.5, falseNegative: 0) }
  }

  @Test func `a blind judge is asked the prompt without what it does not see`() throws {
    let cases: [(BlindReward.Attribute, String, String)] = [
      (.color, "a photo of a red star and an orange circle", "a photo of a star and a circle"),
      (.count, "a photo of three red stars", "a photo of a red star"),
      (.position, "a photo of a star left of a circle", "a photo of a star and a circle"),
      (.position, "a photo of two crosses", "a photo of two crosses"),
    ]
    for (attribute, prompt, expected) in cases {
      var asked: [String] = []
      let judge = ClosureReward { sample in
        asked.append(sample.prompt)
        return 1
      }
      _ = try BlindReward(judge, to: attribute).judge([RewardTests.sample(prompt)])
      #expect(asked == [expected])
    }
    let never = ClosureReward { _ in 1 }
    let judgement = try BlindReward(never, to: .color).judge([RewardTests.sample("a cat")])
    #expect(judgement.map(\.failure) == ["'a cat' says nothing without its color"])
  }

  @Test func `form is a plan that ended by itself, and length costs from the slack to the limit`() throws {
    func thought(_ words: Int, isForced: Bool = false, text: String = "") -> Sample {
      var sample = RewardTests.sample("a")
      // THINK, the words, IMAGE_START, one code.
      sample.sequence = TokenSequence(
        ids: Array(repeating: 9, count: words + 3), isImage: Array(repeating: false, count: words + 2) + [true],
        promptCount: 1)
      sample.isForced = Array(repeating: false, count: words) + [isForced, false]
      sample.rationale = text
      return sample
    }
    let plan = "one object : small red star at top left ."
    let samples = [thought(10, text: plan), thought(10, isForced: true, text: plan), thought(3, text: "red star .")]
    #expect(try FormatReward(.plan).score(samples) == [1, 0, 0])
    let length = try FormatReward(.length(limit: 12, slack: 4))
    #expect(try length.score([8, 9, 12, 13].map { thought($0) }) == [0, -0.25, -1, -1])
    #expect(throws: LearningError.self) { try FormatReward(.length(limit: 4, slack: 5)) }
  }
}
