import Foundation
import OrderedCollections

extension Value: CustomStringConvertible {
  /// The value as it is written in the language, long ones cut.
  public var description: String { shown(limit: 40) }

  /// The value as `print` and interpolation write it: a text stands without quotes.
  public var text: String {
    switch self {
    case .string(let text): text
    case .int(let value): String(value)
    default: shown(limit: .max)
    }
  }

  /// The value in a table's cell.
  public var cell: String {
    switch self {
    case .none: "–"
    case .float(let value): Self.brief(value)
    case .string(let text): text.count > 48 ? text.prefix(47) + "…" : text
    default: shown(limit: 6)
    }
  }

  /// The value on one line, for lists of values.
  public var brief: String {
    let text =
      if case .table(let table) = self {
        "table of \(table.rowCount) rows: " + table.names.joined(separator: ", ")
      } else { shown(limit: 8, isBrief: true) }
    return text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
  }

  /// The value as a cell's result: numbers with four significant digits, a table that fits, a series with its course.
  ///
  /// - Parameter width: the columns there are.
  func shown(width: Int) -> String {
    switch self {
    case .table(let table): return table.text(width: width)
    case .series(let series) where series.values.count > 1:
      let finite = series.values.filter(\.isFinite)
      guard let low = finite.min(), let high = finite.max() else { return description }
      let mean = finite.reduce(0) { $0 + $1 / Double(finite.count) }
      let figures = "least \(Self.brief(low))  mean \(Self.brief(mean))  greatest \(Self.brief(high))"
      let line = Sparkline.text(series.values, width: max(min(width, 80) - figures.count - 3, 8))
      return description + "\n" + line + "  " + figures
    default: return shown(limit: 40, isBrief: true)
    }
  }

  /// - Parameters:
  ///   - limit: how many items of a container are written.
  ///   - isBrief: whether numbers have four significant digits.
  func shown(limit: Int, isBrief: Bool = false) -> String {
    switch self {
    case .none: return "none"
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    case .float(let value): return isBrief ? Self.fourDigits(value) : Self.plain(value)
    case .quantity(let quantity): return Self.whole(quantity.amount) + quantity.unit.rawValue
    case .string(let text): return Self.quoted(text)
    case .range(let range): return range.text
    case .list(let list): return "[" + Self.cut(list.items, limit) { $0.shown(limit: limit, isBrief: isBrief) } + "]"
    case .dictionary(let mapping):
      guard !mapping.entries.isEmpty else { return "[:]" }
      return "["
        + Self.cut(Array(mapping.entries.elements), limit) {
          $0.key.shown(limit: limit, isBrief: isBrief) + ": " + $0.value.shown(limit: limit, isBrief: isBrief)
        } + "]"
    case .record(let record):
      return "("
        + Self.cut(Array(record.fields.elements), limit) {
          $0.key + ": " + $0.value.shown(limit: limit, isBrief: isBrief)
        } + ")"
    case .series(let series):
      return "series [" + Self.cut(series.values, min(limit, 8)) { Self.brief($0) } + "]"
    case .table(let table): return table.text(limit: limit)
    case .function(let function): return function.summary
    case .object(let object): return object.summary
    }
  }

  private static func cut<Item>(_ items: [Item], _ limit: Int, _ shown: (Item) -> String) -> String {
    let texts = items.prefix(limit).map(shown)
    let rest = items.count - texts.count
    return texts.joined(separator: ", ") + (rest > 0 ? ", … \(rest) more" : "")
  }

  /// Shortest text that reads back as the same number.
  static func plain(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    return "\(value)"
  }

  /// Without `.0` on whole numbers.
  static func whole(_ value: Double) -> String {
    value == value.rounded() && abs(value) <= 0x1p53 ? String(Int(value)) : plain(value)
  }

  /// Four significant digits, and up to seven before the decimal point: nobody reads `1.025e+04`.
  static func brief(_ value: Double) -> String {
    guard value.isFinite else { return plain(value) }
    if abs(value) >= 1000 && abs(value) < 1e7 { return String(format: "%.0f", value) }
    return String(format: "%.4g", value)
  }

  /// Four significant digits, but all digits before the decimal point, and `.0` on whole numbers.
  static func fourDigits(_ value: Double) -> String {
    guard value.isFinite, value != value.rounded() else { return plain(value) }
    return abs(value) >= 1000 && abs(value) < 1e15 ? String(format: "%.1f", value) : brief(value)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
