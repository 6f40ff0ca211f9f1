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

  /// The parts of a step, of which time is spent in each. Scoring and updating alternate.
  public enum Phase: String, Sendable, Hashable, CaseIterable {
    /// Samples are drawn.
    case sample
    /// They are judged.
    case judge
    /// The policy, and the reference, compute log-probabilities.
    case score
    /// Gradients are computed, and weights change.
    case update
  }

  /// What is asked for.
  public let prompts: PromptSet
  /// Told when a part of a step begins; for whoever takes times, which no number of the training depends on.
  public var onPhase: ((Phase) -> Void)?
  private let options: PolicySettings
  private let loss: PolicyLoss
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
    (self.prompts, self.reward, options, loss) = (prompts, reward, settings, settings.effectiveLoss)
    let isExact = (reward as? OracleReward).map { !$0.isGraded } ?? false
    self.truth = isExact ? nil : truth
    sampler = Sampler(model)
    reference = settings.needsReference ? model.copy() : nil
    var digest = Fingerprint()
    for prompt in prompts.prompts { digest.combine(prompt.text) }
    try super.init(
      model, lora: settings.lora, optimizer: settings.optimizer, precision: settings.precision,
      progress: TrainingProgress(
        kind: "reinforcement training",
        settings: SettingsRecord.lines(of: settings) + [
          "reward \(reward.name)", "data \(prompts.prompts.count) prompts \(digest)",
        ],
        queue: PromptQueue(count: prompts.prompts.count, seed: settings.seed), entropy: settings.effectiveEntropy,
        history: History(names: Self.columns)))
  }

  /// The range of ratios that the loss lets move.
  public var clipRange: ClosedRange<Double> {
    loss.bound == .free ? 0...Double.infinity : 1 - loss.clip...1 + (loss.clipHigh ?? loss.clip)
  }

  override var constants: [(name: String, tensor: Tensor)] { Self.constants(of: reference) }

  override func setConstants(_ find: (String) -> Tensor?) { Self.setConstants(of: reference, find) }

  override func prepare(_ saved: inout TrainingState) {
    if options.reference.has(.rawCoefficients) { saved.progress.entropy = options.effectiveEntropy }
  }

  override func takeStep(stop: StopToken?) throws -> Outcome {
    var (statistics, notes) = (StepStatistics(), [String]())
    try draw(into: &statistics, stop: stop)
    var used = progress.entropy
    let (taught, minimum) = (statistics.keptPlaces.count, options.dynamicSampling.minimum)
    if taught >= minimum {
      if options.dynamicSampling.shortage == .pad { statistics.pad(to: options.prompts) }
      let parts = Self.parted(try lessons(&statistics), into: options.updates)
      for (number, groups) in parts.enumerated() {
        if options.reference.has(.lastMetrics) { used = progress.entropy }
        try update(groups.flatMap { $0 }, isFirst: number == 0, statistics: &statistics, stop: stop)
      }
    } else {
      notes.append(
        "nothing was learned: \(taught) of \(statistics.drawn.count) groups have samples of "
          + "different reward, and a step needs \(minimum)")
    }
    progress.rollouts += statistics.samples.count
    progress.tokens += statistics.tokens
    let metrics = statistics.metrics(
      progress, used: used, rate: Double(rate), thinks: options.sampling.think,
      imageStart: model.tokenizer.special.imageStart, mode: options.reference)
    return Outcome(
      metrics: metrics, samples: statistics.samples, rewards: statistics.rewards, advantages: statistics.advantages,
      notes: notes)
  }

  // MARK: - Drawing

  /// Draws groups until the step is full or may draw no more; prompts of groups that are too many go back to
  /// the queue.
  private func draw(into statistics: inout StepStatistics, stop: StopToken?) throws {
    let (rule, isLossy) = (options.effectiveSampling, options.reference.has(.lossyRefills))
    var wanted = options.prompts
    while true {
      let indices = progress.queue.take(isLossy ? options.prompts : wanted).prefix(wanted)
      let groups = try rollouts(Array(indices), round: statistics.refills, stop: stop)
      for group in groups {
        if !rule.dropsUniform || group.isInformative { statistics.keptPlaces.append(statistics.drawn.count) }
        statistics.drawn.append(group)
      }
      let kept = statistics.keptPlaces.count
      guard rule.refills(kept: kept, of: options.prompts, refilled: statistics.refills) else { break }
      wanted = DynamicSampling.refillSize(missing: options.prompts - kept, prompts: options.prompts)
      statistics.refills += 1
    }
    let kept = statistics.keptPlaces.count
    if isLossy, rule.dropsUniform, kept < options.prompts {
      throw LearningError.setting(
        "the number of informative groups after eight batches of step \(progress.step)", value: "\(kept)",
        expected: "\(options.prompts), as lossy_refills reproduces; without it the step is taken with what there is")
    }
    let surplus = statistics.keptPlaces.dropFirst(options.prompts)
    if !isLossy { progress.queue.giveBack(surplus.map { statistics.drawn[$0].promptIndex }) }
    statistics.keptPlaces.removeLast(surplus.count)
  }

  /// One group for each prompt, scored.
  private func rollouts(_ indices: [Int], round: Int, stop: StopToken?) throws -> [Rollout] {
    let chosen = indices.map { prompts.prompts[$0] }
    // Rounds of one step draw from addresses of their own.
    let address = progress.step * (options.effectiveSampling.refills + 1) + round
    var sampling = options.sampling
    if options.reference.has(.ignoredTemperature) { sampling.temperature = 1 }
    let samples: [Sample]
    onPhase?(.sample)
    do {
      samples = try sampler.sample(
        chosen.map(\.text), count: options.group, options: sampling, seed: options.seed, step: address,
        stop: stop, stopAt: .abandonStep)
    } catch ModelError.notFinite(let what) {
      let broken = parameters.first { !$0.value.isFinite }
      throw LearningError.notFinite(what, step: progress.step, source: broken.map { "the weight '\($0.name)'" })
    }
    onPhase?(.judge)
    let judgements = try reward.checkedJudgements(samples, step: progress.step)
    let rewards =
      options.reference.has(.zeroFailures) ? judgements.map { $0.score ?? 0 } : judgements.scores(of: samples)
    let successes = try truth?.checkedScore(samples, step: progress.step) ?? rewards
    return indices.enumerated().map { place, index in
      let range = (place * options.group)..<((place + 1) * options.group)
      return Rollout(
        promptIndex: index, prompt: chosen[place], samples: Array(samples[range]), rewards: Array(rewards[range]),
        successes: successes[range].map { $0 >= 1 }, failures: Array(judgements[range]).failures)
    }
  }

  /// Groups cut into at most `count` pieces whose sizes differ by one at most.
  static func parted<Group>(_ groups: [Group], into count: Int) -> [[Group]] {
    let pieces = min(count, groups.count)
    return (0..<pieces).map { piece in
      Array(groups[(piece * groups.count / pieces)..<((piece + 1) * groups.count / pieces)])
    }
  }

  // MARK: - Preparing

  /// What the step learns from, group by group; the groups are given their advantages.
  private func lessons(_ statistics: inout StepStatistics) throws -> [[Lesson]] {
    let kept = statistics.kept
    var lessons = published(kept.flatMap(\.samples))
    if options.reference.scoresAnew {
      for (place, scores) in logProbabilities(lessons, model).enumerated() {
        let gap = lessons[place].gap(to: scores)
        statistics.scoreGap = max(statistics.scoreGap, gap)
        lessons[place].old = scores
      }
    }
    if let reference {
      for (place, scores) in logProbabilities(lessons, reference).enumerated() { lessons[place].reference = scores }
    }
    var groups: [[Lesson]] = []
    for group in kept {
      groups.append(Array(lessons.prefix(group.samples.count)))
      lessons.removeFirst(group.samples.count)
    }
    let weight = loss.klPlace == .reward ? loss.klWeight : 0
    let rewards = zip(kept, groups).map { group, lessons in
      weight == 0
        ? group.rewards : zip(group.rewards, lessons).map { $0 - weight * $1.divergence(loss.klDivergence) }
    }
    for (number, advantages) in options.advantage(rewards).enumerated() {
      statistics.drawn[statistics.keptPlaces[number]].advantages = advantages
      for (place, advantage) in advantages.enumerated() {
        groups[number][place].give(
          advantage, shaping: progress.entropy.shaping, largestText: largestText, largestImage: largestImage)
      }
    }
    return groups
  }

  private var largestText: Double { log(Double(model.tokenizer.count)) }
  private var largestImage: Double { log(Double(model.configuration.imageTokenizer.codes)) }

  /// Samples as lessons, changed as the reference mode says.
  private func published(_ samples: [Sample]) -> [Lesson] {
    guard options.reference.scoresAnew else { return samples.map(Lesson.init) }
    let longest = samples.map(\.sequence.responseCount).max() ?? 0
    return samples.map { sample in
      Lesson(
        sample, options.reference, isLongest: sample.sequence.responseCount == longest,
        temperature: options.sampling.temperature)
    }
  }

  /// What a model says about the tokens of each lesson, nats.
  private func logProbabilities(_ lessons: [Lesson], _ model: Janus) -> [[Float]] {
    onPhase?(.score)
    return MicroBatches.cut(lessons.map(\.sample.sequence.count), budget: options.microBatch).flatMap { range in
      let scores = model.score(lessons[range].map(\.sample), tape: nil, pairing: pairing)
      let all = scores.logProbability.array()
      return zip(scores.offsets, scores.offsets.dropFirst()).map { Array(all[$0..<$1]) }
    }
  }

  private var pairing: GuidancePairing { options.reference.has(.flatGuidance) ? .neighbours : .branches }

  // MARK: - Learning

  /// One optimizer step from some lessons.
  private func update(
    _ lessons: [Lesson], isFirst: Bool, statistics: inout StepStatistics, stop: StopToken?
  ) throws {
    let pieces = MicroBatches.cut(lessons.map(\.sample.sequence.count), budget: options.microBatch)
    var share = Share(lessons, loss: loss, longest: options.longestResponse(of: model), pieces: pieces.count)
    let (results, norm) = try update { tape in
      share.entropies = EntropySums()
      return try pieces.map { range in
        try Self.heed(stop)
        return try accumulate(Array(lessons[range]), &share, on: tape())
      }
    }
    for result in results { statistics.add(result, isFirstUpdate: isFirst) }
    statistics.add(norm: norm)
    if !options.reference.has(.rawCoefficients) { follow(share.entropies) }
  }

  /// Moves the entropy coefficients.
  private func follow(_ entropies: EntropySums) {
    progress.entropy.update(
      textEntropy: entropies.mean(isImage: false), imageEntropy: entropies.mean(isImage: true),
      largestText: largestText, largestImage: largestImage)
  }

  /// Adds the gradients of some lessons.
  private func accumulate(_ lessons: [Lesson], _ share: inout Share, on tape: Tape) throws -> PolicyLoss.Result {
    onPhase?(.score)
    let scores = model.score(lessons.map(\.sample), tape: tape, pairing: pairing)
    let tokens = PolicyLoss.Tokens(lessons, credit: loss.credit, scores: scores)
    let result = loss(tokens, denominator: share.denominator(of: tokens))
    guard result.loss.isFinite else { throw LearningError.notFinite("the loss", step: progress.step) }
    onPhase?(.update)
    // Multiplied by the loss's derivatives, log-probabilities and entropies have the loss's gradient.
    var surrogate = sum(scores.logProbability * Tensor(result.gradient, shape: [scores.count]))
    let isDrawn = lessons.flatMap(\.isDrawn)
    if progress.entropy.text != nil || progress.entropy.image != nil {
      let weights = share.entropyWeights(isDrawn, isImage: scores.isImage, control: progress.entropy)
      if weights.contains(where: { $0 != 0 }) {
        surrogate = surrogate + sum(scores.entropy * Tensor(weights, shape: [scores.count]))
      }
      let entropies = scores.entropy.array()
      share.entropies.add(entropies, isDrawn: isDrawn, isImage: scores.isImage)
      if options.reference.has(.rawCoefficients) {
        var own = EntropySums()
        own.add(entropies, isDrawn: isDrawn, isImage: scores.isImage)
        follow(own)
      }
    }
    tape.backward(surrogate)
    return result
  }
}
