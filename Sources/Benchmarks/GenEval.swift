import Foundation
import Primitives
public import Shapes

/// One line of GenEval's metadata: what a picture must show, in the words of any detector's classes.
public struct GenEvalRow: Hashable, Sendable {
  /// One fact.
  public struct Clause: Hashable, Sendable {
    /// The class of object.
    public let name: String
    /// How many at least.
    public let count: Int
    /// Their colour, if it matters.
    public let color: String?
    /// Their place, if it matters: a relation and the index of an earlier clause.
    public let position: Position?

    /// A fact from its parts.
    public init(_ name: String, count: Int, color: String? = nil, position: Position? = nil) {
      (self.name, self.count, self.color, self.position) = (name, count, color, position)
    }
  }

  /// A relation to an earlier clause.
  public struct Position: Hashable, Sendable {
    /// The relation, such as `left of`.
    public let relation: String
    /// The index of the reference among the include clauses.
    public let reference: Int
  }

  /// The task.
  public let tag: String
  /// What must be there.
  public let include: [Clause]
  /// What must not be there.
  public let exclude: [Clause]
  /// The text that a model is given.
  public let prompt: String
  /// The whole line as it was read, keys that are unknown here included. Official scorers group pictures by its text, so
  /// it is written back byte by byte.
  public let line: String
  /// Its number in the file that it was read from.
  public let lineNumber: Int?

  /// A row for a prompt of the shapes world.
  ///
  /// - Parameters:
  ///   - prompt: the prompt.
  ///   - id: a short name, written as `mini.id`, which other readers ignore.
  ///   - split: the side of the training line, written as `mini.split`.
  public init(_ prompt: Shapes.Prompt, id: String? = nil, split: String? = nil) {
    tag = prompt.task?.rawValue ?? "custom"
    include = prompt.include.map(Clause.init)
    exclude = prompt.exclude.map(Clause.init)
    self.prompt = prompt.text
    var parts = ["\"tag\": \(Self.quote(tag))", "\"include\": \(Self.list(include))"]
    if !exclude.isEmpty { parts.append("\"exclude\": \(Self.list(exclude))") }
    parts.append("\"prompt\": \(Self.quote(prompt.text))")
    let extra = [("id", id), ("split", split)].compactMap { key, value in
      value.map { "\"\(key)\": \(Self.quote($0))" }
    }
    if !extra.isEmpty { parts.append("\"mini\": {\(extra.joined(separator: ", "))}") }
    line = "{\(parts.joined(separator: ", "))}"
    lineNumber = nil
  }

  /// Reads one line.
  ///
  /// - Parameters:
  ///   - line: the JSON text.
  ///   - file: the file, for messages.
  ///   - number: the line's number.
  /// - Throws: ``BenchmarksError/malformed(_:line:problem:)``.
  public init(line: String, file: String, number: Int) throws(BenchmarksError) {
    let coded: CodedRow
    do {
      coded = try JSONDecoder().decode(CodedRow.self, from: Data(line.utf8))
    } catch {
      throw .malformed(file, line: number, problem: Self.problem(error))
    }
    (tag, prompt, self.line, lineNumber) = (coded.tag, coded.prompt, line, number)
    include = coded.include.map(\.clause)
    exclude = (coded.exclude ?? []).map(\.clause)
    for (index, clause) in (include + exclude).enumerated() {
      guard (1...1_000).contains(clause.count) else {
        throw .malformed(file, line: number, problem: "'count' is \(clause.count); expected 1 or more")
      }
      if let reference = clause.position?.reference, !(0..<index).contains(reference) {
        throw .malformed(
          file, line: number, problem: "a position refers to clause \(reference); expected an earlier one, from 0")
      }
    }
  }

  /// The row as a prompt of the shapes world.
  ///
  /// - Throws: `ShapesError.unknownWord` for a class, colour or relation that the world does not have.
  public func shapesPrompt() throws(ShapesError) -> Shapes.Prompt {
    var clauses: [[Shapes.Prompt.Clause]] = [[], []]
    for (side, list) in [include, exclude].enumerated() {
      for clause in list {
        let shape = try word(clause.name, ShapeName.init)
        var result = Shapes.Prompt.Clause(shape, count: clause.count)
        if let color = clause.color { result.color = try word(color, ColorName.init) }
        if let position = clause.position {
          result.position = .init(try word(position.relation, Relation.init), to: position.reference)
        }
        clauses[side].append(result)
      }
    }
    return Shapes.Prompt(text: prompt, task: .init(rawValue: tag), include: clauses[0], exclude: clauses[1])
  }

  private func word<Name>(_ text: String, _ make: (String) -> Name?) throws(ShapesError) -> Name {
    guard let name = make(text) else { throw .unknownWord(text, line: lineNumber, nearest: nil) }
    return name
  }
}

/// GenEval's metadata file: JSON Lines, one row a prompt.
///
/// Source: D. Ghosh, H. Hajishirzi, L. Schmidt, *GenEval*, 2023 (arXiv 2310.11513).
public enum GenEval {
  /// Reads a metadata file; blank lines are skipped.
  ///
  /// - Parameter path: the file, such as `evaluation_metadata.jsonl` (553 rows in the published set).
  /// - Returns: the rows in order; at least one.
  /// - Throws: ``BenchmarksError``, or `AtomicFile.Failure` for a file that cannot be read.
  public static func read(_ path: String) throws -> [GenEvalRow] {
    let rows = try PromptFile.lines(of: path)
      .filter { !PromptFile.trim($0.text).isEmpty }
      .map { try GenEvalRow(line: String($0.text), file: path, number: $0.number) }
    guard !rows.isEmpty else { throw BenchmarksError.noPrompts(path, expected: "one JSON object a line") }
    return rows
  }

  /// Writes a metadata file, each row as it was read.
  ///
  /// - Parameters:
  ///   - rows: the rows.
  ///   - path: where they go.
  /// - Throws: `AtomicFile.Failure`; an old file is then untouched.
  public static func write(_ rows: [GenEvalRow], to path: String) throws {
    try AtomicFile.write(rows.map { $0.line + "\n" }.joined(), to: path)
  }
}

extension GenEvalRow.Clause {
  fileprivate init(_ clause: Shapes.Prompt.Clause) {
    self.init(
      clause.shape.rawValue, count: clause.count, color: clause.color?.rawValue,
      position: clause.position.map { .init(relation: $0.relation.rawValue, reference: $0.reference) })
  }

  /// The clause as the benchmark spells it.
  fileprivate var json: String {
    var parts = ["\"class\": \(GenEvalRow.quote(name))", "\"count\": \(count)"]
    if let color { parts.append("\"color\": \(GenEvalRow.quote(color))") }
    if let position {
      parts.append("\"position\": [\(GenEvalRow.quote(position.relation)), \(position.reference)]")
    }
    return "{\(parts.joined(separator: ", "))}"
  }
}

extension GenEvalRow {
  fileprivate static func list(_ clauses: [Clause]) -> String {
    "[\(clauses.map(\.json).joined(separator: ", "))]"
  }

  /// A JSON string with what must be escaped escaped.
  fileprivate static func quote(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func kind(_ type: any Any.Type) -> String {
    type == Int.self ? "a whole number" : type == String.self ? "text" : "a list or an object"
  }

  /// What a decoder found wrong, in words.
  fileprivate static func problem(_ error: any Error) -> String {
    func name(_ path: [any CodingKey]) -> String { path.last.map { "'\($0.stringValue)'" } ?? "the line" }
    return switch error as? DecodingError {
    case .keyNotFound(let key, _): "the key '\(key.stringValue)' is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      "\(name(context.codingPath)) should be \(Self.kind(type))"
    default: "this is not a JSON object; expected {\"tag\": …, \"include\": […], \"prompt\": …}"
    }
  }
}

/// The keys of a row that are read.
private struct CodedRow: Decodable {
  struct CodedClause: Decodable {
    let name: String
    let count: Int
    let color: String?
    let position: CodedPosition?

    enum CodingKeys: String, CodingKey {
      case name = "class"
      case count, color, position
    }

    var clause: GenEvalRow.Clause {
      .init(
        name, count: count, color: color,
        position: position.map { .init(relation: $0.relation, reference: $0.reference) })
    }
  }

  struct CodedPosition: Decodable {
    let relation: String
    let reference: Int

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      relation = try container.decode(String.self)
      reference = try container.decode(Int.self)
    }
  }

  let tag: String
  let include: [CodedClause]
  let exclude: [CodedClause]?
  let prompt: String
}
