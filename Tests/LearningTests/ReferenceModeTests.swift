import Foundation
import Models
import Primitives
import Tensors
import Testing

@testable import Learning

/// Each oddity of the published code is reproduced alone, and shows the effect that it is known for.
struct ReferenceModeTests {
  private static func trainer(
    _ oddities: [Oddity] = [], reward: any Reward = Small.even, change: (inout PolicySettings) -> Void = { _ in }
  ) throws -> PolicyTrainer {
    var settings = Small.policySettings()
    settings.reference = ReferenceMode(oddities)
    change(&settings)
    return try PolicyTrainer(Small.model(), prompts: Small.prompts(), reward: reward, settings: settings)
  }

  /// A trainer after one step.
  private static func trained(
    _ oddities: [Oddity] = [], reward: any Reward = Small.even, change: (inout PolicySettings) -> Void = { _ in }
  ) throws -> PolicyTrainer {
    let trainer = try trainer(oddities, reward: reward, change: change)
    try trainer.run(steps: 1)
    return trainer
  }

  private static func last(_ trainer: Trainer, _ name: String) throws -> Double {
    try #require(trainer.history[name]?.last)
  }

  @Test func `names are the order of their declaration, each once`() {
    let mode = ReferenceMode([.lastMetrics, .flatGuidance, .lastMetrics])
    #expect(mode.oddities == [.flatGuidance, .lastMetrics])
    #expect(mode.description == "flat_guidance, last_metrics")
    #expect(ReferenceMode.full.oddities == Oddity.allCases)
    #expect(!ReferenceMode.off.scoresAnew)
  }

  @Test func `flattened guidance disagrees with the sampler, and without guidance changes no bit`() throws {
    let flat = try Self.trained([.flatGuidance]) { $0.sampling.guidance = 3 }
    #expect(try Self.last(flat, "score_gap") > 1e-3)
    // As there, the ratio is that to itself and shows nothing.
    #expect(try abs(Self.last(flat, "ratio_max") - 1) <= 2e-5)
    #expect(try Self.last(Self.trained { $0.sampling.guidance = 3 }, "score_gap") <= 1e-5)
    #expect(try Self.last(Self.trained([.flatGuidance]), "score_gap") <= 1e-5)
  }

  @Test func `an ignored temperature disagrees with the sampler, and at 1 does nothing`() throws {
    let ignored = try Self.trained([.ignoredTemperature]) { $0.sampling.temperature = 0.5 }
    #expect(try Self.last(ignored, "score_gap") > 1e-3)
    #expect(try Self.last(Self.trained([.ignoredTemperature]), "score_gap") <= 1e-5)
    // The samples are those of temperature 1.
    let plain = try Self.trained()
    #expect(ignored.history["text_entropy"] == plain.history["text_entropy"])
  }

  /// A thought of two words, a forced start, four codes, and two forced ends.
  private static var sample: Sample {
    let sequence = TokenSequence(
      ids: [1, 9, 3, 20, 21, 4, 7, 7, 8, 9, 5, 2], isImage: (0..<12).map { (6..<10).contains($0) }, promptCount: 3)
    return Sample(
      prompt: "a", sequence: sequence, isForced: [false, false, true] + [false, false, false, false, true, true],
      logProbabilities: (0..<9).map { -Float($0) }, entropies: (0..<9).map { Float($0) }, rationale: "",
      codes: [7, 7, 8, 9],
      image: .init(width: 0, height: 0), index: 0, temperature: 0.5, guidance: 1)
  }

  @Test func `a relabelled start counts as drawn`() {
    let lesson = Lesson(Self.sample, ReferenceMode([.relabelledStart]), isLongest: false, temperature: 1)
    #expect(lesson.isDrawn == [true, true, true, true, true, true, true, false, false])
    #expect(Lesson(Self.sample).isDrawn == [true, true, false, true, true, true, true, false, false])
    #expect(lesson.sample.temperature == 1)
  }

  @Test func `a spliced end takes the place of the image's end and counts, but in the longest sample`() {
    for isLongest in [false, true] {
      let lesson = Lesson(Self.sample, ReferenceMode([.splicedEnd]), isLongest: isLongest, temperature: 1)
      #expect(lesson.sample.sequence.ids == [1, 9, 3, 20, 21, 4, 7, 7, 8, 9, 2])
      #expect(lesson.sample.sequence.isImage.count == 11)
      #expect(lesson.isDrawn == [true, true, false, true, true, true, true, !isLongest])
      #expect(lesson.old == [0, -1, -2, -3, -4, -5, -6, -8])
      #expect(lesson.advantages.count == 8)
    }
  }

  @Test func `tokens that were never drawn enter the loss of a whole step`() throws {
    for oddity in [Oddity.relabelledStart, .splicedEnd] {
      let odd = try Self.trained([oddity]) { $0.sampling.maximumRationale = 30 }
      let plain = try Self.trained { $0.sampling.maximumRationale = 30 }
      #expect(Small.bits(odd.model) != Small.bits(plain.model), "\(oddity)")
      #expect(try Self.last(odd, "score_gap") <= 1e-5)
      #expect(odd.history["reward"] == plain.history["reward"])
    }
  }

  @Test func `with means over micro-batches memory decides over the result`() throws {
    // Rationales of different length: only then does a token's weight depend on its micro-batch.
    func weights(_ oddities: [Oddity], budget: Int) throws -> [[UInt32]] {
      try Small.bits(
        Self.trained(oddities) {
          $0.sampling.maximumRationale = 60
          $0.microBatch = budget
        }.model)
    }
    let results = try [40, 100_000].map { try weights([.microBatchMean], budget: $0) }
    #expect((results[0] == results[1]) == false, "the budget changed nothing")
    // One micro-batch is the whole: nothing is odd then.
    let plain = try weights([], budget: 100_000)
    #expect(results[1] == plain)
  }

  @Test func `raw coefficients move with every micro-batch and are forgotten by a saved state`() throws {
    func trainer() throws -> PolicyTrainer {
      try Self.trainer([.rawCoefficients]) {
        $0.entropy = .adaptive()
        $0.microBatch = 40
      }
    }
    let first = try trainer()
    try first.run(steps: 1)
    let moved = abs(first.progress.entropy.coefficient(isImage: true))
    // Adam moves by its rate of 5·10⁻⁵ each time; there are several micro-batches.
    #expect(moved > 1.5 * 5e-5)
    try Small.inFolder { folder in
      try first.save(to: folder)
      let second = try trainer()
      try second.restore(from: folder)
      #expect(second.progress.entropy.coefficient(isImage: true) == 0)
      #expect(second.step == 1)
    }
  }

  @Test func `lossy refills end a run that eight batches do not fill`() throws {
    let trainer = try Self.trainer([.lossyRefills], reward: ClosureReward { _ in 1 })
    let error = #expect(throws: LearningError.self) { try trainer.run(steps: 1) }
    #expect(error?.description.contains("after eight batches of step 0 is 0; it must be 3") == true)
    #expect(trainer.step == 0)
  }

  @Test func `lossy refills lose prompts, and ordinary ones give them back`() throws {
    // The first batch of a step has one group with spread, the next all.
    func reward() -> ClosureReward {
      var calls = 0
      return .batch(name: "second") { samples in
        calls += 1
        return samples.indices.map { calls == 1 && $0 >= 4 ? 0 : Double($0 % 2) }
      }
    }
    let lossy = try Self.trained([.lossyRefills], reward: reward()) { $0.prompts = 4 }
    let plain = try Self.trained(reward: reward()) {
      $0.prompts = 4
      $0.dynamicSampling.refills = 7
    }
    #expect(lossy.progress.queue.position == 8 && lossy.progress.queue.returned.isEmpty)
    #expect(plain.progress.queue.returned.count == 1)
  }

  @Test func `the filtered reward is that of kept groups`() throws {
    let reward = ClosureReward.batch(name: "one") { samples in samples.indices.map { $0 == 0 ? 0 : 1 } }
    let filtered = try Self.trained([.filteredReward], reward: reward)
    #expect(filtered.history["reward"] == [0.75])
    #expect(try Self.last(Self.trained(reward: reward), "reward") == 11.0 / 12)
  }

  @Test func `last metrics are those of the last update`() throws {
    let two = try Self.trained([.lastMetrics]) { $0.updates = 2 }
    let plain = try Self.trained { $0.updates = 2 }
    #expect(Small.bits(two.model) == Small.bits(plain.model))
    #expect(two.history["grad_norm"] != plain.history["grad_norm"])
  }

  @Test func `an idle reference changes nothing but that it is reported`() throws {
    let trainers = try [[Oddity.idleReference], []].map { try Self.trainer($0) }
    for trainer in trainers { try trainer.run(steps: 2) }
    #expect(Small.bits(trainers[0].model) == Small.bits(trainers[1].model))
    #expect(try Self.last(trainers[0], "kl") > 0)
    #expect(try Self.last(trainers[1], "kl") == 0)
  }

  @Test func `a failed judgement is a reward of zero only if asked for`() throws {
    let reward = ClosureReward { sample in sample.index == 1 ? nil : 1 }
    #expect(try Self.last(Self.trained([.zeroFailures], reward: reward), "reward") == 11.0 / 12)
    let plain = try Self.trained(reward: reward)
    #expect(try Self.last(plain, "reward") == 1)
    #expect(try Self.last(plain, "failures") == 1.0 / 12)
  }

  @Test func `all oddities together take a step`() throws {
    let trainer = try Self.trained(Oddity.allCases) {
      $0.entropy = .adaptive()
      $0.sampling.guidance = 2
      $0.updates = 2
    }
    #expect(trainer.step == 1)
  }
}
