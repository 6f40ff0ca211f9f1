import Learning
import Models
import Pictures
import Primitives
import Records
import Script
import Shapes

/// Pictures together, with captions, in one file.
final class SheetObject: BoundObject {
  static let type = BoundType(
    "sheet", "Pictures together, with captions, in one file",
    members: [
      .property("path", of: SheetObject.self, "The file", result: .string) { sheet, _ in .string(sheet.path) }
    ])

  let title: String
  let path: String
  private let bitmap: Bitmap

  /// Writes a sheet.
  ///
  /// - Parameter samples: those on it; the file says of each how it came about.
  init(_ bitmap: Bitmap, title: String, samples: [SampleObject], path: String) throws {
    (self.bitmap, self.title, self.path) = (bitmap, title, path)
    let facts = samples.enumerated().flatMap { number, sample in
      sample.facts.map { (key: "\($0.key) \(number + 1)", value: $0.value) }
    }
    try PNGFile.write(bitmap, text: [(key: "Title", value: title)] + facts, to: path)
  }

  var boundType: BoundType { Self.type }
  var summary: String { "\(title): \(path)" }

  func display() throws -> Display {
    Display(summary, picture: bitmap, png: Array(try PNGFile.encode(bitmap)))
  }
}

extension Display {
  /// A picture as PNG, and as plain pixels for front ends that draw it themselves.
  init(_ text: String, picture: Bitmap, png: [UInt8]) {
    self.init(text: text, richer: ["image/png": png, "image/x-portable-pixmap": picture.pixmap])
  }

  /// A picture with a text that terminals may show in colours.
  init(_ text: String, picture: Bitmap, png: [UInt8], coloured: String) {
    self.init(
      text: text,
      richer: [
        "image/png": png, "image/x-portable-pixmap": picture.pixmap, Display.colouredText: Array(coloured.utf8),
      ])
  }

  /// A picture with a text that stands for it, and a caption that stands below it where it is seen.
  init(_ text: String, picture: Bitmap, png: [UInt8], coloured: String, caption: String) {
    self.init(
      text: text,
      richer: [
        "image/png": png, "image/x-portable-pixmap": picture.pixmap, Display.colouredText: Array(coloured.utf8),
        Display.caption: Array(caption.utf8),
      ])
  }
}

extension Bitmap {
  fileprivate var pixmap: [UInt8] { Array("P6\n\(width) \(height)\n255\n".utf8) + bytes }
}

/// The functions that show things.
enum Showing {
  static let functions: [Member] = [
    .function(
      "show", "Shows values; samples and pictures go onto one contact sheet, scorecards into one table",
      [
        Parameter("values", .any, "what to show", arity: .variadic),
        Parameter("save", .string, default: .described("a number"), "the file's name, without its ending"),
      ], example: "show(model.paint(\"a photo of a red star\", n: 8))"
    ) { arguments, context in
      let values: [Value] = try arguments["values"]
      let name: String? = try arguments["save"]
      for value in values { context.output.show(try shown(value, name: name, context: context)) }
      return .none
    },
    .function(
      "compare", "The figure of the paper: prompt, thought, and the pictures of two models side by side",
      [
        Parameter("before", .object("model"), "the first model"),
        Parameter("after", .object("model"), "the second model", isUnnamed: true),
        Parameter(
          "prompts", .either([.object("prompts"), .list(.string)]), "what they paint", isUnnamed: true,
          suggestions: World.promptWords),
      ] + ModelObject.samplingParameters + [
        Parameter("save", .string, default: "comparison", "the file's name, without its ending")
      ], result: .object("sheet"), example: "compare(before, model, world.prompts(6))"
    ) { arguments, context in
      let before: ModelObject = try arguments["before"]
      let after: ModelObject = try arguments["after"]
      let prompts = try texts(arguments)
      let samples = try [before, after].map { model in
        try model.sample(prompts, count: 1, arguments: arguments, context: context)
      }
      let rows = zip(samples[0], samples[1]).map { first, second in
        Comparison.Row(
          prompt: second.sample.prompt, thought: second.sample.rationale, before: first.sample.image,
          after: second.sample.image, beforePasses: first.verdict?.passes, afterPasses: second.verdict?.passes)
      }
      let name: String = try arguments["save"]
      let title = "Before and after"
      let bitmap = try Comparison(title: title, before: "before", after: "after", rows: rows).drawn()
      return .object(
        try SheetObject(
          bitmap, title: title, samples: samples[1], path: try Run.of(context).numbered(name + ".png", in: .images)))
    },
  ]

  private static func texts(_ arguments: Arguments) throws -> [String] {
    if case .object(let object) = arguments.value("prompts"), let list = object as? PromptList {
      return list.set.prompts.map(\.text)
    }
    let texts: [String] = try arguments["prompts"]
    return texts.map(ModelObject.completed)
  }

  /// A value's display; lists of samples, pictures or scorecards are shown together.
  static func shown(_ value: Value, name: String?, context: Context) throws -> Display {
    let items: [Value] = if case .list(let list) = value { list.items } else { [value] }
    let objects = items.compactMap { if case .object(let object) = $0 { object } else { nil } }
    guard !objects.isEmpty, objects.count == items.count else { return try value.display(width: context.output.width) }
    if objects.count > 1, let cards = all(objects, as: ScorecardObject.self) {
      return Display(text: ScorecardObject.table(cards).text(width: context.output.width))
    }
    let samples = all(objects, as: SampleObject.self)
    guard let sheet = try sheet(of: objects) else { return try value.display(width: context.output.width) }
    let path = try Run.of(context).numbered((name ?? "samples") + ".png", in: .images)
    return try SheetObject(try sheet.drawn(), title: sheet.title, samples: samples ?? [], path: path).display()
  }

  private static func sheet(of objects: [any BoundObject]) throws -> ContactSheet? {
    if let samples = all(objects, as: SampleObject.self) {
      let prompts = Set(samples.map(\.sample.prompt))
      let title = prompts.count == 1 ? samples[0].sample.prompt : "\(samples.count) samples"
      return ContactSheet(
        title: title,
        tiles: samples.map { sample in
          let text = prompts.count == 1 ? sample.sample.rationale : sample.sample.prompt
          return ContactSheet.Tile(sample.sample.image, caption: text, passes: sample.verdict?.passes)
        })
    }
    guard let pictures = all(objects, as: PictureObject.self) else { return nil }
    return ContactSheet(tiles: pictures.map { ContactSheet.Tile($0.bitmap, caption: $0.caption) })
  }

  private static func all<Object>(_ objects: [any BoundObject], as type: Object.Type) -> [Object]? {
    let wanted = objects.compactMap { $0 as? Object }
    return wanted.count == objects.count ? wanted : nil
  }
}
