import Benchmarks
import Learning
import Models
import Primitives
import Script
import Shapes

/// A benchmark as a value of the language.
final class BenchmarkObject: BoundObject {
  static let functions: [Member] = [
    .function(
      "geneval", "Mini-GenEval: six tasks in the world of shapes, on prompts that training never sees",
      [
        Parameter("world", .object("world"), "the world that judges"),
        Parameter("prompts", .int, default: 240, limits: 6...100_000, "how many, over all six tasks"),
        Parameter("seed", .int, default: 0, "which prompts; the same for all models that are to be compared"),
      ], result: .object("benchmark"), example: "test = geneval(world, prompts: 240)"
    ) { arguments, context in
      .object(
        BenchmarkObject(
          MiniGenEval.profile(count: try arguments["prompts"], seed: try arguments["seed"]),
          recipe: Recipe("geneval", arguments, context)))
    },
    .function(
      "dpg", "Mini-DPG: dense descriptions, with questions that depend on each other as in DPG-Bench",
      [
        Parameter("world", .object("world"), "the world that judges"),
        Parameter(
          "prompts", .int, default: 200, limits: 2...100_000, "how many; half state pairs that training never does"),
        Parameter("seed", .int, default: 0, "which prompts; the same for all models that are to be compared"),
      ], result: .object("benchmark"), example: "test = dpg(world, prompts: 200)"
    ) { arguments, context in
      .object(
        BenchmarkObject(
          MiniDPG(count: try arguments["prompts"], seed: try arguments["seed"]),
          recipe: Recipe("dpg", arguments, context)))
    },
    .function(
      "t2i", "Mini-T2I-CompBench: seven categories with the official scores; the headline is the mean of the first six",
      [
        Parameter("world", .object("world"), "the world that judges"),
        Parameter("prompts", .int, default: 280, limits: 14...100_000, "how many, over all categories"),
        Parameter("seed", .int, default: 0, "which prompts; the same for all models that are to be compared"),
      ], result: .object("benchmark"), example: "test = t2i(world, prompts: 280)"
    ) { arguments, context in
      .object(
        BenchmarkObject(
          MiniT2I(count: try arguments["prompts"], seed: try arguments["seed"]),
          recipe: Recipe("t2i", arguments, context)))
    },
    .function(
      "understanding",
      "A text task: whether the thoughts of a model, drawn without an error, show what is asked, on mini-GenEval's prompts",
      [
        Parameter("world", .object("world"), "the world that judges"),
        Parameter("prompts", .int, default: 240, limits: 6...100_000, "how many, over all six tasks"),
        Parameter("seed", .int, default: 0, "which prompts; the same for all models that are to be compared"),
      ], result: .object("benchmark"), example: "understanding(world).score(model)"
    ) { arguments, context in
      .object(
        BenchmarkObject(
          Understanding(count: try arguments["prompts"], seed: try arguments["seed"]),
          recipe: Recipe("understanding", arguments, context)))
    },
    .function(
      "paintable", "Says which prompts of a file the tiny model can paint, which it cannot, and why",
      [Parameter("path", .existingFile, "a text file, GenEval's JSONL, a T2I-CompBench file, or DPG-Bench's folder")],
      result: .record, example: "paintable(\"evaluation_metadata.jsonl\")"
    ) { arguments, context in
      let path: String = try arguments["path"]
      FileContent.note(path, context)
      let report = PaintabilityReport(try PromptFile.read(path))
      context.output.write(report.description)
      return Value(record: [
        "prompts": .int(report.accepted.count + report.refused.count), "paintable": .int(report.accepted.count),
      ])
    },
  ]

  static let type = BoundType(
    "benchmark", "Prompts with exact judging",
    members: [
      .method(
        "score", of: BenchmarkObject.self, "Lets a model paint every prompt and judges the pictures",
        [
          Parameter("model", .object("model"), "what paints"),
          Parameter("n", .int, default: 1, limits: 1...256, "pictures a prompt"),
          Parameter("name", .string, default: .described("the model's name"), "what tables call it"),
        ] + ModelObject.samplingParameters, result: .object("scorecard"), example: "test.score(model, think: false)"
      ) { object, arguments, context in
        .object(ScorecardObject(try object.score(arguments, context)))
      },
      .method(
        "prompts", of: BenchmarkObject.self, "Some of its prompts, evenly from all tasks",
        [Parameter("count", .int, limits: 1...100_000, "how many")], result: .object("prompts")
      ) { object, arguments, _ in
        let prompts = object.benchmark.prompts
        let count: Int = min(try arguments["count"], prompts.count)
        let chosen = (0..<count).map { prompts[$0 * prompts.count / count] }
        return .object(PromptList(try PromptSet(chosen, name: object.benchmark.name)))
      },
      .property("count", of: BenchmarkObject.self, "How many prompts it has", result: .int) { object, _ in
        .int(object.benchmark.prompts.count)
      },
      .method(
        "ceiling", of: BenchmarkObject.self, "The score of true pictures after the image tokenizer's round trip",
        [Parameter("model", .object("model"), "whose image tokenizer")], result: .record
      ) { object, arguments, _ in
        let model: ModelObject = try arguments["model"]
        let ceiling = try object.ceiling(of: model)
        return Value(record: [
          "value": .float(ceiling.value), "low": .float(ceiling.low), "high": .float(ceiling.high),
        ])
      },
    ])

  let benchmark: any PaintingBenchmark
  let recipe: Recipe

  init(_ benchmark: any PaintingBenchmark, recipe: Recipe) { (self.benchmark, self.recipe) = (benchmark, recipe) }

  var boundType: BoundType { Self.type }
  var summary: String { "\(benchmark.name) with \(benchmark.prompts.count) prompts" }

  private func ceiling(of model: ModelObject) throws -> Estimate {
    let tokenizer = model.janus.imageTokenizer
    return try benchmark.ceiling { tokenizer.decode(tokenizer.encode($0)) }
  }

  private func score(_ arguments: Arguments, _ context: Context) throws -> Scorecard {
    let model: ModelObject = try arguments["model"]
    var options = try ModelObject.options(arguments)
    guard !benchmark.judgesThoughts || options.think else {
      throw arguments.problem("think", "\(benchmark.name) judges thoughts", fix: "leave think: true")
    }
    options.decodesImages = !benchmark.judgesThoughts
    let name = try arguments["name"] as String? ?? model.name
    let seed = try arguments["seed"] as Int? ?? context.seed
    let count: Int = try arguments["n"]
    let precision = try PrecisionChoice.name(arguments, context)
    let card = ProtocolCard(
      model: name, isThinking: options.think, guidance: Double(options.guidance),
      temperature: Double(options.temperature), seed: seed,
      ceiling: benchmark.judgesThoughts ? nil : try ceiling(of: model))
    defer { context.output.progress(nil) }
    let prompts = benchmark.prompts
    var pictures: [[Bitmap]] = []
    // Batches bound the memory and let Ctrl-C in; a batch's number is part of its draws' address.
    for first in stride(from: 0, to: prompts.count, by: Self.promptsAtOnce) {
      try context.checkStop()
      let part = prompts[first..<min(first + Self.promptsAtOnce, prompts.count)].map(\.text)
      let samples = try model.janus.inPrecision(precision) {
        try Sampler(model.janus).sample(
          part, count: count, options: options, seed: seed, step: first, stop: context.stop)
      }
      let judged = samples.map { benchmark.judgesThoughts ? Understanding.picture(of: $0.rationale) : $0.image }
      pictures += part.indices.map { index in Array(judged[(index * count)..<((index + 1) * count)]) }
      context.output.progress(ProgressReport(label: "score \(name)", done: pictures.count, total: prompts.count))
    }
    return try benchmark.score(pictures, card)
  }

  private static let promptsAtOnce = 64
}
