import Learning
import Script

/// The function that makes trainers of image tokenizers.
enum ImageTokenizerTraining {
  static let member = Member.function(
    "image_tokenizer", "Trains a model's image tokenizer on crowded pictures of the world; its policy is left alone",
    [
      Parameter("model", .object("model"), "whose image tokenizer is trained in place"),
      Parameter("lr", .number, default: .float(defaults.optimizer.learningRate), limits: 0...1, "peak learning rate"),
      Parameter("batch", .int, default: .int(defaults.batch), limits: 1...4096, "pictures a step"),
      Parameter(
        "grown", .number, default: .float(defaults.grown), limits: 0...1,
        "share of pictures with textures, backgrounds and huge objects"),
      Parameter("seed", .int, default: .described("the session's"), "the seed of the pictures"),
    ], result: .object("trainer"), example: "image_tokenizer(janus(\"untrained\")).run(steps: 1600)"
  ) { arguments, context in
    let model: ModelObject = try arguments["model"]
    var settings = defaults
    settings.optimizer.learningRate = try arguments["lr"]
    settings.batch = try arguments["batch"]
    settings.grown = try arguments["grown"]
    settings.seed = try arguments["seed"] as Int? ?? context.seed
    return .object(
      TrainerObject(
        try ImageTokenizerTrainer(model.janus, settings: settings), model: model, label: "image-tokenizer",
        shown: ["loss", "commitment", "codes"], stepsPerEpoch: 1600,
        recipe: Recipe("image_tokenizer", arguments, context)))
  }

  private static let defaults = ImageTokenizerTrainer.Settings()
}
