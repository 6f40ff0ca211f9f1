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
      .property("reversed", "From the last character to the first", result: .string) {
        .string(String($0.text.reversed()))
      },
      .property("first", "The first character, or none", result: .any) { value in
        value.text.first.map { .string(String($0)) } ?? .none
      },
      .property("last", "The last character, or none", result: .any) { value in
        value.text.last.map { .string(String($0)) } ?? .none
      },
      .property("characters", "Its characters", result: .list(.string)) { Value(try $1.items($0)) },
      .property("lines", "Its lines", result: .list(.string)) {
        Value($0.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
      },
      .property("words", "What stands between white space", result: .list(.string)) {
        Value(words($0.text))
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
      .function(
        "index", "The place where a part first stands, from 0, or none", [Parameter("part", .string, "the part")],
        result: .any
      ) { arguments, _ in
        let text = arguments.receiver.text
        guard let range = text.range(of: try arguments["part"] as String) else { return .none }
        return .int(text.distance(from: text.startIndex, to: range.lowerBound))
      },
      test("contains", "Whether it has this part") { $1.isEmpty || $0.contains($1) },
      test("startsWith", "Whether it starts so") { $0.hasPrefix($1) },
      test("endsWith", "Whether it ends so") { $0.hasSuffix($1) },
    ])

  /// Plain letters are told apart byte by byte, which is far quicker than character by character.
  private static func words(_ text: String) -> [Value] {
    let bytes = Array(text.utf8)
    guard bytes.allSatisfy({ $0 < 0x80 }) else {
      return text.split(whereSeparator: \.isWhitespace).map { .string(String($0)) }
    }
    var words: [Value] = []
    var start = 0
    for (place, byte) in bytes.enumerated() where byte == 0x20 || (0x09...0x0D).contains(byte) {
      if start < place { words.append(.string(String(decoding: bytes[start..<place], as: UTF8.self))) }
      start = place + 1
    }
    if start < bytes.count { words.append(.string(String(decoding: bytes[start...], as: UTF8.self))) }
    return words
  }

  private static func test(
    _ name: String, _ help: String, _ function: @escaping @Sendable (String, String) -> Bool
  ) -> Member {
    .function(name, help, [Parameter("part", .string, "the part")], result: .bool) { arguments, _ in
      .bool(function(arguments.receiver.text, try arguments["part"]))
    }
  }
}
