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
      Parameter(
        "ramp", .record, default: .nothing,
        "a weight that grows: (key: \"text\", start: 0.2, end: 0.5), from 0 to whole between these shares of the steps"),
      Parameter(
        "kl", .number, default: .float(defaults.klWeight), limits: 0...100,
        "weight of the divergence (k3, at the data's tokens) from the model as it was given"),
      Parameter(
        "layout", .choice(FineTuner.Settings.Layout.allCases.map(\.rawValue)),
        default: .string(defaults.layout.rawValue),
        "one sequence of thought and picture, or two: the thought, and the picture of a given thought"),
      AdapterChoice.parameter,
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
    settings.ramp = try ramp(arguments)
    settings.klWeight = try arguments["kl"]
    settings.layout = .init(rawValue: try arguments["layout"]) ?? settings.layout
    settings.lora = try AdapterChoice.settings(arguments)
    settings.optimizer.learningRate = try arguments["lr"]
    settings.optimizer.weightDecay = try arguments["decay"]
    settings.optimizer.schedule = .init(rawValue: try arguments["schedule"]) ?? settings.optimizer.schedule
    settings.seed = try arguments["seed"] as Int? ?? context.seed
    settings.precision = .init(rawValue: try PrecisionChoice.name(arguments, context)) ?? .fp32
    let tuner = try FineTuner(model.janus, data: dataset.data, settings: settings)
    return .object(
      TrainerObject(
        tuner, model: model, label: "finetune", shown: ["loss", "text_ce", "image_ce"],
        stepsPerEpoch: tuner.stepsPerEpoch, recipe: Recipe("finetune", arguments, context)))
  }

  private static let defaults = FineTuner.Settings()

  private static let tokenKinds: [(name: String, kind: TokenKind)] = [
    ("text", .text), ("image", .image), ("image_start", .imageStart),
  ]

  private static func ramp(_ arguments: Arguments) throws -> WeightRamp? {
    guard let record: Record = try arguments["ramp"] else { return nil }
    if let name = record.names.first(where: { !["key", "start", "end"].contains($0) }) {
      throw arguments.problem("ramp", "a ramp has no '\(name)'", fix: "give key, start and end")
    }
    let keys = record["key"].flatMap { String.from($0).map { [$0] } ?? [String].from($0) } ?? []
    let kinds = try keys.map { key in
      guard let kind = tokenKinds.first(where: { $0.name == key })?.kind else {
        throw arguments.problem("ramp", "there is no token weight '\(key)'", fix: "give text, image or image_start")
      }
      return kind
    }
    guard !kinds.isEmpty, let end = record["end"].flatMap(Double.from) else {
      throw arguments.problem(
        "ramp", "a ramp needs a key and an end", fix: "write ramp: (key: \"text\", start: 0.2, end: 0.5)")
    }
    return WeightRamp(kinds, from: record["start"].flatMap(Double.from) ?? 0, to: end)
  }

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
