/// The members of texts.
enum StandardTexts {
  static let text = BoundType(
    "text", "A text; its characters are what a reader sees as one",
    members: [
      .property("count", "How many characters there are", result: .int) { .int($0.text.count) },
      .property("isEmpty", "Whether there are none", result: .bool) { .bool($0.text.isEmpty) },
      .property("upper", "In upper case", result: .string) { .string(try $1.changed($0.text) { $0.uppercased() }) },
      .property("lower", "In lower case", result: .string) { .string(try $1.changed($0.text) { $0.lowercased() }) },
      .property("trimmed", "Without white space at its ends", result: .string) {
        .string(try $1.trimmed($0.text))
      },
      .property("reversed", "From the last character to the first", result: .string) { value, context in
        var result = ""
        try context.forEach(value.text.reversed()) { result.append($0) }
        return .string(result)
      },
      .property("first", "The first character, or none", result: .any) { value in
        value.text.first.map { .string(String($0)) } ?? .none
      },
      .property("last", "The last character, or none", result: .any) { value in
        value.text.last.map { .string(String($0)) } ?? .none
      },
      .property("characters", "Its characters", result: .list(.string)) { Value(try $1.items($0)) },
      .property("lines", "Its lines", result: .list(.string)) { Value(try $1.lines($0.text)) },
      .property("words", "What stands between white space", result: .list(.string)) { Value(try $1.words($0.text)) },
      .function(
        "split", "The parts between separators", [Parameter("separator", .string, "not empty")],
        result: .list(.string)
      ) { arguments, context in
        let separator: String = try arguments["separator"]
        guard !separator.isEmpty else {
          throw arguments.problem("separator", "the separator is empty", fix: "list(text) gives the characters")
        }
        return Value(try context.split(arguments.receiver.text, by: separator))
      },
      .function(
        "replacing", "With every occurrence of a part replaced",
        [Parameter("part", .string, "what is replaced"), Parameter("with", .string, "what stands there instead")],
        result: .string
      ) { arguments, context in
        let (part, new): (String, String) = (try arguments["part"], try arguments["with"])
        guard !part.isEmpty else { return arguments.receiver }
        let text = arguments.receiver.text
        var (result, start) = ("", 0)
        try context.forEachPlace(of: part, in: text) { place in
          result += text.part(start..<place.lowerBound) + new
          start = place.upperBound
          guard result.utf8.count <= Limits().items else {
            throw Diagnostic(.valueSize, "the text would have more than \(Limits().items) bytes")
          }
          return true
        }
        return .string(result + text.part(start..<text.utf8.count))
      },
      .function(
        "index", "The place where a part first stands, from 0, or none", [Parameter("part", .string, "the part")],
        result: .any
      ) { arguments, context in
        let (text, part): (String, String) = (arguments.receiver.text, try arguments["part"])
        guard let place = try first(part, in: text, context) else { return .none }
        return .int(text.part(0..<place).count)
      },
      .function("contains", "Whether it has this part", [Parameter("part", .string, "the part")], result: .bool) {
        arguments, context in
        let part: String = try arguments["part"]
        return .bool(try part.isEmpty || first(part, in: arguments.receiver.text, context) != nil)
      },
      test("startsWith", "Whether it starts so") { $0.hasPrefix($1) },
      test("endsWith", "Whether it ends so") { $0.hasSuffix($1) },
    ])

  /// Where a part first stands, in bytes.
  private static func first(_ part: String, in text: String, _ context: Context) throws -> Int? {
    guard !part.isEmpty else { return nil }
    var first: Int?
    try context.forEachPlace(of: part, in: text) { place in
      first = place.lowerBound
      return false
    }
    return first
  }

  private static func test(
    _ name: String, _ help: String, _ function: @escaping @Sendable (String, String) -> Bool
  ) -> Member {
    .function(name, help, [Parameter("part", .string, "the part")], result: .bool) { arguments, _ in
      .bool(function(arguments.receiver.text, try arguments["part"]))
    }
  }
}
