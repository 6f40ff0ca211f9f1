import Foundation
public import Models
import Primitives
import Shapes
import Tensors

/// Reinforcement training with group-relative advantages (GRPO): draw a group of samples for each prompt,
/// score their pictures, and make better than average ones likelier, words and image codes alike.
///
/// Source: Z. Shao et al., *DeepSeekMath*, 2024, arXiv 2402.03300, section 4.1; with one sequence for thought
/// and picture and no divergence term as in ReasonGen-R1 (arXiv 2505.24875), stage 2. Deviations from its
/// published code: forced tokens are in no loss, the token mean is over the whole mini-batch, a step without
/// enough groups is skipped instead of ending the run, and reward and success are reported for all samples,
/// not only for groups that were kept.
public final class PolicyTrainer: Trainer {
  /// The columns of ``Trainer/history``. Rewards and entropies are over all samples that were drawn,
  /// entropies in nats.
  public static let columns = ["step"] + StepStatistics.columns

  /// What is asked for.
  public let prompts: PromptSet
  private let options: PolicySettings
  private let reward: any Reward
  private let truth: (any Reward)?
  private let sampler: Sampler
  private let reference: Janus?

  /// A trainer for a model.
  ///
  /// - Parameters:
  ///   - model: is changed by training.
  ///   - prompts: what is asked for; visited in an order drawn from the seed.
  ///   - reward: what is learned.
  ///   - truth: what decides whether a sample is a success in the history; without it, a reward of at least 1
  ///     does. It shows by how much a learned or noisy reward is deceived. It is not asked if the reward is the
  ///     exact judge already.
  ///   - settings: what can be set.
  /// - Throws: ``LearningError/setting(_:value:expected:)``, or an error that names a word that the model
  ///   does not know.
  public init(
    _ model: Janus, prompts: PromptSet, reward: any Reward, truth: (any Reward)? = nil,
    settings: PolicySettings = PolicySettings()
  ) throws {
    try settings.check()
    try prompts.check(for: model, options: settings.sampling)
    (self.prompts, self.reward, options) = (prompts, reward, settings)
    let isExact = (reward as? OracleReward).map { !$0.isGraded } ?? false
    self.truth = isExact ? nil : truth
    sampler = Sampler(model)
    reference = settings.loss.klWeight == 0 ? nil : model.copy()
    var digest = Fingerprint()
    for prompt in prompts.prompts { digest.combine(prompt.text) }
    try super.init(
      model, lora: settings.lora, optimizer: settings.optimizer, precision: settings.precision,
      progress: TrainingProgress(
        kind: "reinforcement training",
        settings: SettingsRecord.lines(of: settings) + [
          "reward \(reward.name)", "data \(prompts.prompts.count) prompts \(digest)",
        ],
        queue: PromptQueue(count: prompts.prompts.count, seed: settings.seed), entropy: settings.entropy,
        history: History(names: Self.columns)))
  }

  /// The range of ratios that the loss lets move.
  public var clipRange: ClosedRange<Double> { 1 - options.loss.clip...1 + (options.loss.clipHigh ?? options.loss.clip) }

  override var constants: [(name: String, tensor: Tensor)] {
    (reference?.parameters ?? []).map { ("reference." + $0.name, $0.value) }
  }

  override func setConstants(_ find: (String) -> Tensor?) {
    for parameter in reference?.parameters ?? [] {
      if let tensor = find("reference." + parameter.name) { parameter.value = tensor }
    }
  }

  override func takeStep(stop: StopToken?) throws -> Outcome {
    var (statistics, notes) = (StepStatistics(), [String]())
    try draw(into: &statistics, stop: stop)
    let used = progress.entropy
    if statistics.kept.count >= options.dynamicSampling.minimum {
      let parts = Self.parted(statistics.kept, into: options.updates)
      for (number, groups) in parts.enumerated() {
        try update(groups, isFirst: number == 0, statistics: &statistics, stop: stop)
      }
      progress.entropy.update(
        textEntropy: statistics.entropy(isImage: false), imageEntropy: statistics.entropy(isImage: true),
        largestText: log(Double(model.tokenizer.count)),
        largestImage: log(Double(model.configuration.imageTokenizer.codes)))
    } else {
      notes.append(
        "nothing was learned: \(statistics.kept.count) of \(statistics.drawn.count) groups have samples of "
          + "different reward, and a step needs \(options.dynamicSampling.minimum)")
    }
    progress.rollouts += statistics.samples.count
    progress.tokens += statistics.tokens
    let metrics = statistics.metrics(
      progress, used: used, rate: Double(rate), thinks: options.sampling.think,
      imageStart: model.tokenizer.special.imageStart)
    return Outcome(metrics: metrics, samples: statistics.samples, rewards: statistics.rewards, notes: notes)
  }

  // MARK: - Drawing

  /// Draws groups until the step is full or may draw no more; prompts of groups that are too many go back to
  /// the queue.
  private func draw(into statistics: inout StepStatistics, stop: StopToken?) throws {
    let rule = options.dynamicSampling
    var wanted = options.prompts
    while true {
      let groups = try rollouts(progress.queue.take(wanted), round: statistics.refills, stop: stop)
      statistics.drawn += groups
      statistics.kept += groups.filter { !rule.dropsUniform || $0.isInformative }
      let kept = statistics.kept.count
      guard rule.refills(kept: kept, of: options.prompts, refilled: statistics.refills) else { break }
      wanted = DynamicSampling.refillSize(missing: options.prompts - kept, prompts: options.prompts)
      statistics.refills += 1
    }
    let surplus = statistics.kept.dropFirst(options.prompts)
    progress.queue.giveBack(surplus.map(\.promptIndex))
    statistics.kept.removeLast(surplus.count)
  }

  /// One group for each prompt, scored.
  private func rollouts(_ indices: [Int], round: Int, stop: StopToken?) throws -> [Rollout] {
    let chosen = indices.map { prompts.prompts[$0] }
    // Rounds of one step draw from addresses of their own.
    let address = progress.step * (options.dynamicSampling.refills + 1) + round
    let samples: [Sample]
    do {
      samples = try sampler.sample(
        chosen.map(\.text), count: options.group, options: options.sampling, seed: options.seed, step: address,
        stop: stop, stopAt: .abandonStep)
    } catch ModelError.notFinite(let what) {
      let broken = parameters.first { !$0.value.isFinite }
      throw LearningError.notFinite(what, step: progress.step, source: broken.map { "the weight '\($0.name)'" })
    }
    let rewards = try reward.checkedScore(samples, step: progress.step)
    let successes = try truth?.checkedScore(samples, step: progress.step) ?? rewards
    return indices.enumerated().map { place, index in
      let range = (place * options.group)..<((place + 1) * options.group)
      return Rollout(
        promptIndex: index, prompt: chosen[place], samples: Array(samples[range]), rewards: Array(rewards[range]),
        successes: successes[range].map { $0 >= 1 })
    }
  }

  /// Groups cut into at most `count` pieces whose sizes differ by one at most.
  static func parted<Group>(_ groups: [Group], into count: Int) -> [[Group]] {
    let pieces = min(count, groups.count)
    return (0..<pieces).map { piece in
      Array(groups[(piece * groups.count / pieces)..<((piece + 1) * groups.count / pieces)])
    }
  }

  // MARK: - Learning

  /// One optimizer step from some groups.
  private func update(
    _ groups: [Rollout], isFirst: Bool, statistics: inout StepStatistics, stop: StopToken?
  ) throws {
    let samples = groups.flatMap(\.samples)
    let advantages = groups.flatMap(\.advantages)
    let share = Share(samples, control: progress.entropy)
    let pieces = MicroBatches.cut(samples.map(\.sequence.count), budget: options.microBatch)
    let (results, norm) = try update { tape in
      try pieces.map { range in
        try Self.heed(stop)
        return try accumulate(Array(samples[range]), Array(advantages[range]), share, on: tape())
      }
    }
    for result in results { statistics.add(result, isFirstUpdate: isFirst) }
    statistics.normSum += norm
    statistics.updates += 1
  }

  /// What a token's share in the means of an update is.
  private struct Share {
    /// Tokens of the update that count.
    let tokens: Int
    /// ∂loss/∂entropy of a text and of an image token.
    let textEntropy: Float
    let imageEntropy: Float

    init(_ samples: [Sample], control: EntropyControl) {
      var (text, image) = (0, 0)
      for sample in samples {
        let flags = sample.sequence.isImage.dropFirst(sample.sequence.promptCount)
        for (isImage, isForced) in zip(flags, sample.isForced) where !isForced {
          if isImage { image += 1 } else { text += 1 }
        }
      }
      tokens = text + image
      textEntropy = text == 0 ? 0 : Float(control.coefficient(isImage: false) / Double(text))
      imageEntropy = image == 0 ? 0 : Float(control.coefficient(isImage: true) / Double(image))
    }
  }

  /// Adds the gradients of some samples.
  private func accumulate(
    _ samples: [Sample], _ advantages: [Double], _ share: Share, on tape: Tape
  ) throws -> PolicyLoss.Result {
    let scores = model.score(samples, tape: tape)
    let perToken = zip(samples, advantages).flatMap { sample, advantage in
      [Float](repeating: Float(advantage), count: sample.sequence.responseCount)
    }
    let result = options.loss(
      PolicyLoss.Tokens(
        logProbabilities: scores.logProbability.array(), old: samples.flatMap(\.logProbabilities),
        reference: reference?.score(samples, tape: nil).logProbability.array(), advantages: perToken,
        counts: scores.isForced.map { !$0 }),
      denominator: share.tokens)
    guard result.loss.isFinite else { throw LearningError.notFinite("the loss", step: progress.step) }
    // Multiplied by the loss's derivatives, log-probabilities and entropies have the loss's gradient.
    var surrogate = sum(scores.logProbability * Tensor(result.gradient, shape: [scores.count]))
    if share.textEntropy != 0 || share.imageEntropy != 0 {
      let weights = zip(scores.isImage, scores.isForced).map { isImage, isForced in
        isForced ? 0 : isImage ? share.imageEntropy : share.textEntropy
      }
      surrogate = surrogate + sum(scores.entropy * Tensor(weights, shape: [scores.count]))
    }
    tape.backward(surrogate)
    return result
  }
}
