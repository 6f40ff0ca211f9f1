import Models

/// What a step of reinforcement training counts on its way, and the numbers that come of it.
struct StepStatistics {
  /// The columns of the history, in order, after `step`.
  static let columns = [
    "reward", "success", "kept_reward", "informative", "groups", "refills", "text_entropy", "image_entropy",
    "text_coefficient", "image_coefficient", "loss", "kl", "ratio_mean", "ratio_max", "clip_fraction", "score_gap",
    "grad_norm", "lr", "updates", "forced", "unfinished", "rationale_length", "rollouts", "tokens",
  ]

  /// Every group that the step drew.
  var drawn: [Rollout] = []
  /// The groups that it learned from.
  var kept: [Rollout] = []
  /// Further batches that it drew.
  var refills = 0
  /// Sums over the updates.
  var loss = 0.0
  var updates = 0
  var counted = 0
  var ratioSum = 0.0
  var ratioMaximum = 0.0
  var clipped = 0
  var klSum = 0.0
  var normSum = 0.0
  /// The largest difference between sampler and scorer before the first update, nats.
  var scoreGap = 0.0

  /// Adds one micro-batch.
  mutating func add(_ result: PolicyLoss.Result, isFirstUpdate: Bool) {
    loss += result.loss
    counted += result.count
    ratioSum += result.ratioSum
    ratioMaximum = max(ratioMaximum, result.ratioMaximum)
    clipped += result.clipped
    klSum += result.klSum
    if isFirstUpdate { scoreGap = max(scoreGap, result.gap) }
  }

  /// All samples, group by group.
  var samples: [Sample] { drawn.flatMap(\.samples) }
  /// The reward of each.
  var rewards: [Double] { drawn.flatMap(\.rewards) }
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
  func metrics(
    _ progress: TrainingProgress, used: EntropyControl, rate: Double, thinks: Bool, imageStart: Int32
  ) -> [Metric] {
    let samples = samples
    let endings = samples.map { sample -> (length: Int, isForced: Bool) in
      let response = sample.sequence.ids.dropFirst(sample.sequence.promptCount)
      let flags = sample.sequence.isImage.dropFirst(sample.sequence.promptCount)
      let length = zip(response, flags).prefix { !($0 == imageStart && !$1) }.count
      return (length, sample.isForced.indices.contains(length) && sample.isForced[length])
    }
    let successes = drawn.flatMap(\.successes)
    let forced = samples.reduce(0) { $0 + $1.isForced.count { $0 } }
    let informative = drawn.count { $0.isInformative }
    let perUpdate = Double(max(updates, 1))
    func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? .nan : Double(part) / Double(whole) }
    func overTokens(_ sum: Double) -> Double { counted == 0 ? .nan : sum / Double(counted) }
    let values: [Double] = [
      mean(rewards), share(successes.count { $0 }, successes.count), mean(kept.flatMap(\.rewards)),
      share(informative, drawn.count), Double(kept.count), Double(refills), entropy(isImage: false),
      entropy(isImage: true), used.coefficient(isImage: false), used.coefficient(isImage: true), loss / perUpdate,
      overTokens(klSum), overTokens(ratioSum), counted == 0 ? .nan : ratioMaximum, share(clipped, counted),
      counted == 0 ? .nan : scoreGap, normSum / perUpdate, rate, Double(updates), share(forced, tokens),
      thinks ? share(endings.count { $0.isForced }, endings.count) : 0,
      thinks ? mean(endings.map { Double($0.length) }) : 0, Double(progress.rollouts), Double(progress.tokens),
    ]
    return zip(Self.columns, values).map { Metric($0, $1) }
  }

  private func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
  }
}
