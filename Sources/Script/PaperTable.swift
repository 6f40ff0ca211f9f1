import Foundation

/// A table as papers have it: a column `x ±` is joined to its column `x`, and numbers have as many digits as they are worth.
struct PaperTable {
  /// A cell: a text, or a number with the half width of its interval.
  private enum Cell {
    case text(String)
    case number(String)
    case interval(String, half: String)
  }

  private let names: [String]
  private let isNumeric: [Bool]
  private let rows: [[Cell]]

  init(_ table: Table) {
    let shown = table.names.filter { name in
      !(name.hasSuffix(" ±") && table[String(name.dropLast(2))] != nil)
    }
    names = shown
    isNumeric = shown.map { name in (table[name] ?? []).allSatisfy { $0.number != nil || $0 == .none } }
    rows = (0..<table.rowCount).map { row in
      shown.map { name in
        PaperTable.cell(table[name]?[row] ?? .none, half: table[name + " ±"]?[row].number)
      }
    }
  }

  private static func cell(_ value: Value, half: Double?) -> Cell {
    if value.number?.isNaN == true { return .text("") }
    guard let number = value.number else {
      if case .none = value { return .text("") }
      if case .string(let text) = value { return .text(text) }
      return .text(value.cell)
    }
    guard let half, half.isFinite, number.isFinite else { return .number(value.cell) }
    guard half > 0 else { return .interval(value.cell, half: "0") }
    // Two digits of the half width, and the value to the same place.
    let places = min(max(1 - Int(log10(half).rounded(.down)), 0), 12)
    return .interval(String(format: "%.\(places)f", number), half: String(format: "%.\(places)f", half))
  }

  /// The table in GitHub's Markdown.
  var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let head = [line(names.map(PaperTable.markdown)), line(isNumeric.map { $0 ? "--:" : ":--" })]
    let body = rows.map { row in
      line(
        row.map { cell in
          switch cell {
          case .text(let text): PaperTable.markdown(text)
          case .number(let text): text
          case .interval(let value, let half): "\(value) ± \(half)"
          }
        })
    }
    return (head + body).joined(separator: "\n") + "\n"
  }

  /// The table for LaTeX with the booktabs package.
  var latex: String {
    func line(_ cells: [String]) -> String { "  " + cells.joined(separator: " & ") + " \\\\" }
    let head = [
      "% needs \\usepackage{booktabs}", "\\begin{tabular}{\(isNumeric.map { $0 ? "r" : "l" }.joined())}",
      "  \\toprule", line(names.map(PaperTable.latex)), "  \\midrule",
    ]
    let body = rows.map { row in
      line(
        row.map { cell in
          switch cell {
          case .text(let text): PaperTable.latex(text)
          case .number(let text): PaperTable.latexNumber(text)
          case .interval(let value, let half): "$\(value) \\pm \(half)$"
          }
        })
    }
    return (head + body + ["  \\bottomrule", "\\end{tabular}"]).joined(separator: "\n") + "\n"
  }

  private static func markdown(_ text: String) -> String {
    text.map { character in
      switch character {
      case "|", "\\", "*", "_", "`", "<", "[", "]": "\\\(character)"
      case _ where character.isNewline: " "
      default: String(character)
      }
    }.joined()
  }

  private static func latexNumber(_ text: String) -> String {
    guard let place = text.firstIndex(of: "e"), let power = Int(text[text.index(after: place)...]) else {
      return text.first == "-" ? "$\(text)$" : latex(text)
    }
    return "$\(text[..<place]) \\times 10^{\(power)}$"
  }

  private static func latex(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&", "%", "$", "#", "_", "{", "}": "\\\(character)"
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "±": "$\\pm$"
      case "–": "--"
      case _ where character.isNewline: " "
      default: String(character)
      }
    }.joined()
  }
}
