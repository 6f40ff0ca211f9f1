import Learning
import Models
import Pictures
import Primitives
import Script
import Shapes

/// The built-in world of coloured shapes: it writes prompts, draws true pictures and judges.
final class World: BoundObject {
  static let functions: [Member] = [
    .function(
      "shapes",
      "The built-in world: eight shapes, ten colours, sizes, textures, nine places, and an oracle that judges",
      result: .object("world"), example: "world = shapes()"
    ) { _, _ in .object(World()) }
  ]

  static let type = BoundType(
    "world", "A procedural world with exact ground truth",
    members: [
      .method(
        "prompts", of: World.self, "Random prompts from the training side of the world",
        [
          Parameter("count", .int, limits: 1...1_000_000, "how many"),
          Parameter(
            "task", .choice(promptKinds), default: .described("GenEval's six"),
            "the GenEval task, or other kind, that they are drawn from"),
          grownShare,
          Parameter("seed", .int, default: .described("the session's"), "the seed of the draw"),
        ], result: .object("prompts"), example: "world.prompts(4096)"
      ) { _, arguments, context in
        let seed: Int? = try arguments["seed"]
        return .object(
          PromptList(
            try PromptSet.world(
              count: try arguments["count"], kinds: kinds(arguments), grown: try arguments["grown"],
              seed: seed ?? context.seed)))
      },
      DatasetObject.ofWorld,
      .method(
        "ceiling", of: World.self, "Which share of true pictures passes after the image tokenizer, by kind of prompt",
        [
          Parameter("model", .object("model"), "whose image tokenizer"),
          Parameter("prompts", .int, default: 100, limits: 1...10_000, "how many of each kind"),
          Parameter("seed", .int, default: 0, "the seed of prompts and pictures"),
        ], result: .table, example: "world.ceiling(janus(\"tiny\"))"
      ) { _, arguments, context in
        let model: ModelObject = try arguments["model"]
        return .table(
          try ceiling(model, count: try arguments["prompts"], seed: try arguments["seed"], context))
      },
      .method(
        "draw", of: World.self, "A true picture of a prompt",
        [
          Parameter("prompt", .string, "what it shows", suggestions: World.promptWords),
          Parameter("seed", .int, default: .described("the session's"), "the seed of what the prompt leaves open"),
        ], result: .object("picture"), example: "world.draw(\"a photo of two red hearts\")"
      ) { _, arguments, context in
        let text: String = try arguments["prompt"]
        let seed: Int? = try arguments["seed"]
        let scene = SceneSampler.scene(for: try PromptParser.parse(text), seed: seed ?? context.seed)
        return .object(PictureObject(Renderer.draw(scene), caption: Rationale.write(scene)))
      },
      .property("words", of: World.self, "Every word that prompts and rationales use", result: .list(.string)) {
        _, _ in Value(Vocabulary.words)
      },
    ])

  /// The words of prompts, for completion inside quotes.
  static let promptWords = Suggestions.words { _ in Vocabulary.words.filter { $0.first?.isLetter == true } }

  var boundType: BoundType { Self.type }
  var summary: String {
    "world of \(ShapeName.allCases.count) shapes, \(ColorName.allCases.count) colours, "
      + "\(SizeName.ordinary.count) sizes, \(TextureName.allCases.count) textures and \(Cell.allCases.count) places"
  }

  private static func ceiling(_ model: ModelObject, count: Int, seed: Int, _ context: Context) throws -> Table {
    let kinds = promptKinds
    defer { context.output.progress(nil) }
    let shares = try kinds.enumerated().map { index, kind in
      try context.checkStop()
      context.output.progress(ProgressReport(label: "ceiling", done: index, total: kinds.count))
      let prompts = try PromptSet.world(count: count, kinds: [kind], split: .all, seed: seed)
      let verdicts = ImageTokenizerTrainer.verdicts(on: model.janus.imageTokenizer, prompts: prompts, seed: seed)
      return Double(verdicts.count { $0.passes }) / Double(count)
    }
    return Table([
      (name: "kind", values: kinds.map { .string($0) }), (name: "share", values: shares.map { .float($0) }),
    ])
  }

  /// GenEval's six tasks and the families of the grown world.
  static let promptKinds = Prompt.Task.allCases.map(\.rawValue) + PromptFamily.allCases.map(\.rawValue)

  /// The share of prompts of the grown world.
  static let grownShare = Parameter(
    "grown", .number, default: 0, limits: 0...1,
    "share of prompts of the other kinds, such as textures, relations, dense and indirect descriptions")

  static func kinds(_ arguments: Arguments) throws -> [String] {
    guard let name: String = try arguments["task"] else { return Prompt.Task.allCases.map(\.rawValue) }
    return [name]
  }
}
