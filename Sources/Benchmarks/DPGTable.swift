import Primitives

/// DPG-Bench's question table: CSV with nine columns.
public enum DPGTable {
  /// The columns in order.
  public static let columns = [
    "item_id", "text", "keywords", "proposition_id", "dependency", "category_broad", "category_detailed", "tuple",
    "question_natural_language",
  ]

  /// The table as text.
  ///
  /// - Parameters:
  ///   - questions: the rows; those of an item stand together.
  ///   - hasDummy: puts a row `_skip` first, since the official loader drops the first one. ``read(_:)`` leaves it out.
  public static func text(_ questions: [DPGQuestion], hasDummy: Bool = false) -> String {
    var rows = [columns]
    if hasDummy {
      rows.append(["_skip", "", "", "1", "0", "entity", "whole", "entity - whole (nothing)", "Is there nothing?"])
    }
    rows += questions.map { row in
      [
        row.item, row.text, "", String(row.number),
        row.parents.isEmpty ? "0" : row.parents.map(String.init).joined(separator: ","), row.category, row.detail,
        row.tuple, row.question,
      ]
    }
    return rows.map { $0.map(quote).joined(separator: ",") + "\n" }.joined()
  }

  /// Reads a table, the official one or one of ``text(_:hasDummy:)``.
  ///
  /// - Parameter path: the file.
  /// - Returns: the rows in order.
  /// - Throws: ``BenchmarksError`` for what is not such a table, or `AtomicFile.Failure` for a file that cannot be read.
  public static func read(_ path: String) throws -> [DPGQuestion] {
    let rows = try rows(of: try PromptFile.text(of: path), path: path)
    guard let header = rows.first else { throw BenchmarksError.noPrompts(path, expected: "a row for each question") }
    let places = try columns.map { name -> Int in
      guard let place = header.firstIndex(of: name) else {
        throw BenchmarksError.malformed(path, line: 1, problem: "there is no column '\(name)'")
      }
      return place
    }
    return try rows.dropFirst().enumerated().compactMap { index, row in
      guard row.count == header.count else {
        throw BenchmarksError.malformed(
          path, line: index + 2, problem: "it has \(row.count) values, expected \(header.count)")
      }
      let values = places.map { row[$0] }
      return values[0] == "_skip" ? nil : try question(values, path: path, line: index + 2)
    }
  }

  private static func question(_ values: [String], path: String, line: Int) throws -> DPGQuestion {
    guard let number = Int(PromptFile.trim(values[3])) else {
      throw BenchmarksError.malformed(path, line: line, problem: "'\(values[3])' is no number of a question")
    }
    let parents = try values[4].split(separator: ",").map { piece -> Int in
      guard let parent = Int(PromptFile.trim(piece)) else {
        throw BenchmarksError.malformed(path, line: line, problem: "'\(piece)' is no number of a question")
      }
      return parent
    }
    let subject = values[7].split(separator: "(", maxSplits: 1).last.map(String.init) ?? ""
    return DPGQuestion(
      item: values[0], text: values[1], number: number, parents: parents.filter { $0 != 0 }, category: values[5],
      detail: values[6], subject: subject.hasSuffix(")") ? String(subject.dropLast()) : subject, question: values[8])
  }

  private static func quote(_ text: String) -> String {
    let isPlain = !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
  }

  /// The values of CSV text, row by row: quotes, and commas and line breaks inside of them, as in RFC 4180.
  static func rows(of text: String, path: String) throws -> [[String]] {
    var (rows, row, value) = ([[String]](), [String](), "")
    var (isQuoted, wasQuoted) = (false, false)
    var rest = text[...]
    func endRow() {
      row.append(value)
      if row.count > 1 || !value.isEmpty { rows.append(row) }
      (row, value, wasQuoted) = ([], "", false)
    }
    while let character = rest.popFirst() {
      if isQuoted {
        if character == "\"" {
          if rest.first == "\"" { value.append(rest.removeFirst()) } else { isQuoted = false }
        } else {
          value.append(character)
        }
      } else if character == "\"", value.isEmpty, !wasQuoted {
        (isQuoted, wasQuoted) = (true, true)
      } else if character == "," {
        row.append(value)
        (value, wasQuoted) = ("", false)
      } else if character.isNewline {
        endRow()
      } else {
        value.append(character)
      }
    }
    guard !isQuoted else {
      throw BenchmarksError.malformed(path, line: rows.count + 1, problem: "a quoted value has no end")
    }
    endRow()
    return rows
  }
}
