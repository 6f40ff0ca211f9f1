import Script

/// A table as a figure sees it: columns of numbers, and rows in groups.
struct PlotTable {
  let table: Table

  /// Some rows that agree in some columns.
  struct Group {
    /// What they agree in, as a figure names it.
    var name: String
    /// The same without the columns' names, for an axis that has them.
    var value = ""
    var rows: [Int]
  }

  var rows: [Int] { Array(0..<table.rowCount) }

  /// A column's values.
  ///
  /// - Throws: ``WorkbenchError/noColumn(_:among:)``.
  func values(_ column: String) throws -> [Value] {
    guard let values = table[column] else { throw WorkbenchError.noColumn(column, among: table.names) }
    return values
  }

  /// A column's numbers; quantities in their base, NaN for what is no number.
  func numbers(_ column: String) throws -> [Double] { try values(column).map(PlotTable.number) }

  static func number(_ value: Value) -> Double {
    if case .quantity(let quantity) = value { return quantity.base }
    return Double.from(value) ?? .nan
  }

  /// Whether a column has something that is neither a number nor `none`.
  func isNamed(_ column: String) throws -> Bool {
    try values(column).contains { value in
      if case .none = value { return false }
      if case .quantity = value { return false }
      return Double.from(value) == nil
    }
  }

  /// Rows in groups that agree in some columns, in the order of their values: numbers ascending, others as they come.
  func groups(_ rows: [Int], by columns: [String]) throws -> [Group] {
    let keys = try columns.map(values)
    var order: [[Value]] = []
    var members: [[Value]: [Int]] = [:]
    for row in rows {
      let key = keys.map { $0[row] }
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(row)
    }
    let sorted = order.enumerated().sorted { left, right in
      for (one, other) in zip(left.element, right.element) {
        let (first, second) = (PlotTable.number(one), PlotTable.number(other))
        if first < second { return true }
        if second < first { return false }
      }
      return left.offset < right.offset
    }
    return sorted.map { _, key in
      let values = key.map { $0 == .none ? "–" : $0.text }.joined(separator: ", ")
      return Group(name: PlotTable.name(columns, key), value: values, rows: members[key] ?? [])
    }
  }

  /// What a group is called: texts by themselves, `think` and `no think` for truth values, other values after the name of
  /// their column.
  static func name(_ columns: [String], _ key: [Value]) -> String {
    zip(columns, key).map { column, value in
      switch value {
      case .string(let text): text
      case .bool(let isTrue): (isTrue ? "" : "no ") + words(column)
      case .none: words(column) + " –"
      default: words(column) + " " + value.text
      }
    }.joined(separator: ", ")
  }

  /// A column's name as a figure writes it.
  static func words(_ column: String) -> String { column.replacing("_", with: " ") }
}
