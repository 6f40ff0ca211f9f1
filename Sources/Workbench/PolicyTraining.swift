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
      Parameter("clip", .number, default: .float(defaults.loss.clip), limits: 0...1, "the ratio stays in 1 ± clip"),
      Parameter(
        "clip_high", .number, default: .described("clip"), limits: 0...100, "the upper clip, if it is another"),
      Parameter(
        "kl", .number, default: .float(defaults.loss.klWeight), limits: 0...100,
        "weight of the divergence from the model as it was given"),
      Parameter("think", .bool, default: true, "whether it writes a rationale first"),
      Parameter("guidance", .number, default: 1, limits: 0...100, "guidance weight while sampling and scoring"),
      Parameter("temperature", .number, default: 1, limits: 0.001...100, "what logits are divided by"),
      Parameter("entropy", .object("entropy"), default: .nothing, "control of entropies, such as adaptive(text: 0.17)"),
      Parameter("drop_uniform", .bool, default: true, "leave out groups whose rewards are all the same"),
      Parameter(
        "refills", .int, default: .int(defaults.dynamicSampling.refills), limits: 0...100,
        "further batches drawn when groups were left out"),
      AdapterChoice.parameter,
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
    let perEpoch = (prompts.set.prompts.count + defaults.prompts - 1) / defaults.prompts
    return .object(
      TrainerObject(
        trainer, model: model, label: "grpo", shown: ["reward", "success", "text_entropy", "image_entropy"],
        stepsPerEpoch: perEpoch, clip: trainer.clipRange))
  }

  private static let defaults = PolicySettings()

  private static func settings(_ arguments: Arguments, _ context: Context) throws -> PolicySettings {
    var settings = defaults
    settings.group = try arguments["group"]
    settings.prompts = try arguments["batch"]
    settings.updates = try arguments["updates"]
    settings.optimizer.learningRate = try arguments["lr"]
    settings.lora = try AdapterChoice.settings(arguments)
    settings.loss.clip = try arguments["clip"]
    settings.loss.clipHigh = try arguments["clip_high"]
    settings.loss.klWeight = try arguments["kl"]
    settings.sampling.think = try arguments["think"]
    settings.sampling.guidance = try arguments["guidance"]
    settings.sampling.temperature = try arguments["temperature"]
    settings.dynamicSampling.dropsUniform = try arguments["drop_uniform"]
    settings.dynamicSampling.refills = try arguments["refills"]
    if let entropy: EntropyObject = try arguments["entropy"] { settings.entropy = entropy.control }
    settings.seed = try arguments["seed"] as Int? ?? context.seed
    settings.precision = .init(rawValue: try PrecisionChoice.name(arguments, context)) ?? .fp32
    return settings
  }
}
