import OrderedCollections
import Primitives

/// Tables as JSON Lines: an object a row.
///
/// Whole numbers have no decimals and others always have. JSON has no word for numbers that are not finite: they are the
/// texts `NaN`, `Infinity` and `-Infinity`, as in Protocol Buffers' JSON, and read as numbers in a column of numbers.
/// Nor has it units: a quantity is the object `{"quantity": "30s"}`.
enum JSONLines {
  static func write(_ table: Table) throws -> String {
    var lines = ""
    for row in 0..<table.rowCount {
      let members = try table.columns.map { name, values in
        name.inJSON + ": " + (try json(values[row], of: name))
      }
      lines += "{" + members.joined(separator: ", ") + "}\n"
    }
    return lines
  }

  private static func json(_ value: Value, of column: String) throws -> String {
    func all(_ values: some Sequence<Value>) throws -> String {
      "[" + (try values.map { try json($0, of: column) }.joined(separator: ", ")) + "]"
    }
    func object(_ members: some Sequence<(String, Value)>) throws -> String {
      "{" + (try members.map { $0.inJSON + ": " + (try json($1, of: column)) }.joined(separator: ", ")) + "}"
    }
    switch value {
    case .none: return "null"
    case .bool, .int: return value.text
    case .float(let number):
      return number.isFinite ? value.text : number.isNaN ? "\"NaN\"" : number > 0 ? "\"Infinity\"" : "\"-Infinity\""
    case .string(let text): return text.inJSON
    case .quantity: return try object([("quantity", .string(value.text))])
    case .list(let list): return try all(list.items)
    case .series(let series): return try all(series.values.map { .float($0) })
    case .record(let record): return try object(record.fields.map { ($0.key, $0.value) })
    case .dictionary(let mapping): return try object(mapping.entries.map { ($0.key.text, $0.value) })
    case .table(let table): return try all(table.rows.map { .record($0) })
    case .range: return try all(value.items ?? [])
    case .function, .object: throw TableFile.Failure.column(column, holds: value.kindPhrase, form: .jsonl)
    }
  }

  // MARK: Reading

  static func read(_ text: String, path: String) throws -> Table {
    var rows: [Record] = []
    // By scalars: a return and a line feed are one character.
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where line.contains(where: { !$0.properties.isWhitespace }) {
      var reader = JSONReader(Substring(line))
      do {
        guard case .record(let row) = try reader.whole() else {
          throw JSONReader.Failure(reason: "it is not a JSON object")
        }
        rows.append(row)
      } catch let failure as JSONReader.Failure {
        throw TableFile.Failure.damaged(path, line: index + 1, reason: failure.reason)
      }
    }
    var columns = Table(rows: rows).columns
    for (name, values) in columns { columns[name] = withNumbers(values) }
    return Table(columns: columns)
  }

  /// A column in which the texts for numbers that are not finite are numbers, if nothing else in it is a text.
  private static func withNumbers(_ values: [Value]) -> [Value] {
    let words: [String: Double] = ["NaN": .nan, "Infinity": .infinity, "-Infinity": -.infinity]
    let isNumeric = values.allSatisfy { value in
      if case .string(let text) = value { return words[text] != nil }
      return value == .none || value.number != nil
    }
    guard isNumeric else { return values }
    return values.map { value in
      if case .string(let text) = value, let number = words[text] { return .float(number) }
      return value
    }
  }
}
