import Foundation

/// The members of texts.
enum StandardTexts {
  static let text = BoundType(
    "text", "A text; its characters are what a reader sees as one",
    members: [
      .property("count", "How many characters there are", result: .int) { .int($0.text.count) },
      .property("isEmpty", "Whether there are none", result: .bool) { .bool($0.text.isEmpty) },
      .property("upper", "In upper case", result: .string) { .string($0.text.uppercased()) },
      .property("lower", "In lower case", result: .string) { .string($0.text.lowercased()) },
      .property("trimmed", "Without white space at its ends", result: .string) {
        .string($0.text.trimmingCharacters(in: .whitespacesAndNewlines))
      },
      .property("lines", "Its lines", result: .list(.string)) {
        Value($0.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
      },
      .property("words", "What stands between white space", result: .list(.string)) {
        Value($0.text.split(whereSeparator: \.isWhitespace).map(String.init))
      },
      .function(
        "split", "The parts between separators", [Parameter("separator", .string, "not empty")],
        result: .list(.string)
      ) { arguments, _ in
        let separator: String = try arguments["separator"]
        guard !separator.isEmpty else {
          throw arguments.problem("separator", "the separator is empty", fix: "list(text) gives the characters")
        }
        return Value(arguments.receiver.text.components(separatedBy: separator))
      },
      .function(
        "replacing", "With every occurrence of a part replaced",
        [Parameter("part", .string, "what is replaced"), Parameter("with", .string, "what stands there instead")],
        result: .string
      ) { arguments, _ in
        let (part, new): (String, String) = (try arguments["part"], try arguments["with"])
        guard !part.isEmpty else { return arguments.receiver }
        let pieces = arguments.receiver.text.components(separatedBy: part)
        let size = arguments.receiver.text.utf8.count + pieces.count * new.utf8.count
        guard size <= Limits().items else {
          throw Diagnostic(.valueSize, "the text would have more than \(Limits().items) bytes")
        }
        return .string(pieces.joined(separator: new))
      },
      test("contains", "Whether it has this part") { $1.isEmpty || $0.contains($1) },
      test("startsWith", "Whether it starts so") { $0.hasPrefix($1) },
      test("endsWith", "Whether it ends so") { $0.hasSuffix($1) },
    ])

  private static func test(
    _ name: String, _ help: String, _ function: @escaping @Sendable (String, String) -> Bool
  ) -> Member {
    .function(name, help, [Parameter("part", .string, "the part")], result: .bool) { arguments, _ in
      .bool(function(arguments.receiver.text, try arguments["part"]))
    }
  }
}
