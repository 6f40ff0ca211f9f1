public import OrderedCollections

/// Columns of equal length, each with a name; rows are records.
public struct Table {
  /// The columns by name, in order; all have ``rowCount`` values.
  public private(set) var columns: OrderedDictionary<String, [Value]>
  /// The number of rows.
  public let rowCount: Int
  let depth: Int

  /// A table from its columns; shorter ones are filled up with `none`.
  public init(columns: OrderedDictionary<String, [Value]>) {
    let count = columns.values.reduce(0) { max($0, $1.count) }
    var filled = columns
    var depth = 0
    for (name, values) in columns {
      filled[name] = values + Array(repeating: Value.none, count: count - values.count)
      depth = values.reduce(depth) { max($0, $1.depth) }
    }
    (self.columns, rowCount, self.depth) = (filled, count, depth + 1)
  }

  /// A table from its columns, in order; shorter ones are filled up with `none`.
  public init(_ columns: [(name: String, values: [Value])]) {
    self.init(columns: OrderedDictionary(columns.map { ($0.name, $0.values) }) { _, later in later })
  }

  /// A table from its rows; a field that a row lacks is `none` there.
  public init(rows: [Record]) {
    var columns = OrderedDictionary<String, [Value]>()
    for row in rows { for name in row.names where columns[name] == nil { columns[name] = [] } }
    for name in columns.keys { columns[name] = rows.map { $0[name] ?? .none } }
    self.init(columns: columns)
  }

  /// A table from its rows, as a pass that a request to stop ends.
  init(rows: [Record], _ context: Context) throws {
    var columns = OrderedDictionary<String, [Value]>()
    var shape: Record.Shape?
    try context.forEach(rows) { row in
      guard row.shape !== shape else { return }
      shape = row.shape
      for name in row.names where columns[name] == nil { columns[name] = [] }
    }
    for name in columns.keys { columns[name] = try context.map(rows) { $0[name] ?? .none } }
    self.init(columns: columns)
  }

  /// The names of the columns, in order.
  public var names: [String] { Array(columns.keys) }

  /// A column's values, or `nil` if there is none of that name.
  public subscript(column: String) -> [Value]? { columns[column] }

  /// The rows in order.
  public var rows: [Record] { (0..<rowCount).map(reader) }

  /// Gives a row; its number must be in range.
  var reader: (Int) -> Record {
    let (shape, columns) = (Record.Shape(columns.keys), columns.values.elements)
    return { row in Record(shape, columns.map { $0[row] }) }
  }

  /// A row; it must be in range.
  func row(_ index: Int) -> Record { reader(index) }

  /// The table with some of its rows, in the order given.
  func picking(_ rows: [Int], _ context: Context) throws -> Table {
    Table(columns: try columns.mapValues { values in try context.map(rows) { values[$0] } })
  }

  /// The rows as aligned text: numbers to the right, with four significant digits.
  ///
  /// - Parameters:
  ///   - limit: rows shown.
  ///   - width: the columns of characters there are; the first column of the table is always shown.
  /// - Returns: the lines; the last one says what was left out, if anything.
  public func text(limit: Int = 40, width: Int = .max) -> String {
    guard !columns.isEmpty else { return "(a table without columns)" }
    let shown = min(rowCount, limit)
    var lines = Array(repeating: "", count: shown + 1)
    var taken = 0
    var left: [String] = []
    for (index, (name, values)) in columns.enumerated() {
      // What is not a number is not there: the history of a step that did not measure it, the spread of one number.
      let cells = values.prefix(shown).map { $0.number?.isNaN == true ? Value.none.cell : $0.cell }
      let room = cells.reduce(name.count) { max($0, $1.count) }
      guard left.isEmpty, index == 0 || taken + 2 + room <= width else {
        left.append(name)
        continue
      }
      taken += (index == 0 ? 0 : 2) + room
      let isNumeric = values.prefix(shown).allSatisfy { $0.number != nil || $0 == .none }
      for (row, cell) in ([name] + cells).enumerated() {
        let space = String(repeating: " ", count: room - cell.count)
        lines[row] += (index == 0 ? "" : "  ") + (isNumeric ? space + cell : cell + space)
      }
    }
    var cut: [String] = []
    if shown < rowCount { cut.append("\(rowCount - shown) more rows") }
    if !left.isEmpty {
      cut.append("\(left.count) more column\(left.count == 1 ? "" : "s"): " + left.joined(separator: ", "))
    }
    if !cut.isEmpty { lines.append("… " + cut.joined(separator: "; ")) }
    return lines.joined(separator: "\n")
  }
}
