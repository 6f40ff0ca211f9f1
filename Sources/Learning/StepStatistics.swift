import Models

/// What a step of reinforcement training counts on its way, and the numbers that come of it.
struct StepStatistics {
  /// The columns of the history, in order, after `step`.
  static let columns = [
    "reward", "success", "kept_reward", "informative", "groups", "refills", "text_entropy", "image_entropy",
    "text_coefficient", "image_coefficient", "loss", "kl", "ratio_mean", "ratio_max", "clip_fraction", "score_gap",
    "grad_norm", "lr", "updates", "forced", "unfinished", "rationale_length", "rollouts", "tokens", "judge_gap",
    "trained", "distinct", "vendi", "text_kl", "image_kl", "text_ratio", "image_ratio", "text_clip_fraction",
    "image_clip_fraction", "failures",
  ]

  /// Every group that the step drew.
  var drawn: [Rollout] = []
  /// The places of those that it learned from.
  var keptPlaces: [Int] = []
  /// Further batches that it drew.
  var refills = 0
  /// Sums over the updates.
  var loss = 0.0
  var updates = 0
  var normSum = 0.0
  /// The gradient's norm of the last.
  var lastNorm = Double.nan
  private var (all, text, image) = (PolicyLoss.Tally(), PolicyLoss.Tally(), PolicyLoss.Tally())
  /// The largest difference between sampler and scorer before the first update, nats.
  var scoreGap = 0.0

  /// Adds one micro-batch.
  mutating func add(_ result: PolicyLoss.Result, isFirstUpdate: Bool) {
    loss += result.loss
    all.add(result.all)
    text.add(result.text)
    image.add(result.image)
    if isFirstUpdate { scoreGap = max(scoreGap, result.gap) }
  }

  /// Adds an update.
  mutating func add(norm: Double) {
    normSum += norm
    lastNorm = norm
    updates += 1
  }

  /// Adds groups without spread until there are so many, or no more.
  mutating func pad(to count: Int) {
    let kept = Set(keptPlaces)
    keptPlaces += drawn.indices.filter { !kept.contains($0) }.prefix(max(count - keptPlaces.count, 0))
  }

  /// The groups that the step learned from.
  var kept: [Rollout] { keptPlaces.map { drawn[$0] } }
  /// All samples, group by group.
  var samples: [Sample] { drawn.flatMap(\.samples) }
  /// The reward of each.
  var rewards: [Double] { drawn.flatMap(\.rewards) }
  /// The advantage of each, NaN where the step did not learn from it.
  var advantages: [Double] {
    drawn.flatMap { $0.advantages.isEmpty ? $0.rewards.map { _ in .nan } : $0.advantages }
  }
  /// Response tokens of all samples.
  var tokens: Int { samples.reduce(0) { $0 + $1.sequence.responseCount } }

  /// The mean entropy of the drawn tokens of one modality, nats; NaN without any.
  func entropy(isImage: Bool) -> Double {
    var (sum, count) = (0.0, 0)
    for sample in samples {
      let flags = sample.sequence.isImage.dropFirst(sample.sequence.promptCount)
      for ((flag, isForced), entropy) in zip(zip(flags, sample.isForced), sample.entropies)
      where flag == isImage && !isForced {
        sum += Double(entropy)
        count += 1
      }
    }
    return count == 0 ? .nan : sum / Double(count)
  }

  /// The step's numbers.
  ///
  /// - Parameters:
  ///   - progress: with the totals after the step.
  ///   - used: the entropy controllers that the step used.
  ///   - rate: its learning rate.
  ///   - thinks: whether samples have a thought.
  ///   - imageStart: the token that ends a thought.
  ///   - mode: which oddities of published metrics are reproduced.
  func metrics(
    _ progress: TrainingProgress, used: EntropyControl, rate: Double, thinks: Bool, imageStart: Int32,
    mode: ReferenceMode
  ) -> [Metric] {
    let samples = samples
    let endings = samples.map { $0.thoughtEnd(imageStart: imageStart) }
    let successes = drawn.flatMap(\.successes)
    let forced = samples.reduce(0) { $0 + $1.isForced.count { $0 } }
    let informative = drawn.count { $0.isInformative }
    let perUpdate = Double(max(updates, 1))
    let keptReward = mean(kept.flatMap(\.rewards))
    let reward = mode.has(.filteredReward) ? keptReward : mean(rewards)
    let success = share(successes.count { $0 }, successes.count)
    let codes = drawn.map { $0.samples.map(\.codes) }
    let values: [Double] = [
      reward, success, keptReward,
      share(informative, drawn.count), Double(kept.count), Double(refills), entropy(isImage: false),
      entropy(isImage: true), used.coefficient(isImage: false), used.coefficient(isImage: true), loss / perUpdate,
      all.mean(all.klSum), all.mean(all.ratioSum), all.count == 0 ? .nan : all.ratioMaximum,
      share(all.clipped, all.count), all.count == 0 ? .nan : scoreGap,
      mode.has(.lastMetrics) ? lastNorm : normSum / perUpdate, rate, Double(updates), share(forced, tokens),
      thinks ? share(endings.count { $0.isForced }, endings.count) : 0,
      thinks ? mean(endings.map { Double($0.length) }) : 0, Double(progress.rollouts), Double(progress.tokens),
      reward - success, share(kept.reduce(0) { $0 + $1.samples.count }, samples.count),
      mean(codes.map(Diversity.distinct)), mean(codes.map(Diversity.vendi)), text.mean(text.klSum),
      image.mean(image.klSum), text.mean(text.ratioSum), image.mean(image.ratioSum), share(text.clipped, text.count),
      share(image.clipped, image.count), share(drawn.reduce(0) { $0 + $1.failures }, samples.count),
    ]
    return zip(Self.columns, values).map { Metric($0, $1) }
  }

  private func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? .nan : Double(part) / Double(whole) }

  private func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
  }
}

extension PolicyLoss.Tally {
  /// A sum over the tokens as their mean; NaN without any.
  fileprivate func mean(_ sum: Double) -> Double { count == 0 ? .nan : sum / Double(count) }
}

extension Sample {
  /// How many tokens the thought has, and whether the start of the image behind it was put there.
  fileprivate func thoughtEnd(imageStart: Int32) -> (length: Int, isForced: Bool) {
    let response = zip(sequence.ids, sequence.isImage).dropFirst(sequence.promptCount)
    let length = response.prefix { !($0 == imageStart && !$1) }.count
    return (length, isForced.indices.contains(length) && isForced[length])
  }
}
