import Learning
import Models
import Script

/// The function that makes reinforcement trainers.
enum PolicyTraining {
  static let member = Member.function(
    "grpo", "Group-relative policy optimization: samples groups, judges them, and learns which thoughts help",
    [
      Parameter("model", .object("model"), "trained in place"),
      Parameter("prompts", .object("prompts"), "what to paint, such as world.prompts(4096)"),
      Parameter(
        "reward", .either([.object("reward"), .function]),
        "the judge: reward.oracle(), or a function from a sample to a number"),
      Parameter("group", .int, default: .int(defaults.group), limits: 1...4096, "samples a prompt"),
      Parameter("batch", .int, default: .int(defaults.prompts), limits: 1...65536, "prompts a step"),
      Parameter(
        "updates", .int, default: .int(defaults.updates), limits: 1...64,
        "optimizer steps for each batch of samples; from the second on the clip can bind"),
      Parameter("lr", .number, default: .float(defaults.optimizer.learningRate), limits: 0...1, "learning rate"),
      Parameter(
        "loss", choice(PolicyMethod.self), default: .string(PolicyMethod.grpo.rawValue),
        "the method, which sets the parts that follow; each can be set alone"),
      Parameter("clip", .number, default: .described("the loss's, 0.2"), limits: 0...1, "the ratio stays in 1 ± clip"),
      Parameter(
        "clip_high", .number, default: .described("the loss's, clip"), limits: 0...100,
        "the upper clip, if it is another"),
      Parameter(
        "ratio", choice(PolicyLoss.Ratio.self), default: .described("the loss's"),
        "whether each token has a ratio or a sequence has one"),
      Parameter(
        "bound", choice(PolicyLoss.Bound.self), default: .described("the loss's"),
        "clip ends gradients beyond the clip, weight keeps them with a bounded ratio, free does nothing"),
      Parameter(
        "aggregation", choice(Aggregation.self), default: .described("the loss's"),
        "mean over tokens, of sequence means, or a sum over a constant"),
      Parameter(
        "advantage", choice(Advantage.self), default: .described("the loss's"),
        "what a sample's reward is compared with"
      ),
      Parameter(
        "credit", choice(PolicyLoss.Credit.self), default: .string(defaults.loss.credit.rawValue),
        "which tokens are praised and blamed"),
      Parameter(
        "kl", .number, default: .float(defaults.loss.klWeight), limits: 0...100,
        "weight of the divergence from the model as it was given"),
      Parameter(
        "kl_estimator", choice(KLDivergence.self), default: .described("the loss's, k3"), "how it is estimated"),
      Parameter(
        "kl_in", choice(KLDivergence.Place.self), default: .described("the loss's"),
        "whether it is added to the loss or taken from the reward"),
      Parameter("think", .bool, default: true, "whether it writes a rationale first"),
      Parameter("guidance", .number, default: 1, limits: 0...100, "guidance weight while sampling and scoring"),
      Parameter("temperature", .number, default: 1, limits: 0.001...100, "what logits are divided by"),
      Parameter("entropy", .object("entropy"), default: .nothing, "control of entropies, such as adaptive(text: 0.17)"),
      Parameter(
        "drop_uniform", .bool, default: .described("where they teach nothing"),
        "leave out groups whose rewards are all the same"),
      Parameter(
        "refills", .int, default: .int(defaults.dynamicSampling.refills), limits: 0...100,
        "further batches drawn when groups were left out"),
      AdapterChoice.parameter,
      Parameter(
        "minimum", .int, default: .int(defaults.dynamicSampling.minimum), limits: 1...65536,
        "with fewer groups than this a step learns nothing"),
      Parameter(
        "shortage", choice(DynamicSampling.Shortage.self), default: .string(defaults.dynamicSampling.shortage.rawValue),
        "with groups missing, learn from a smaller batch, or pad it with those left out"),
      Parameter(
        "reference", .either([.bool, .string, .list(.string)]), default: false,
        "do as the published code does: all of it, or oddities by name such as \"flat_guidance\"",
        suggestions: .texts { _ in Oddity.allCases.map { (text: $0.rawValue, note: "") } }),
      Parameter("seed", .int, default: .described("the session's"), "the seed of the order and of every draw"),
      PrecisionChoice.training,
    ], result: .object("trainer"),
    example: "grpo(model, prompts: world.prompts(4096), reward: reward.oracle(), group: 8)"
  ) { arguments, context in
    let model: ModelObject = try arguments["model"]
    let prompts: PromptList = try arguments["prompts"]
    try prompts.set.check(for: model.janus)
    let reward = try RewardObject.from(arguments, "reward", model: model, context: context)
    let trainer = try PolicyTrainer(
      model.janus, prompts: prompts.set, reward: reward, truth: OracleReward(prompts: prompts.set.prompts),
      settings: try settings(arguments, context))
    let batch: Int = try arguments["batch"]
    let perEpoch = (prompts.set.prompts.count + batch - 1) / batch
    return .object(
      TrainerObject(
        trainer, model: model, label: "grpo", shown: ["reward", "success", "text_entropy", "image_entropy"],
        stepsPerEpoch: perEpoch, clip: trainer.clipRange, recipe: Recipe("grpo", arguments, context)))
  }

  private static let defaults = PolicySettings()

  private static func choice<Part: RawRepresentable<String> & CaseIterable>(_ part: Part.Type) -> ValueType {
    .choice(part.allCases.map(\.rawValue))
  }

  /// A part by its name, or `nil` if it was not given.
  private static func part<Part: RawRepresentable<String>>(_ name: String, _ arguments: Arguments) throws -> Part? {
    (try arguments[name] as String?).flatMap(Part.init)
  }

  private static func settings(_ arguments: Arguments, _ context: Context) throws -> PolicySettings {
    var settings = defaults
    settings.group = try arguments["group"]
    settings.prompts = try arguments["batch"]
    settings.updates = try arguments["updates"]
    settings.optimizer.learningRate = try arguments["lr"]
    settings.lora = try AdapterChoice.settings(arguments)
    try setLoss(&settings, arguments)
    settings.sampling.think = try arguments["think"]
    settings.sampling.guidance = try arguments["guidance"]
    settings.sampling.temperature = try arguments["temperature"]
    settings.dynamicSampling.refills = try arguments["refills"]
    settings.dynamicSampling.minimum = try arguments["minimum"]
    settings.dynamicSampling.shortage = try part("shortage", arguments) ?? .partial
    settings.reference = try reference(arguments)
    if let entropy: EntropyObject = try arguments["entropy"] { settings.entropy = entropy.control }
    settings.seed = try arguments["seed"] as Int? ?? context.seed
    settings.precision = .init(rawValue: try PrecisionChoice.name(arguments, context)) ?? .fp32
    return settings
  }

  /// The method, and then the parts that were given alone.
  private static func setLoss(_ settings: inout PolicySettings, _ arguments: Arguments) throws {
    (try part("loss", arguments) ?? PolicyMethod.grpo).apply(to: &settings)
    if let clip: Double = try arguments["clip"] {
      // The upper clip of a method belongs to its lower one.
      (settings.loss.clip, settings.loss.clipHigh) = (clip, nil)
    }
    if let high: Double = try arguments["clip_high"] { settings.loss.clipHigh = high }
    if let ratio: PolicyLoss.Ratio = try part("ratio", arguments) { settings.loss.ratio = ratio }
    if let bound: PolicyLoss.Bound = try part("bound", arguments) { settings.loss.bound = bound }
    if let aggregation: Aggregation = try part("aggregation", arguments) { settings.loss.aggregation = aggregation }
    if let advantage: Advantage = try part("advantage", arguments) {
      settings.advantage = advantage
      settings.dynamicSampling.dropsUniform = !advantage.comparesGroups
    }
    if let credit: PolicyLoss.Credit = try part("credit", arguments) { settings.loss.credit = credit }
    settings.loss.klWeight = try arguments["kl"]
    if let form: KLDivergence = try part("kl_estimator", arguments) { settings.loss.klDivergence = form }
    if let place: KLDivergence.Place = try part("kl_in", arguments) { settings.loss.klPlace = place }
    if let drops: Bool = try arguments["drop_uniform"] { settings.dynamicSampling.dropsUniform = drops }
  }

  private static func reference(_ arguments: Arguments) throws -> ReferenceMode {
    if let all: Bool = try? arguments["reference"] { return all ? .full : .off }
    let names: [String] = if let one: String = try? arguments["reference"] { [one] } else { try arguments["reference"] }
    return ReferenceMode(
      try names.map { name in
        guard let oddity = Oddity(rawValue: name) else {
          throw arguments.problem(
            "reference", "there is no oddity '\(name)'",
            fix: "give true, or one of " + Oddity.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return oddity
      })
  }
}
