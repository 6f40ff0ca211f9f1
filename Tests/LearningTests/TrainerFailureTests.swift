import Foundation
import Learning
import Models
import Primitives
import Tensors
import Testing

/// A step is taken whole or not at all.
struct TrainerFailureTests {
  private struct Unwell: Error {}

  /// A trainer with two updates a step, so that an abandoned step has already changed weights.
  private static func trainer(_ reward: any Reward, kind: (inout PolicySettings) -> Void = { _ in }) throws
    -> PolicyTrainer
  {
    var settings = Small.policySettings()
    settings.updates = 2
    settings.entropy = .adaptive()
    kind(&settings)
    return try PolicyTrainer(Small.model(), prompts: Small.prompts(), reward: reward, settings: settings)
  }

  private static func expectUnchanged(
    _ trainer: Trainer, _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
  ) rethrows {
    let before = trainer.state
    let bits = Small.bits(trainer.model)
    try body()
    #expect(Small.bits(trainer.model) == bits, sourceLocation: sourceLocation)
    #expect(trainer.progress.step == before.progress.step, sourceLocation: sourceLocation)
    #expect(trainer.progress.queue == before.progress.queue, sourceLocation: sourceLocation)
    #expect(trainer.progress.entropy == before.progress.entropy, sourceLocation: sourceLocation)
    #expect(Small.bits(trainer.history) == Small.bits(before.progress.history), sourceLocation: sourceLocation)
    #expect(trainer.state.optimizer.stepCount == before.optimizer.stepCount, sourceLocation: sourceLocation)
    for (now, then) in zip(trainer.state.optimizer.moments, before.optimizer.moments) {
      #expect(now.first.array() == then.first.array(), sourceLocation: sourceLocation)
      #expect(now.second.array() == then.second.array(), sourceLocation: sourceLocation)
    }
  }

  @Test func `a reward that is not a number is not applied and is named with step and prompt`() throws {
    var calls = 0
    let reward = ClosureReward.batch(name: "mine") { samples in
      calls += 1
      return samples.indices.map { calls == 2 && $0 == 5 ? .nan : Double($0 % 2) }
    }
    let trainer = try Self.trainer(reward)
    try trainer.run(steps: 1)
    try Self.expectUnchanged(trainer) {
      let error = try #require(throws: LearningError.self) { try trainer.run(steps: 1) }
      #expect(error.description.hasPrefix("the reward 'mine' of sample 5 ('a photo of "))
      #expect(
        error.description.hasSuffix(
          "is not a finite number at step 1; the step was not applied and the model is as before it. "
            + "Lower the learning rate, or check the reward"))
    }
    try trainer.run(steps: 1)
    #expect(trainer.step == 2)
  }

  @Test func `a reward with too few scores is refused`() throws {
    let trainer = try Self.trainer(ClosureReward.batch(name: "short") { _ in [1] })
    Self.expectUnchanged(trainer) {
      #expect(throws: LearningError.rewardCount(name: "short", scores: 1, samples: 12)) {
        try trainer.run(steps: 1)
      }
    }
  }

  @Test func `an error of the reward reaches the caller, and the step is undone`() throws {
    let trainer = try Self.trainer(ClosureReward { _ in throw Unwell() })
    Self.expectUnchanged(trainer) {
      #expect(throws: Unwell.self) { try trainer.run(steps: 1) }
    }
  }

  @Test func `weights that are not numbers end in one error that names the step`() throws {
    let trainer = try Self.trainer(Small.even)
    let parameter = try #require(trainer.model.parameters.first)
    parameter.value = Tensor(repeating: .nan, shape: parameter.value.shape)
    Self.expectUnchanged(trainer) {
      let error = #expect(throws: LearningError.self) { try trainer.run(steps: 1) }
      #expect(error?.description.contains("is not a finite number at step 0") == true)
    }
  }

  @Test func `a supervised step with a loss that is not a number is not applied, and the weight is named`() throws {
    let tuner = try FineTuner(Small.model(), data: Small.paintings())
    let parameter = try #require(tuner.model.parameters.first)
    parameter.value = Tensor(repeating: .nan, shape: parameter.value.shape)
    Self.expectUnchanged(tuner) {
      let expected = LearningError.notFinite(
        "the loss", step: 0, source: "the weight 'language_model.model.embed_tokens.weight'")
      #expect(throws: expected) { try tuner.run(steps: 1) }
    }
  }

  @Test func `an operator that overflows is named with its weight and the step`() throws {
    let tuner = try FineTuner(Small.model(), data: Small.paintings())
    try tuner.run(steps: 1)
    let name = "language_model.model.layers.0.mlp.up_proj.weight"
    let parameter = try #require(tuner.model.parameters.first { $0.name == name })
    parameter.value = Tensor(repeating: 3e38, shape: parameter.value.shape)
    Self.expectUnchanged(tuner) {
      let error = #expect(throws: LearningError.self) { try tuner.run(steps: 1) }
      #expect(
        error?.description == "the loss is not a finite number at step 1 (the first that was not is in the result of "
          + "'linear' with the weight '\(name)'); the step was not applied and the model is as before it. "
          + "Lower the learning rate, or check the reward")
    }
  }

  @Test func `a gradient that overflows is named with its operator`() throws {
    // Small numbers times a large weight: the result is ordinary, the gradient is not.
    var settings = FineTuner.Settings()
    settings.weights.image = 1e38
    let tuner = try FineTuner(Small.model(), data: Small.paintings(), settings: settings)
    for (name, factor) in [("output_mlp_projector", Float(1e-8)), ("vision_head", 1e8)] {
      let parameter = try #require(tuner.model.parameters.first { $0.name == "gen_head.\(name).weight" })
      parameter.value = (parameter.value * factor).detached
    }
    Self.expectUnchanged(tuner) {
      let error = #expect(throws: LearningError.self) { try tuner.run(steps: 1) }
      #expect(
        error?.description.hasPrefix(
          "the gradient is not a finite number at step 0 (the first that was not is in the gradient of 'linear' with "
            + "the weight 'gen_head.vision_head.weight'); the step was not applied") == true)
    }
  }

  // MARK: - Stops

  @Test func `the first stop finishes the step, and resuming gives the bits of an uninterrupted run`() throws {
    let straight = try Self.trainer(Small.even)
    try straight.run(steps: 3)
    let (stop, trainer) = (StopToken(), try Self.trainer(Small.even))
    let summary = try trainer.run(steps: 3, stop: stop) { if $0.index == 0 { stop.raise() } }
    #expect(summary == RunSummary(end: .stopped, steps: 1, remaining: 2))
    #expect(trainer.step == 1)
    stop.reset()
    #expect(try trainer.resume(stop: stop) == RunSummary(end: .finished, steps: 2, remaining: 0))
    #expect(Small.bits(trainer.model) == Small.bits(straight.model))
    #expect(Small.bits(trainer.history) == Small.bits(straight.history))
  }

  @Test func `the second stop abandons the step, and everything is as before it`() throws {
    let stop = StopToken()
    let reward = ClosureReward.batch(name: "interrupted") { samples in
      stop.raise()
      stop.raise()
      return samples.indices.map { Double($0 % 2) }
    }
    let trainer = try Self.trainer(reward)
    try Self.expectUnchanged(trainer) {
      let summary = try trainer.run(steps: 3, stop: stop)
      #expect(summary == RunSummary(end: .abandoned, steps: 0, remaining: 3))
    }
  }

  @Test func `an error of the caller keeps the step that was taken`() throws {
    let trainer = try Self.trainer(Small.even)
    #expect(throws: Unwell.self) { try trainer.run(steps: 3) { _ in throw Unwell() } }
    #expect(trainer.step == 1)
    #expect(trainer.remaining == 2)
    #expect(trainer.history.count == 1)
  }

  // MARK: - States

  /// What restoring from a folder says, with everything as before.
  private static func refusal(_ trainer: Trainer, _ folder: String) -> String {
    var text = ""
    expectUnchanged(trainer) {
      do {
        try trainer.restore(from: folder)
      } catch {
        text = "\(error)"
      }
    }
    return text
  }

  @Test func `a damaged state is refused and changes nothing`() throws {
    try Small.inFolder { folder in
      let trainer = try Self.trainer(Small.even)
      try trainer.run(steps: 1)
      #expect(Self.refusal(trainer, folder).contains("there is no such file"))
      try trainer.save(to: folder)
      let file = folder + "/state-1.safetensors"
      let bytes = try AtomicFile.read(file)
      try AtomicFile.write(bytes.prefix(bytes.count / 2), to: file)
      let refusal = Self.refusal(trainer, folder)
      #expect(refusal.hasPrefix("the training state in '\(folder)' cannot be used: "))
      #expect(refusal.hasSuffix("; choose another folder, or start anew"))
      try AtomicFile.write("{}", to: folder + "/state.json")
      #expect(Self.refusal(trainer, folder).contains("state.json is not what a trainer writes"))
    }
  }

  @Test func `the state of another training is refused with the reason`() throws {
    try Small.inFolder { folder in
      try Self.trainer(Small.even).save(to: folder)
      let other = try Self.trainer(Small.even) { $0.group = 5 }
      #expect(
        Self.refusal(other, folder) == "the training state in '\(folder)' belongs to another training: "
          + "it has 'group 4' where 'group 5' was given")
      let tuner = try FineTuner(Small.model(), data: Small.paintings())
      #expect(
        Self.refusal(tuner, folder) == "the training state in '\(folder)' belongs to another training: "
          + "it is a state of reinforcement training, not of supervised training")
    }
  }

  @Test func `settings out of their range are refused by name`() throws {
    for (change, text) in [
      ({ $0.group = 0 }, "the group is 0; it must be at least 1 sample a prompt"),
      ({ $0.loss.clip = 1.5 }, "the clip is 1.5; it must be above 0 and at most 1"),
      ({ $0.optimizer.learningRate = -1 }, "the learning rate is -1.0; it must be above 0"),
    ] as [((inout PolicySettings) -> Void, String)] {
      let error = #expect(throws: LearningError.self) { try Self.trainer(Small.even, kind: change) }
      #expect(error?.description == text)
    }
    let trainer = try Self.trainer(Small.even)
    #expect(throws: LearningError.setting("the number of steps", value: "-1", expected: "at least 0")) {
      try trainer.run(steps: -1)
    }
  }
}
