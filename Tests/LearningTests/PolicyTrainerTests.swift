import Foundation
import Models
import Primitives
import Tensors
import Testing

@testable import Learning

struct PolicyTrainerTests {
  /// A trainer that uses everything a state must hold: moments, controllers, refills, two updates and a reference.
  private static func rich(_ model: Janus, reward: any Reward = Small.even) throws -> PolicyTrainer {
    var settings = Small.policySettings()
    settings.updates = 2
    settings.dynamicSampling.refills = 1
    settings.entropy = .adaptive()
    settings.loss.klWeight = 0.05
    return try PolicyTrainer(model, prompts: Small.prompts(), reward: reward, settings: settings)
  }

  @Test func `the same training twice gives the same bits, samples included`() throws {
    var codes: [[[Int32]]] = [[], []]
    let trainers = try (0..<2).map { number in
      let trainer = try Self.rich(Small.model())
      try trainer.run(steps: 3) { codes[number] += $0.samples.map(\.codes) }
      return trainer
    }
    #expect(trainers[0].history.count == 3)
    #expect(Small.bits(trainers[0].history) == Small.bits(trainers[1].history))
    #expect(Small.bits(trainers[0].model) == Small.bits(trainers[1].model))
    #expect(codes[0] == codes[1])
    #expect(codes[0].count >= 36)
  }

  @Test func `a run that was saved and resumed in another trainer gives the bits of one that was not`() throws {
    let straight = try Self.rich(Small.model())
    try straight.run(steps: 4)
    try Small.inFolder { folder in
      let first = try Self.rich(Small.model())
      try first.run(steps: 2)
      try first.save(to: folder)
      let second = try Self.rich(Small.model(seed: 99))
      try second.restore(from: folder)
      #expect(second.step == 2)
      try second.run(steps: 2)
      #expect(Small.bits(second.model) == Small.bits(straight.model))
      #expect(Small.bits(second.history) == Small.bits(straight.history))
      #expect(second.progress.entropy == straight.progress.entropy)
      #expect(second.progress.queue == straight.progress.queue)
    }
  }

  /// What a state has to hold, besides weights and moments, for each way to train.
  static let ways: [(String, @Sendable (inout PolicySettings) -> Void)] = [
    ("fixed", { $0.entropy = EntropyControl(text: .fixed(-0.01), image: .fixed(0.02)) }),
    ("feedback", { $0.entropy = .adaptive(text: 0.5, image: 0.5) }),
    ("adam", { $0.entropy = EntropyControl(image: .init(target: .nats(1), rule: .reasonGen, bound: 5e-3)) }),
    ("raise", { $0.entropy = EntropyControl(text: .init(target: .share(0.9), rule: .raise(step: 0.005), bound: 1)) }),
    ("shaping", { $0.entropy = EntropyControl(shaping: EntropyShaping()) }),
    ("padded", { $0.dynamicSampling = DynamicSampling(refills: 2, shortage: .pad) }),
    (
      "batch, divergence in the reward",
      {
        PolicyMethod.reinforcePlusPlus.apply(to: &$0)
        $0.loss.klWeight = 0.05
      }
    ),
    ("idle reference", { $0.reference = ReferenceMode([.idleReference]) }),
  ]

  @Test(arguments: PolicyTrainerTests.ways.indices)
  func `every controller and every kind of sampling resumes to the bits of a run without a break`(way: Int) throws {
    // Rewards of two values leave some groups without spread.
    let reward = ClosureReward(name: "often") { $0.codes[0] % 2 == 0 ? 1 : 0 }
    func trainer(seed: Int = 1) throws -> PolicyTrainer {
      var settings = Small.policySettings()
      settings.updates = 2
      settings.group = 3
      settings.dynamicSampling.refills = 2
      Self.ways[way].1(&settings)
      return try PolicyTrainer(Small.model(seed: seed), prompts: Small.prompts(), reward: reward, settings: settings)
    }
    let straight = try trainer()
    try straight.run(steps: 4)
    try Small.inFolder { folder in
      let first = try trainer()
      try first.run(steps: 2)
      try first.save(to: folder)
      let second = try trainer(seed: 99)
      try second.restore(from: folder)
      try second.run(steps: 2)
      #expect(Small.bits(second.model) == Small.bits(straight.model), "\(Self.ways[way].0)")
      #expect(Small.bits(second.history) == Small.bits(straight.history))
      #expect(second.progress.entropy == straight.progress.entropy)
      #expect(second.progress.queue == straight.progress.queue)
      #expect(second.state.optimizer.stepCount == straight.state.optimizer.stepCount)
      for (ours, theirs) in zip(second.state.optimizer.moments, straight.state.optimizer.moments) {
        #expect(ours.first.array() == theirs.first.array() && ours.second.array() == theirs.second.array())
      }
    }
  }

  @Test(arguments: PolicyMethod.allCases)
  func `every method learns what is rewarded`(method: PolicyMethod) throws {
    var settings = Small.policySettings()
    method.apply(to: &settings)
    (settings.prompts, settings.group) = (4, 8)
    settings.optimizer.learningRate = 2e-2
    let trainer = try PolicyTrainer(Small.model(), prompts: Small.prompts(), reward: Small.even, settings: settings)
    try trainer.run(steps: 20)
    let rewards = try #require(trainer.history["reward"])
    #expect(rewards.suffix(3).allSatisfy { $0 > 0.7 }, "\(rewards)")
  }

  @Test func `credit for images alone leaves what only words use as it is`() throws {
    for (credit, moved) in [(PolicyLoss.Credit.image, "gen_head"), (.text, "lm_head")] {
      var settings = Small.policySettings()
      settings.loss.credit = credit
      settings.optimizer.weightDecay = 0
      let trainer = try PolicyTrainer(Small.model(), prompts: Small.prompts(), reward: Small.even, settings: settings)
      let before = trainer.model.parameters.map { $0.value.array() }
      try trainer.run(steps: 1)
      for (parameter, old) in zip(trainer.model.parameters, before) {
        let isHead = parameter.name.contains("gen_head") || parameter.name.contains("lm_head")
        guard isHead else { continue }
        #expect((parameter.value.array() != old) == parameter.name.contains(moved), "\(parameter.name)")
      }
    }
  }

  @Test func `a divergence in the reward is a hand's sum, and moves advantages`() {
    var lesson = Lesson(Self.sample)
    lesson.reference = [-1, -1, -1, -1]
    // Drawn tokens only: −0.5 + 1, −1 + 1, −2 + 1.
    #expect(lesson.divergence(.k1) == -0.5)
    #expect(lesson.divergence(.k2) == 0.625)
  }

  /// Two words and two codes, the second word forced.
  private static var sample: Sample {
    Sample(
      prompt: "a",
      sequence: TokenSequence(ids: [1, 8, 9, 2, 3], isImage: [false, false, false, true, true], promptCount: 1),
      isForced: [false, true, false, false], logProbabilities: [-0.5, 0, -1, -2], entropies: [1, 0, 2, 0.5],
      rationale: "",
      codes: [2, 3], image: .init(width: 0, height: 0), index: 0, temperature: 1, guidance: 1)
  }

  @Test func `entropies shape advantages of words and codes apart, and of no forced token`() {
    var lesson = Lesson(Self.sample)
    lesson.give(1, shaping: EntropyShaping(), largestText: 4, largestImage: 5)
    // One word: the highest of its kind, 1 + 0.3 · 1/4. Two codes: 1 + 0.3 · 2/5, and nothing for the lower.
    #expect(lesson.advantages == [1.075, 1, 1.12, 0])
  }

  @Test func `a report says what each sample's advantage was, and which taught nothing`() throws {
    let reward = ClosureReward.batch(name: "one") { samples in samples.indices.map { $0 == 0 ? 0 : 1 } }
    let trainer = try PolicyTrainer(
      Small.model(), prompts: Small.prompts(), reward: reward, settings: Small.policySettings())
    try trainer.run(steps: 1) { report in
      #expect(report.advantages.count == 12)
      #expect(abs(report.advantages[0] + 1.5) < 1e-5 && abs(report.advantages[1] - 0.5) < 1e-5)
      let untaught = report.advantages.suffix(8).count { $0.isNaN }
      #expect(untaught == 8)
      #expect(report["trained"] == 1.0 / 3)
      #expect(report["judge_gap"] == 0)
      let (distinct, vendi) = (try #require(report["distinct"]), try #require(report["vendi"]))
      #expect(distinct > 0.5 && vendi > 1)
      #expect(report["failures"] == 0)
    }
  }

  @Test func `a step that is padded is smaller, by groups that teach nothing`() throws {
    let norms = try [DynamicSampling.Shortage.partial, .pad].map { shortage in
      var settings = Small.policySettings()
      settings.dynamicSampling.shortage = shortage
      let reward = ClosureReward.batch(name: "one") { samples in samples.indices.map { $0 == 0 ? 0 : 1 } }
      let trainer = try PolicyTrainer(Small.model(), prompts: Small.prompts(), reward: reward, settings: settings)
      try trainer.run(steps: 1)
      #expect(trainer.history["groups"] == [shortage == .pad ? 3 : 1])
      return try #require(trainer.history["grad_norm"]?.first)
    }
    // A third of the groups, and of the tokens or nearly so.
    #expect(abs(norms[1] / norms[0] - 1.0 / 3) < 0.1, "\(norms)")
  }

  @Test func `parts of a step are told in their order`() throws {
    let trainer = try PolicyTrainer(
      Small.model(), prompts: Small.prompts(), reward: Small.even, settings: Small.policySettings())
    var phases: [PolicyTrainer.Phase] = []
    trainer.onPhase = { phases.append($0) }
    try trainer.run(steps: 1)
    #expect(phases == [.sample, .judge, .score, .update])
  }

  @Test func `saving again replaces the files of the step before`() throws {
    try Small.inFolder { folder in
      let trainer = try Self.rich(Small.model())
      try trainer.save(to: folder)
      try trainer.run(steps: 1)
      try trainer.save(to: folder)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(files == ["state-1.safetensors", "state.json"])
    }
  }

  @Test(arguments: [(true, 1, 1), (true, 3, 0.7), (false, 1, 0.7), (false, 3, 1)] as [(Bool, Float, Float)])
  func `before the first update the ratio is one`(think: Bool, guidance: Float, temperature: Float) throws {
    var settings = Small.policySettings(think: think)
    (settings.sampling.guidance, settings.sampling.temperature) = (guidance, temperature)
    let trainer = try PolicyTrainer(Small.model(), prompts: Small.prompts(), reward: Small.even, settings: settings)
    try trainer.run(steps: 2) { report in
      let gap = try #require(report["score_gap"])
      #expect(gap <= 1e-5)
      #expect(abs(try #require(report["ratio_mean"]) - 1) <= 1e-5)
      #expect(abs(try #require(report["ratio_max"]) - 1) <= 2e-5)
      #expect(report["clip_fraction"] == 0)
    }
  }

  @Test func `a second update sees a policy that has moved`() throws {
    let trainer = try Self.rich(Small.model())
    try trainer.run(steps: 1)
    #expect(try #require(trainer.history["updates"]?.first) == 2)
    #expect(abs(try #require(trainer.history["ratio_max"]?.first) - 1) > 1e-4)
    #expect(try #require(trainer.history["score_gap"]?.first) <= 1e-5)
  }

  @Test func `the policy learns what is rewarded`() throws {
    var settings = Small.policySettings()
    settings.prompts = 4
    settings.group = 8
    settings.optimizer.learningRate = 2e-2
    let trainer = try PolicyTrainer(Small.model(), prompts: Small.prompts(), reward: Small.even, settings: settings)
    try trainer.run(steps: 25)
    let rewards = try #require(trainer.history["reward"])
    // Random codes are even half of the time.
    #expect(abs(rewards[0] - 0.5) < 0.15)
    #expect(rewards.suffix(3).allSatisfy { $0 > 0.8 }, "\(rewards)")
  }

  @Test func `entropy control pulls image entropy to either side`() throws {
    let entropies = try [0.0, 1.0].map { target in
      var settings = Small.policySettings(think: false)
      settings.optimizer.learningRate = 2e-2
      // Strong enough to be seen in a few steps: the coefficient is at its bound after the first.
      settings.entropy = EntropyControl(
        image: .init(target: .share(target), rule: .feedback(proportional: 0, integral: 1000), bound: 0.5))
      let trainer = try PolicyTrainer(Small.model(), prompts: Small.prompts(), reward: Small.even, settings: settings)
      try trainer.run(steps: 15)
      let coefficients = try #require(trainer.history["image_coefficient"])
      #expect(coefficients.prefix(2) == [0, target == 0 ? 0.5 : -0.5])
      #expect(try #require(trainer.history["text_entropy"]).allSatisfy(\.isNaN))
      return try #require(trainer.history["image_entropy"]?.last)
    }
    // ln 16 is 2.77 nats.
    #expect(entropies[0] < 1, "\(entropies)")
    #expect(entropies[1] > 2, "\(entropies)")
  }

  @Test(arguments: [1, 3])
  func `how an update is cut up for memory changes no bit`(guidance: Float) throws {
    func trained(_ budget: Int, recomputes: Bool = false) throws -> PolicyTrainer {
      var settings = Small.policySettings()
      settings.microBatch = budget
      settings.sampling.guidance = guidance
      let model = try Small.model()
      model.recomputesLayers = recomputes
      let trainer = try PolicyTrainer(model, prompts: Small.prompts(), reward: Small.even, settings: settings)
      try trainer.run(steps: 2)
      return trainer
    }
    let whole = try trained(100_000)
    #expect(try #require(whole.history["grad_norm"]?.first) > 0)
    for budget in [8, 50] {
      let cut = try trained(budget)
      #expect(Small.bits(cut.model) == Small.bits(whole.model), "\(budget) tokens at once")
      #expect(cut.history["grad_norm"] == whole.history["grad_norm"])
    }
    #expect(try Small.bits(trained(50, recomputes: true).model) == Small.bits(whole.model), "computed again")
  }

  @Test func `metrics are in the order of the columns and carry no time`() throws {
    let trainer = try Self.rich(Small.model())
    try trainer.run(steps: 1) { report in
      #expect(report.metrics.map(\.name) == PolicyTrainer.columns)
      #expect(report.index == 0)
      #expect(report["step"] == 0)
      #expect(report.samples.count == report.rewards.count)
      #expect(report["rollouts"] == Double(report.samples.count))
      let mean = report.rewards.reduce(0, +) / Double(report.rewards.count)
      #expect(report["reward"] == mean)
      #expect(report["nonsense"] == nil)
    }
    #expect(!PolicyTrainer.columns.contains { $0.contains("time") || $0.contains("second") })
  }

  // MARK: - Groups without spread

  @Test func `a step whose groups teach nothing changes no weight and says so`() throws {
    let trainer = try PolicyTrainer(
      Small.model(), prompts: Small.prompts(), reward: ClosureReward { _ in 1 }, settings: Small.policySettings())
    let before = Small.bits(trainer.model)
    try trainer.run(steps: 1) { report in
      #expect(
        report.notes == [
          "nothing was learned: 0 of 3 groups have samples of different reward, and a step needs 1"
        ])
      #expect(report["groups"] == 0)
      #expect(report["informative"] == 0)
      #expect(report["reward"] == 1)
      #expect(report["success"] == 1)
      #expect(report["updates"] == 0)
      #expect(report["kept_reward"]?.isNaN == true)
    }
    #expect(Small.bits(trainer.model) == before)
    #expect(trainer.step == 1)
  }

  @Test func `refills replace groups without spread, and prompts that are too many come back`() throws {
    var settings = Small.policySettings()
    settings.prompts = 4
    settings.dynamicSampling.refills = 1
    // Only the first batch of a step is uniform but for one group: by the index of the call.
    var calls = 0
    let reward = ClosureReward.batch(name: "second") { samples in
      calls += 1
      return samples.indices.map { calls == 1 && $0 >= 4 ? 0 : Double($0 % 2) }
    }
    let trainer = try PolicyTrainer(Small.model(), prompts: Small.prompts(), reward: reward, settings: settings)
    try trainer.run(steps: 1) { report in
      // One of four is left; three are missing, so min(4, 8) more are drawn and one of those is too many.
      #expect(report["refills"] == 1)
      #expect(report["groups"] == 4)
      #expect(report["rollouts"] == 32)
      #expect(report["informative"] == 5.0 / 8)
    }
    var queue = PromptQueue(count: 12, seed: settings.seed)
    let taken = queue.take(8)
    var rest = trainer.progress.queue
    #expect(rest.take(1) == [taken[7]])
  }

  @Test func `the truth decides what a success is`() throws {
    let trainer = try PolicyTrainer(
      Small.model(), prompts: Small.prompts(), reward: Small.even, truth: ClosureReward { _ in 1 },
      settings: Small.policySettings())
    try trainer.run(steps: 1)
    #expect(trainer.history["success"] == [1])
    #expect(try #require(trainer.history["reward"]?.first) < 1)
  }

  @Test func `groups are cut into mini-batches of nearly equal size`() {
    #expect(PolicyTrainerTests.parted(7, 3) == [[0, 1], [2, 3], [4, 5, 6]])
    #expect(PolicyTrainerTests.parted(2, 3) == [[0], [1]])
    #expect(PolicyTrainerTests.parted(0, 3) == [])
  }
}
