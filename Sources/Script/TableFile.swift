import Foundation
import Primitives

/// Tables as files: CSV and JSON Lines, which read back as the same table, and Markdown and LaTeX for papers.
public enum TableFile {
  /// A kind of file.
  public enum Form: String, Sendable, CaseIterable {
    /// RFC 4180: a line of names, then a line a row.
    case csv
    /// A JSON object a row and line.
    case jsonl
    /// A table of GitHub's Markdown.
    case markdown
    /// A `tabular` of the booktabs package.
    case latex

    /// The kind that a file's ending stands for, or `nil`.
    public init?(path: String) {
      switch URL(fileURLWithPath: path).pathExtension.lowercased() {
      case "csv": self = .csv
      case "jsonl", "ndjson": self = .jsonl
      case "md", "markdown": self = .markdown
      case "tex": self = .latex
      default: return nil
      }
    }
  }

  /// Why a table could not be written or read.
  public enum Failure: Error, CustomStringConvertible, Equatable {
    /// A column holds what the kind of file cannot: the column, the value's kind, the kind of file.
    case column(String, holds: String, form: Form)
    /// A file is damaged: its path, the line from 1, what is wrong.
    case damaged(String, line: Int, reason: String)
    /// A file is of a kind that is not read: its path.
    case unknown(String)

    /// What happened and what to do about it.
    public var description: String {
      switch self {
      case .column(let name, let kind, .csv):
        "the column \"\(name)\" holds \(kind), which CSV cannot; write a '.jsonl' file, or select the other columns"
      case .column(let name, let kind, _):
        "the column \"\(name)\" holds \(kind), which cannot be written; select the other columns"
      case .damaged(let path, let line, let reason): "line \(line) of '\(path)' cannot be read: \(reason)"
      case .unknown(let path): "'\(path)' is no table that can be read: its name must end in .csv or .jsonl"
      }
    }
  }

  /// A table as the text of a file.
  ///
  /// - Parameters:
  ///   - table: the table.
  ///   - form: the kind of file.
  /// - Throws: ``Failure/column(_:holds:form:)``.
  public static func text(_ table: Table, as form: Form) throws -> String {
    switch form {
    case .csv: try CSVText.write(table)
    case .jsonl: try JSONLines.write(table)
    case .markdown: PaperTable(table).markdown
    case .latex: PaperTable(table).latex
    }
  }

  /// Reads a table from a CSV or JSON Lines file, by its ending.
  ///
  /// - Parameter path: the file.
  /// - Throws: ``Failure/damaged(_:line:reason:)``, ``Failure/unknown(_:)``, `AtomicFile.Failure`.
  public static func read(_ path: String) throws -> Table {
    guard let form = Form(path: path), form == .csv || form == .jsonl else { throw Failure.unknown(path) }
    let data = try AtomicFile.read(path)
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Failure.damaged(path, line: 1, reason: "it is not text in UTF-8")
    }
    return form == .csv ? try CSVText.read(text, path: path) : try JSONLines.read(text, path: path)
  }
}
