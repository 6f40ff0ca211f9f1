import Foundation
import Learning
import Pictures
import Primitives
import Script
import Shapes

/// Prompts with true pictures and rationales as a value of the language.
final class DatasetObject: BoundObject {
  /// Which prompts and rationales of a picture are used; what every member that makes a dataset takes.
  private static let formParameters: [Parameter] = [
    Parameter("think", .bool, default: true, "whether each has a rationale before its picture"),
    Parameter(
      "style", .either([.string, .list(.string)]), default: "plan",
      "of rationales: plan, step_by_step, object_centric, region_descriptions, tags; of several one is drawn each time"),
    Parameter(
      "augment", .either([.bool, .list(.string)]), default: false,
      "draw prompts from short_caption, paraphrases, tags, varied_captions, object_prompts, or from a list of these"),
    Parameter(
      "detailed", .number, default: 0, limits: 0...1,
      "share whose prompt describes the whole picture, as a rationale would"),
  ]

  static let functions: [Member] = [
    .function(
      "dataset", "Prompts with pictures and rationales from a file in the form of ReasonGen-R1's data set",
      [
        Parameter(
          "file", .existingFile,
          "JSON Lines with brief_caption, detailed_caption, image (PNG: a data URL or a path beside the file)")
      ] + formParameters + [
        Parameter("seed", .int, default: .described("the session's"), "the seed of the draws")
      ], result: .object("dataset"), example: "dataset(\"shapes.jsonl\", style: [\"plan\", \"tags\"], augment: true)"
    ) { arguments, context in
      let path: String = try arguments["file"]
      FileContent.note(path, context)
      let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
      let rows = try PaintingRecord.lines(of: text, file: path).map { line, record in
        (record: record, image: try picture(of: record, line: line, file: path))
      }
      return .object(
        DatasetObject(
          PaintingDataset(rows, name: path, form: try form(arguments, context, separator: ",")),
          recipe: Recipe("dataset", arguments, context, content: FileContent.fingerprint(of: path))))
    }
  ]

  /// The method of the world that makes datasets.
  static let ofWorld = Member.method(
    "dataset", of: World.self, "Prompts with true pictures, and rationales that plan them",
    [Parameter("count", .int, limits: 1...10_000_000, "how many examples")] + formParameters + [
      Parameter(
        "task", .choice(World.promptKinds), default: .described("GenEval's six"),
        "the GenEval task, or other kind, that the prompts are drawn from"),
      World.grownShare,
      Parameter("seed", .int, default: .described("the session's"), "the seed of the draw"),
    ], result: .object("dataset"), example: "world.dataset(20_000, think: true)"
  ) { _, arguments, context in
    let form = try form(arguments, context, separator: " ;")
    let prompts = try PromptSet.world(
      count: try arguments["count"], kinds: World.kinds(arguments), grown: try arguments["grown"], seed: form.seed)
    return .object(
      DatasetObject(
        PaintingDataset(prompts: prompts, form: form), recipe: Recipe("world.dataset", arguments, context)))
  }

  static let type = BoundType(
    "dataset", "Prompts with true pictures, and rationales that plan them",
    members: [
      .property("count", of: DatasetObject.self, "How many paintings there are", result: .int) { dataset, _ in
        .int(dataset.data.count)
      },
      .method(
        "first", of: DatasetObject.self, "The first few as records of prompt, rationale and image",
        [Parameter("count", .int, limits: 1...10_000, "how many")], result: .list(.record)
      ) { dataset, arguments, _ in
        let count: Int = try arguments["count"]
        return Value(
          (0..<count).compactMap { dataset.data[$0] }.map { painting in
            Value(record: [
              "prompt": .string(painting.prompt.text), "rationale": .string(painting.rationale),
              "image": .object(PictureObject(painting.image, caption: painting.prompt.text)),
            ])
          })
      },
      .method(
        "save", of: DatasetObject.self, "Writes JSON Lines in the form of ReasonGen-R1's data set, pictures included",
        [
          Parameter("path", .newFile, "the file, ending in .jsonl"),
          Parameter("count", .int, default: .described("all"), limits: 1...1_000_000, "the first so many"),
        ], result: .string, example: "world.dataset(200).save(\"shapes.jsonl\")"
      ) { dataset, arguments, context in
        let (path, count): (String, Int?) = (try arguments["path"], try arguments["count"])
        try AtomicFile.write(try dataset.lines(count ?? dataset.data.count, context), to: path)
        Run.wrote(path, kind: "dataset", context)
        return .string(path)
      },
    ])

  let data: PaintingDataset
  let recipe: Recipe

  init(_ data: PaintingDataset, recipe: Recipe) { (self.data, self.recipe) = (data, recipe) }

  var boundType: BoundType { Self.type }
  var summary: String { "\(data.count) paintings" + (data.thinks ? " with rationales" : " without rationales") }

  /// The first records as JSON Lines.
  private func lines(_ count: Int, _ context: Context) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var lines = Data()
    for painting in (0..<min(count, data.count)).lazy.compactMap({ self.data[$0] }) {
      try context.checkStop()
      var record = painting.record
      record.image = Self.dataURL + (try PNGFile.encode(painting.image)).base64EncodedString()
      lines += try encoder.encode(record) + [0x0A]
    }
    return lines
  }

  private static let dataURL = "data:image/png;base64,"

  /// The picture that a record refers to.
  private static func picture(of record: PaintingRecord, line: Int, file: String) throws -> Bitmap {
    func refusal(_ reason: String) -> PaintingRecord.Refusal { .init(file: file, line: line, reason: reason) }
    if record.image.hasPrefix("data:") {
      guard record.image.hasPrefix(dataURL),
        let data = Data(base64Encoded: String(record.image.dropFirst(dataURL.count)))
      else { throw refusal("its image is no PNG in base64 (\(record.image.prefix(30))…)") }
      return try PNGFile.decode(data, name: "the image of line \(line)").bitmap
    }
    guard !record.image.isEmpty else { throw refusal("it has no 'image'") }
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    return try PNGFile.read(URL(fileURLWithPath: record.image, relativeTo: folder).path).bitmap
  }

  /// Which prompts and rationales a call asks for.
  private static func form(
    _ arguments: Arguments, _ context: Context, separator: String
  ) throws -> PaintingDataset.Form {
    var form = PaintingDataset.Form()
    form.thinks = try arguments["think"]
    form.styles = try names(arguments, "style").map { try choice($0, arguments, "style") }
    if form.styles.isEmpty { throw arguments.problem("style", "the list of styles is empty", fix: "name a style") }
    if let augments = Bool.from(arguments.value("augment")) {
      form.augmentation = augments ? PromptAugmentation(separator: separator) : nil
    } else {
      let keys: [PromptAugmentation.Key] = try names(arguments, "augment").map { try choice($0, arguments, "augment") }
      form.augmentation = PromptAugmentation(keys, separator: separator)
    }
    form.detailed = try arguments["detailed"]
    form.seed = try arguments["seed"] as Int? ?? context.seed
    return form
  }

  /// A text or a list of texts as a list.
  private static func names(_ arguments: Arguments, _ name: String) throws -> [String] {
    if let text = String.from(arguments.value(name)) { return [text] }
    return try arguments[name]
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ text: String, _ arguments: Arguments, _ name: String
  ) throws -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: text) else {
      let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw arguments.problem(name, "there is no \(name) '\(text)'", fix: "one of: \(all)")
    }
    return choice
  }
}
