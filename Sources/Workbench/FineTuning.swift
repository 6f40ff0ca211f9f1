import Learning
import Script

/// The function that makes supervised trainers.
enum FineTuning {
  static let member = Member.function(
    "finetune", "Supervised training: learns to think, then paint, from prompts with rationales and true pictures",
    [
      Parameter("model", .object("model"), "trained in place"),
      Parameter("data", .object("dataset"), "what to learn from, such as world.dataset(20_000)"),
      Parameter("lr", .number, default: .float(defaults.optimizer.learningRate), limits: 0...1, "peak learning rate"),
      Parameter("batch", .int, default: .int(defaults.batch), limits: 1...65536, "paintings a step"),
      Parameter(
        "dropout", .number, default: .float(defaults.promptDropout), limits: 0...1,
        "share of paintings that lose prompt and rationale, for guidance"),
      Parameter(
        "weights", .record, default: .described("(text: 2, image: 1, image_start: 2)"), "how much each token weighs"),
      Parameter("decay", .number, default: .float(defaults.optimizer.weightDecay), limits: 0...1, "weight decay"),
      Parameter(
        "schedule", .choice(OptimizerSettings.Schedule.allCases.map(\.rawValue)),
        default: .string(defaults.optimizer.schedule.rawValue), "the course of the learning rate"),
      Parameter("seed", .int, default: .described("the session's"), "the seed of order and dropout"),
      PrecisionChoice.training,
    ], result: .object("trainer"), example: "finetune(model, data: world.dataset(20_000, think: true), lr: 3e-4)"
  ) { arguments, context in
    let model: ModelObject = try arguments["model"]
    let dataset: DatasetObject = try arguments["data"]
    var settings = defaults
    settings.batch = try arguments["batch"]
    settings.promptDropout = try arguments["dropout"]
    settings.weights = try weights(arguments)
    settings.optimizer.learningRate = try arguments["lr"]
    settings.optimizer.weightDecay = try arguments["decay"]
    settings.optimizer.schedule = .init(rawValue: try arguments["schedule"]) ?? settings.optimizer.schedule
    settings.seed = try arguments["seed"] as Int? ?? context.seed
    settings.precision = .init(rawValue: try PrecisionChoice.name(arguments, context)) ?? .fp32
    let tuner = try FineTuner(model.janus, data: dataset.data, settings: settings)
    return .object(
      TrainerObject(
        tuner, model: model, label: "finetune", shown: ["loss", "text_ce", "image_ce"],
        stepsPerEpoch: tuner.stepsPerEpoch))
  }

  private static let defaults = FineTuner.Settings()

  private static func weights(_ arguments: Arguments) throws -> TokenWeights {
    var weights = TokenWeights()
    guard let record: Record = try arguments["weights"] else { return weights }
    for name in record.names {
      guard let number = record[name].flatMap(Double.from), number >= 0 else {
        throw arguments.problem("weights", "the weight of '\(name)' must be a number from 0")
      }
      switch name {
      case "text": weights.text = number
      case "image": weights.image = number
      case "image_start": weights.imageStart = number
      default:
        throw arguments.problem(
          "weights", "there is no token weight '\(name)'", fix: "give text, image or image_start")
      }
    }
    return weights
  }
}
