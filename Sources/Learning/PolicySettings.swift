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
  /// What a sample is measured by.
  public var advantage = Advantage.group
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
  /// What is done as the published code does it, for comparison.
  public var reference = ReferenceMode.off

  /// The defaults.
  public init() {}

  func check() throws {
    try require("the number of prompts", prompts, prompts >= 1, "at least 1")
    try require("the group", group, group >= 1, "at least 1 sample a prompt")
    try require("the number of updates", updates, updates >= 1, "at least 1")
    try require("the micro-batch", microBatch, microBatch >= 1, "at least 1 token")
    try dynamicSampling.check()
    try loss.check()
    try entropy.check()
  }
  /// Whether a reference model is needed.
  var needsReference: Bool { loss.klWeight != 0 || reference.has(.idleReference) }

  /// The loss with what the reference mode makes of it.
  var effectiveLoss: PolicyLoss {
    var loss = loss
    if reference.has(.microBatchMean) { loss.aggregation = .microBatch }
    return loss
  }

  /// The control of entropies with what the reference mode makes of it.
  var effectiveEntropy: EntropyControl {
    guard reference.has(.rawCoefficients) else { return entropy }
    func raw(_ channel: EntropyControl.Channel) -> EntropyControl.Channel {
      if case .fixed = channel.rule { return channel }
      return .init(
        target: channel.target, rule: .adam(rate: 5e-5, restarts: false), bound: EntropyControl.Rule.reasonGenBound)
    }
    return EntropyControl(text: entropy.text.map(raw), image: entropy.image.map(raw), shaping: entropy.shaping)
  }

  /// The rule of sampling with what the reference mode makes of it: eight batches a step.
  var effectiveSampling: DynamicSampling {
    var rule = dynamicSampling
    if reference.has(.lossyRefills) { rule.refills = 7 }
    return rule
  }

  /// The most tokens that a response can have.
  func longestResponse(of model: Janus) -> Int {
    (sampling.think ? sampling.maximumRationale + 1 : 0) + model.configuration.codesPerImage
  }
}
