import OrderedCollections

/// Tables as comma-separated values.
///
/// A cell in quotes is a text; one without is what the language would read it as, a number, a number with a unit, `true`,
/// `false`, `nan`, `inf`, nothing for `none`, or else a text. So every plain value comes back as what it was.
enum CSVText {
  static func write(_ table: Table) throws -> String {
    var lines = [table.names.map(heading).joined(separator: ",")]
    for row in 0..<table.rowCount {
      lines.append(try table.columns.map { name, values in try cell(values[row], of: name) }.joined(separator: ","))
    }
    return lines.joined(separator: "\r\n") + "\r\n"
  }

  private static func cell(_ value: Value, of column: String) throws -> String {
    switch value {
    case .none: return ""
    case .bool, .int, .float, .quantity: return value.text
    case .string(let text):
      // What would be read as something else is put in quotes, as is what CSV itself reads.
      if case .string = plain(text), !needsQuotes(text) { return text }
      return quoted(text)
    default: throw TableFile.Failure.column(column, holds: value.kindPhrase, form: .csv)
    }
  }

  private static func heading(_ name: String) -> String { needsQuotes(name) || name.isEmpty ? quoted(name) : name }

  private static func needsQuotes(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
      || text.first?.isWhitespace == true || text.last?.isWhitespace == true
  }

  private static func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }

  // MARK: Reading

  static func read(_ text: String, path: String) throws -> Table {
    var reader = Reader(text, path: path)
    guard let names = try reader.record() else { return Table([]) }
    var columns = OrderedDictionary<String, [Value]>()
    for name in names.map(\.text) {
      guard columns.updateValue([], forKey: name) == nil else {
        throw TableFile.Failure.damaged(path, line: 1, reason: "two columns are called \"\(name)\"")
      }
    }
    let keys = Array(columns.keys)
    while true {
      let line = reader.line
      guard let cells = try reader.record() else { break }
      guard cells.count == keys.count else {
        throw TableFile.Failure.damaged(
          path, line: line, reason: "it has \(cells.count) cells, but there are \(keys.count) columns")
      }
      for (key, cell) in zip(keys, cells) {
        columns[key]?.append(cell.isQuoted ? .string(cell.text) : plain(cell.text))
      }
    }
    return Table(columns: columns)
  }

  /// What a cell without quotes is.
  static func plain(_ text: String) -> Value {
    switch text {
    case "": return .none
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "nan", "NaN": return .float(.nan)
    case "inf": return .float(.infinity)
    case "-inf": return .float(-.infinity)
    default: break
    }
    let digits = text.utf8.prefix { (48...57).contains($0) || "+-.eE".utf8.contains($0) }
    guard let first = digits.first(where: { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }),
      (48...57).contains(first) || first == UInt8(ascii: ".")
    else { return .string(text) }
    if digits.count == text.utf8.count {
      if let int = Int(text), String(int) == text || text.hasPrefix("+") { return .int(int) }
      // A number such as 007 is rather a name, but 1e5 is a number.
      let isName =
        text.utf8.first == 48 && text.utf8.count > 1 && !".eE".utf8.contains(text.utf8.dropFirst().first ?? 0)
      return isName ? .string(text) : Double(text).map { .float($0) } ?? .string(text)
    }
    return Quantity(text).map { .quantity($0) } ?? .string(text)
  }

  /// Records of cells, one after the other.
  private struct Reader {
    private var rest: Substring.UnicodeScalarView
    private let path: String
    /// The line that the next record begins on, from 1.
    private(set) var line = 1

    init(_ text: String, path: String) {
      rest = text.unicodeScalars[...]
      self.path = path
      if rest.first == "\u{FEFF}" { rest = rest.dropFirst() }
    }

    /// The next record, or `nil` at the end; empty lines are passed over.
    mutating func record() throws -> [(text: String, isQuoted: Bool)]? {
      while let next = rest.first, next == "\n" || next == "\r" { takeLineEnd() }
      guard !rest.isEmpty else { return nil }
      var cells: [(text: String, isQuoted: Bool)] = []
      repeat { cells.append(try cell()) } while take(",")
      guard rest.isEmpty || rest.first == "\n" || rest.first == "\r" else {
        throw TableFile.Failure.damaged(path, line: line, reason: "after a cell in quotes there must be a comma")
      }
      takeLineEnd()
      return cells
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
      guard rest.first == scalar else { return false }
      rest = rest.dropFirst()
      return true
    }

    private mutating func takeLineEnd() {
      let isReturn = take("\r")
      if take("\n") || isReturn { line += 1 }
    }

    private mutating func cell() throws -> (text: String, isQuoted: Bool) {
      guard take("\"") else {
        let text = rest.prefix { $0 != "," && $0 != "\n" && $0 != "\r" }
        rest = rest[text.endIndex...]
        return (String(text), false)
      }
      let start = line
      var text = String.UnicodeScalarView()
      while let next = rest.first {
        rest = rest.dropFirst()
        if next == "\"" {
          guard rest.first == "\"" else { return (String(text), true) }
          rest = rest.dropFirst()
        }
        if next == "\n" { line += 1 }
        text.append(next)
      }
      throw TableFile.Failure.damaged(path, line: start, reason: "a quotation mark is never closed")
    }
  }
}
