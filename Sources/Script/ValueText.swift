import Foundation
import OrderedCollections

extension Value: CustomStringConvertible {
  /// The value as it is written in the language, long ones cut.
  public var description: String { shown(limit: 40) }

  /// The value as `print` and interpolation write it: a text stands without quotes.
  public var text: String { text {} }

  /// The same.
  ///
  /// - Parameter tick: called for every item inside; what it throws ends the work.
  func text(_ tick: () throws -> Void) rethrows -> String {
    switch self {
    case .string(let text): text
    case .int(let value): String(value)
    default: try shown(limit: .max, tick)
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
      var (low, high, mean, count) = (Double.infinity, -Double.infinity, 0.0, 0.0)
      for value in series.values where value.isFinite {
        count += 1
        (low, high, mean) = (min(low, value), max(high, value), mean + (value / count - mean / count))
      }
      guard count > 0 else { return description }
      let figures = "least \(Self.brief(low))  mean \(Self.brief(mean))  greatest \(Self.brief(high))"
      let line = Sparkline.text(series.values, width: max(min(width, 80) - figures.count - 3, 8))
      return description + "\n" + line + "  " + figures
    default: return shown(limit: 40, isBrief: true, width: width) {}
    }
  }

  /// As below, however long it takes.
  func shown(limit: Int, isBrief: Bool = false) -> String { shown(limit: limit, isBrief: isBrief) {} }

  /// - Parameters:
  ///   - limit: how many items of a container are written.
  ///   - isBrief: whether numbers have four significant digits.
  ///   - width: the columns there are: lines end between the outermost items.
  ///   - tick: called for every item; what it throws ends the work.
  func shown(
    limit: Int, isBrief: Bool = false, width: Int = .max, _ tick: () throws -> Void
  ) rethrows -> String {
    switch self {
    case .none: return "none"
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    case .float(let value): return isBrief ? Self.fourDigits(value) : Self.plain(value)
    case .quantity(let quantity): return Self.whole(quantity.amount) + quantity.unit.rawValue
    case .string(let text): return Self.quoted(text)
    case .range(let range): return range.text
    case .list(let list):
      return try Self.cut("[", list.items, "]", limit, width, tick) {
        try $0.shown(limit: limit, isBrief: isBrief, tick)
      }
    case .dictionary(let mapping):
      guard !mapping.entries.isEmpty else { return "[:]" }
      return try Self.cut("[", mapping.entries.elements, "]", limit, width, tick) {
        try $0.key.shown(limit: limit, isBrief: isBrief, tick) + ": "
          + $0.value.shown(limit: limit, isBrief: isBrief, tick)
      }
    case .record(let record):
      return try Self.cut("(", record.fields.elements, ")", limit, width, tick) {
        try $0.key + ": " + $0.value.shown(limit: limit, isBrief: isBrief, tick)
      }
    case .series(let series):
      return try Self.cut("series [", series.values, "]", min(limit, 8), .max, tick) { Self.brief($0) }
    case .table(let table): return table.text(limit: limit)
    case .function(let function): return function.summary
    case .object(let object): return object.summary
    }
  }

  private static func cut<Items: RandomAccessCollection>(
    _ open: String, _ items: Items, _ close: String, _ limit: Int, _ width: Int, _ tick: () throws -> Void,
    _ shown: (Items.Element) throws -> String
  ) rethrows -> String {
    var (text, line) = (open, open.count)
    func add(_ piece: String, isFirst: Bool) {
      if !isFirst { text += "," }
      if width < .max {
        let count = piece.count + 2
        // The comma or bracket after it must fit too.
        let isFull = !isFirst && line + count > width
        line = isFull ? count : line + count
        text += isFull ? "\n " : isFirst ? "" : " "
      } else if !isFirst {
        text += " "
      }
      text += piece
    }
    for (place, item) in items.prefix(limit).enumerated() {
      try tick()
      add(try shown(item), isFirst: place == 0)
    }
    if items.count > limit { add("… \(items.count - limit) more", isFirst: false) }
    return text + close
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
