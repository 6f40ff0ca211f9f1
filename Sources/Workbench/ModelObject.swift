import Learning
import Models
import Primitives
import Records
import Script
import Shapes

/// A model as a value of the language.
final class ModelObject: BoundObject {
  static let functions: [Member] = [
    .function(
      "janus", "A model that thinks and paints in one sequence: the one shipped with Easel, or one that was saved",
      [
        Parameter(
          "name", .string, default: "tiny",
          "\"tiny\", \"tiny-vlm\" (it looks), \"untrained\", \"untrained-vlm\", a saved folder or an exported file",
          suggestions: .texts { context in
            [
              (text: "tiny", note: "shipped with Easel"),
              (text: "tiny-vlm", note: "judges pictures"),
              (text: "untrained", note: "random weights"),
              (text: "untrained-vlm", note: "random weights, looks at pictures"),
            ]
              + Run.checkpoints(context, holding: "model.safetensors")
          }),
        Parameter("seed", .int, default: .described("the session's"), "the seed of random weights"),
        Parameter("codes", .int, default: 512, limits: 2...65536, "image codes K of random weights"),
      ], result: .object("model"), example: "model = janus(\"tiny\")"
    ) { arguments, context in
      let name: String = try arguments["name"]
      let seed = try arguments["seed"] as Int? ?? context.seed
      switch name {
      case "untrained":
        var configuration = Janus.Configuration(words: Vocabulary.words)
        configuration.imageTokenizer.codes = try arguments["codes"]
        return .object(ModelObject(try Janus(configuration, seed: seed), name: name))
      case "untrained-vlm":
        return .object(ModelObject(try Janus(.judge(words: JudgeQuestion.words), seed: seed), name: name))
      default:
        if !shipped.contains(name) { FileContent.note(name, context) }
        return .object(try stored(name))
      }
    }
  ]

  /// The names of the models that ship.
  private static let shipped = ["tiny", "tiny-vlm"]

  /// A shipped model, or one from a saved folder or an exported file.
  static func stored(_ name: String) throws -> ModelObject {
    switch name {
    case "tiny": ModelObject(try Janus.tiny(), name: name)
    case "tiny-vlm": ModelObject(try Janus.tinyJudge(), name: name)
    case _ where name.hasSuffix(".safetensors"): ModelObject(try Janus.load(file: name), name: name)
    default: ModelObject(try Janus.load(from: name), name: name)
    }
  }

  static let type = BoundType(
    "model", "A model that thinks and paints in one sequence",
    members: [
      .method(
        "paint", of: ModelObject.self, "Samples pictures of a prompt, or of each of many",
        [
          Parameter(
            "prompt", .either([.string, .object("prompts")]), "what they show", suggestions: World.promptWords)
        ]
          + ModelObject.samplingParameters + [
            Parameter("n", .int, default: 1, limits: 1...4096, "how many of each prompt")
          ], result: .list(.object("sample")), example: "model.paint(\"a red circle left of a blue star\", n: 4)"
      ) { model, arguments, context in
        let prompt: String? = try? arguments["prompt"]
        let prompts: [String]
        if let prompt {
          prompts = [ModelObject.completed(prompt)]
        } else {
          let list: PromptList = try arguments["prompt"]
          prompts = list.set.prompts.map(\.text)
        }
        let samples = try model.sample(
          prompts, count: try arguments["n"], arguments: arguments, context: context)
        return .list(List(samples.map { .object($0) }))
      },
      .method(
        "ask", of: ModelObject.self, "Answers a question about a picture in words; needs a vision encoder",
        [
          Parameter("image", .either([.object("picture"), .object("sample")]), "what it is asked about"),
          Parameter(
            "question", .string, "in the words that it knows, such as \"does this show a red star?\"",
            isUnnamed: true),
        ], result: .string, example: "janus(\"tiny-vlm\").ask(picture, \"does this show a red star?\")"
      ) { model, arguments, context in
        let sample: SampleObject? = try? arguments["image"]
        let picture: PictureObject = try sample?.picture ?? arguments["image"]
        let question: String = try arguments["question"]
        let answers = try model.janus.ask([question], about: [picture.bitmap], stop: context.stop)
        return .string(answers.first?.text ?? "")
      },
      .method("copy", of: ModelObject.self, "An independent copy", result: .object("model")) { model, _, _ in
        .object(ModelObject(model.janus.copy(), name: model.name))
      },
      .method(
        "save", of: ModelObject.self, "Writes weights and configuration; janus reads them back",
        [Parameter("folder", .string, "a folder, inside the run's own unless it has a slash")], result: .string,
        example: "model.save(\"tuned\")"
      ) { model, arguments, context in
        let name: String = try arguments["folder"]
        let folder = try name.contains("/") ? name : Run.of(context).file(name, in: .checkpoints)
        try model.janus.save(to: folder)
        Run.wrote(folder, kind: "checkpoint", context)
        context.output.write("model saved: \(folder)")
        return .string(folder)
      },
      .method(
        "export", of: ModelObject.self, "Writes one file of half-precision weights and their configuration",
        [Parameter("path", .newFile, "the file, ending in .safetensors")], result: .string,
        example: "model.export(\"model.safetensors\")"
      ) { model, arguments, context in
        let path: String = try arguments["path"]
        try model.janus.export(to: path)
        Run.wrote(path, kind: "weights", context)
        return .string(path)
      },
      .property("parameters", of: ModelObject.self, "How many numbers training changes", result: .int) { model, _ in
        .int(model.janus.parameterCount)
      },
      CostTable.member,
      .method(
        "round_trip", of: ModelObject.self, "A picture after the image tokenizer: what no policy can better",
        [Parameter("picture", .object("picture"), "64 by 64 pixels")], result: .object("picture")
      ) { model, arguments, _ in
        let picture: PictureObject = try arguments["picture"]
        let codes = model.janus.imageTokenizer.encode([picture.bitmap])
        let image = model.janus.imageTokenizer.decode(codes).first ?? picture.bitmap
        return .object(PictureObject(image, caption: picture.caption))
      },
    ])

  /// What every member that samples takes.
  static let samplingParameters: [Parameter] = [
    Parameter("think", .bool, default: true, "whether it writes a rationale first"),
    Parameter("guidance", .number, default: 1, limits: 0...100, "weight w of u + w (c − u) on image logits; 1 is none"),
    Parameter("temperature", .number, default: 1, limits: 0.001...100, "what logits are divided by"),
    Parameter("top_k", .int, default: .described("all"), limits: 1...1e6, "draw from the k likeliest tokens only"),
    Parameter(
      "top_p", .number, default: 1, limits: 1e-6...1, "draw from the likeliest tokens of this probability together"),
    Parameter("seed", .int, default: .described("the session's"), "the seed of the draws"),
    PrecisionChoice.sampling,
  ]

  let janus: Janus
  let name: String

  init(_ janus: Janus, name: String) { (self.janus, self.name) = (janus, name) }

  var boundType: BoundType { Self.type }
  var summary: String {
    let count = janus.parameterCount
    let text = count >= 1_000_000 ? "\((Double(count) / 1e5).rounded() / 10) million" : "\(count)"
    return "janus model '\(name)' with \(text) parameters"
  }

  /// The summary, the sizes of the decoder, and the memory it takes.
  func display() -> Display {
    let size = janus.configuration
    let decoder = "\(size.decoder.layers) layers of width \(size.decoder.width), \(size.decoder.heads) heads"
    var parts = ["\(size.words.count) words"]
    // A model that only looks has an image tokenizer of one code.
    if size.imageTokenizer.codes > 1 {
      parts.append("\(size.codesPerImage) codes a picture out of \(size.imageTokenizer.codes)")
    }
    if let eyes = janus.visionEncoder?.configuration {
      parts.append("looks at \(eyes.imageSize) × \(eyes.imageSize) pixels in \(eyes.patches) patches")
    }
    let text =
      summary + "\n  \(decoder); \(parts.joined(separator: ", "))"
      + "\n  weights \(Machine.mebibytes(4 * janus.parameterCount))"
    return Display(text + "; Easel in all \(Machine.mebibytes(Machine.memory))", lasting: text)
  }

  /// Samples with the options that ``samplingParameters`` declare.
  func sample(_ prompts: [String], count: Int, arguments: Arguments, context: Context) throws -> [SampleObject] {
    let seed = try arguments["seed"] as Int? ?? context.seed
    let samples = try janus.inPrecision(PrecisionChoice.name(arguments, context)) {
      try Sampler(janus).sample(
        prompts, count: count, options: Self.options(arguments), seed: seed, step: 0, stop: context.stop)
    }
    return samples.map { SampleObject($0, model: self, seed: seed) }
  }

  static func options(_ arguments: Arguments) throws -> SamplingOptions {
    SamplingOptions(
      think: try arguments["think"], guidance: try arguments["guidance"], temperature: try arguments["temperature"],
      topK: try arguments["top_k"], topP: try arguments["top_p"])
  }

  /// A prompt as the model was trained on it: with the words that every prompt begins with.
  static func completed(_ prompt: String) -> String {
    prompt.lowercased().hasPrefix(Vocabulary.prefix) ? prompt : Vocabulary.prefix + " " + prompt
  }
}
