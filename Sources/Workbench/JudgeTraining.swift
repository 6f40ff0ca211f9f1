import Learning
import Script

/// The function that makes trainers of judges.
enum JudgeTraining {
  static let member = Member.function(
    "judge_trainer", "Trains a model that looks to answer as the oracle does whether a picture shows a prompt",
    [
      Parameter("model", .object("model"), "with a vision encoder, such as janus(\"untrained-vlm\"); trained in place"),
      Parameter("prompts", .object("prompts"), "what pictures are asked to show, such as world.prompts(4096)"),
      Parameter(
        "painters", .list(.object("model")), "models whose pictures it learns to judge, besides true and damaged ones"),
      Parameter("lr", .number, default: .float(defaults.optimizer.learningRate), limits: 0...1, "peak learning rate"),
      Parameter("batch", .int, default: .int(defaults.batch), limits: 1...4096, "pictures a step"),
      Parameter(
        "questions", .int, default: .int(defaults.questions), limits: 1...8, "yes-or-no questions a picture, at most"),
      Parameter(
        "painted", .int, default: .int(defaults.painted), limits: 1...1_000_000, "pictures that each painter paints"),
      Parameter(
        "painted_share", .number, default: .float(defaults.paintedShare), limits: 0...1,
        "share of a step's pictures that painters painted; the others are true or damaged"),
      Parameter(
        "description", .number, default: .float(defaults.descriptionWeight), limits: 0...100,
        "weight of each word of a description; a yes or no weighs 1"),
      Parameter("seed", .int, default: .described("the session's"), "the seed of pictures and questions"),
    ], result: .object("trainer"),
    example: "judge_trainer(janus(\"untrained-vlm\"), prompts: world.prompts(4096), painters: [janus()])"
  ) { arguments, context in
    let model: ModelObject = try arguments["model"]
    let prompts: PromptList = try arguments["prompts"]
    let painters = try arguments.objects("painters", as: ModelObject.self)
    var settings = defaults
    settings.optimizer.learningRate = try arguments["lr"]
    settings.batch = try arguments["batch"]
    settings.questions = try arguments["questions"]
    settings.painted = try arguments["painted"]
    settings.paintedShare = try arguments["painted_share"]
    settings.descriptionWeight = try arguments["description"]
    settings.seed = try arguments["seed"] as Int? ?? context.seed
    let trainer = try JudgeTrainer(
      model.janus, prompts: prompts.set, painters: painters.map(\.janus), settings: settings, stop: context.stop)
    return .object(
      TrainerObject(
        trainer, model: model, label: "judge", shown: ["accuracy", "answer_ce", "description_ce"], stepsPerEpoch: 2000,
        recipe: Recipe("judge_trainer", arguments, context)))
  }

  private static let defaults = JudgeTrainer.Settings()
}
