import Learning
import Pictures
import Primitives
import Script
import Shapes

/// The built-in world of coloured shapes: it writes prompts, draws true pictures and judges.
final class World: BoundObject {
  static let functions: [Member] = [
    .function(
      "shapes", "The built-in world: eight shapes, ten colours, two sizes, nine places, and an oracle that judges",
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
            "task", .choice(Prompt.Task.allCases.map(\.rawValue)), default: .described("all six"),
            "the GenEval task that they are drawn from"),
          Parameter("seed", .int, default: .described("the session's"), "the seed of the draw"),
        ], result: .object("prompts"), example: "world.prompts(4096)"
      ) { _, arguments, context in
        let seed: Int? = try arguments["seed"]
        return .object(
          PromptList(
            try PromptSet.world(
              count: try arguments["count"], tasks: try tasks(arguments), seed: seed ?? context.seed)))
      },
      DatasetObject.ofWorld,
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
      + "\(SizeName.allCases.count) sizes and \(Cell.allCases.count) places"
  }

  static func tasks(_ arguments: Arguments) throws -> [Prompt.Task] {
    guard let name: String = try arguments["task"], let task = Prompt.Task(rawValue: name) else {
      return Prompt.Task.allCases
    }
    return [task]
  }
}
