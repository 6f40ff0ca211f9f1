import Foundation

/// A Swift file of the package, read for what it imports and says.
struct SourceFile {
  /// Where it lies, from the top of the package.
  let path: String
  /// All of it.
  let text: String
  /// Its lines, comments and the insides of string literals taken out.
  let lines: [String]

  init(path: String, text: String) {
    self.path = path
    self.text = text
    lines = Self.code(of: text)
  }

  /// The module it belongs to: the first folder below `Sources`.
  var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  /// The modules it imports, in order.
  var imports: [String] {
    lines.compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
        words[..<place].allSatisfy({ $0.hasPrefix("@") || ["public", "internal", "private", "package"].contains($0) })
      else { return nil }
      let kinds = ["struct", "class", "enum", "func", "var", "let", "protocol", "typealias"]
      let name = kinds.contains(words[place + 1]) ? words.last : words[place + 1]
      return name?.split(separator: ".").first.map(String.init)
    }
  }

  /// The lines that hold a pattern, as `path:line`.
  func places(of pattern: Regex<Substring>) -> [String] {
    lines.enumerated().compactMap { index, line in line.contains(pattern) ? "\(path):\(index + 1)" : nil }
  }

  /// The top of the package.
  static let top = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// All Swift files below a folder of the package, by path.
  static func all(below folder: String) throws -> [SourceFile] {
    guard let walk = FileManager.default.enumerator(atPath: top + "/" + folder) else { return [] }
    let paths = walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
    return try paths.map {
      SourceFile(path: "\(folder)/\($0)", text: try String(contentsOfFile: "\(top)/\(folder)/\($0)", encoding: .utf8))
    }
  }

  /// Takes out comments and what stands between quotes. Not a lexer: enough for imports and forbidden words.
  private static func code(of text: String) -> [String] {
    var isInBlock = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.components(separatedBy: "\"\"\"").count == 2 {
        isInBlock.toggle()
        return ""
      }
      guard !isInBlock else { return "" }
      let quiet = line.replacing(/"(\\.|[^"\\])*"/, with: "\"\"")
      return String(quiet.prefix(upTo: quiet.firstRange(of: "//")?.lowerBound ?? quiet.endIndex))
    }
  }
}
