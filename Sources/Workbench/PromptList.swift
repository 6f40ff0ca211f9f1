import Benchmarks
import Learning
import Primitives
import Script
import Shapes

/// Prompts as a value of the language.
final class PromptList: BoundObject {
  static let functions: [Member] = [
    .function(
      "prompts", "Prompts from a file: one a line, or GenEval's JSONL",
      [
        Parameter("file", .existingFile, "the file"),
        Parameter(
          "skip_unpaintable", .bool, default: false,
          "leave out prompts that are not of the world, instead of ending with the first of them"),
      ], result: .object("prompts"), example: "prompts(\"my-prompts.txt\")"
    ) { arguments, context in
      let path: String = try arguments["file"]
      FileContent.note(path, context)
      let lines = try PromptFile.read(path)
      let skips: Bool = try arguments["skip_unpaintable"]
      guard skips else {
        let numbered = lines.map { PromptSet.Line(number: $0.line, text: $0.text) }
        return .object(PromptList(try PromptSet(lines: numbered, name: path)))
      }
      let report = PaintabilityReport(lines)
      context.output.write(report.description)
      return .object(
        PromptList(
          try PromptSet(report.accepted.map(\.prompt), name: path, lines: report.accepted.map(\.source.line))))
    }
  ]

  static let type = BoundType(
    "prompts", "Prompts, with what a true picture of each must show",
    members: [
      .property("count", of: PromptList.self, "How many there are", result: .int) { list, _ in
        .int(list.set.prompts.count)
      },
      .property("texts", of: PromptList.self, "The prompts as texts", result: .list(.string)) { list, _ in
        Value(list.set.prompts.map(\.text))
      },
      .method(
        "first", of: PromptList.self, "The first few",
        [Parameter("count", .int, limits: 1...1e6, "how many")], result: .object("prompts"),
        example: "world.prompts(4096).first(8)"
      ) { list, arguments, _ in
        .object(PromptList(try PromptSet(Array(list.set.prompts.prefix(try arguments["count"])), name: list.set.name)))
      },
    ])

  let set: PromptSet

  init(_ set: PromptSet) { self.set = set }

  var boundType: BoundType { Self.type }
  var summary: String {
    let example = set.prompts.first.map { ", such as '\($0.text)'" } ?? ""
    return "\(set.prompts.count) prompts from \(set.name)\(example)"
  }
}
