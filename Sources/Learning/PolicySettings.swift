public import Models

/// What can be set in reinforcement training. The defaults train the tiny model.
public struct PolicySettings: Sendable, Hashable {
  /// Prompts a step.
  public var prompts = 16
  /// G: samples a prompt.
  public var group = 8
  /// Optimizer steps for each batch of samples: its groups are cut into so many mini-batches, each used once.
  /// From the second on the policy has moved since it drew, and the clip can bind.
  public var updates = 1
  /// How samples are drawn; temperature and guidance are kept with each sample, where the scorer finds them.
  public var sampling = SamplingOptions()
  /// What happens to groups that teach nothing.
  public var dynamicSampling = DynamicSampling()
  /// The loss; its divergence has no weight, and no reference model is then kept.
  public var loss = PolicyLoss()
  /// The control of entropies.
  public var entropy = EntropyControl.off
  /// The optimizer.
  public var optimizer = OptimizerSettings(learningRate: 2e-4)
  /// The low-rank adapters that are trained instead of the weights; `nil` trains all weights.
  public var lora: LowRankAdapters.Settings?
  /// The most tokens that are computed at once in an update; memory grows with it.
  public var microBatch = 2048
  /// The numbers that products are computed in, while sampling and in updates alike.
  public var precision = TrainingPrecision.fp32
  /// The seed of the prompts' order and of every draw.
  public var seed = 0

  /// The defaults.
  public init() {}

  func check() throws {
    try require("the number of prompts", prompts, prompts >= 1, "at least 1")
    try require("the group", group, group >= 1, "at least 1 sample a prompt")
    try require("the number of updates", updates, updates >= 1, "at least 1")
    try require("the micro-batch", microBatch, microBatch >= 1, "at least 1 token")
    try require("the number of refills", dynamicSampling.refills, dynamicSampling.refills >= 0, "at least 0")
    try require("the fewest groups", dynamicSampling.minimum, dynamicSampling.minimum >= 1, "at least 1")
    try require("the clip", loss.clip, loss.clip > 0 && loss.clip < 1, "above 0 and below 1")
    if let high = loss.clipHigh { try require("the upper clip", high, high > 0 && high.isFinite, "above 0") }
    try require("the weight of the divergence", loss.klWeight, loss.klWeight >= 0, "at least 0")
    for channel in [entropy.text, entropy.image].compactMap({ $0 }) {
      try require(
        "an entropy target", channel.target, (0...1).contains(channel.target), "a share of the largest entropy, 0 to 1")
    }
  }
}
