import OrderedCollections
import Primitives

/// The members of tables and of their groups.
enum StandardTables {
  static let table = BoundType(
    "table", "Columns of equal length; table[\"reward\"] is a column, table[0] a row",
    members: [
      .property("count", "How many rows there are", result: .int) { .int($0.itemCount ?? 0) },
      .property("columns", "The names of its columns", result: .list(.string)) { Value(Array(columns($0).keys)) },
      .property("rows", "Its rows as records", result: .list(.record)) { Value(try $1.items($0)) },
      .function(
        "column", "The numbers of a column",
        [Parameter("name", .string, "the column", suggestions: .columns)], result: .series
      ) { arguments, context in
        let values = try column(arguments.receiver, try arguments["name"])
        return Value(try StandardLists.numbers(Value(values), context))
      },
      .function(
        "where", "The rows for which a test holds",
        [Parameter("test", .function, "called with each row as a record")], result: .table
      ) { arguments, context in
        let (test, tick): (Function, () throws -> Void) = (try arguments["test"], context.ticker())
        let table = try tableOf(arguments.receiver)
        let row = table.reader
        let rows = try context.repeating(test) { call in
          try (0..<table.rowCount).filter {
            try tick()
            return try StandardLists.truth(call(.record(row($0))), arguments)
          }
        }
        return .table(try table.picking(rows, context))
      },
      .function(
        "select", "Some of its columns, in this order",
        [Parameter("columns", .list(.string), "their names", suggestions: .columns)],
        result: .table
      ) { arguments, _ in
        let names: [String] = try arguments["columns"]
        return .table(Table(try names.map { ($0, try column(arguments.receiver, $0)) }))
      },
      .function(
        "sort", "Its rows in the order of a column",
        [
          Parameter("by", .string, "the column", suggestions: .columns),
          Parameter("descending", .bool, default: false, "from the greatest to the least"),
        ], result: .table
      ) { arguments, context in
        let keys = try column(arguments.receiver, try arguments["by"])
        let order = try StandardLists.order(keys, descending: arguments["descending"], context)
        return .table(try tableOf(arguments.receiver).picking(order, context))
      },
      .function(
        "group", "Its rows in groups that agree in some columns",
        [Parameter("by", .either([.string, .list(.string)]), "the columns", suggestions: .columns)],
        result: .object("grouping"),
        example: "runs.group(by: [\"group\", \"think\"]).mean(ci: 95)"
      ) { arguments, context in
        let names: [String] = try String.from(arguments.value("by")).map { [$0] } ?? arguments["by"]
        for name in names { _ = try column(arguments.receiver, name) }
        return .object(try Grouping(tableOf(arguments.receiver), by: names, context))
      },
      .function("take", "The first rows", [Parameter("count", .int, limits: 0...0x1p53, "how many")], result: .table) {
        arguments, context in
        let table = try tableOf(arguments.receiver)
        return .table(try table.picking(Array((0..<table.rowCount).prefix(try arguments["count"])), context))
      },
      .function(
        "adding", "With one more column, or another in its place",
        [
          Parameter("column", .string, "its name"),
          Parameter("values", .either([.function, .series, .list(.any)]), "its values, or what gives one for a row"),
        ], result: .table, example: "runs.adding(\"gain\") { row in row.reward - 0.4 }"
      ) { arguments, context in
        let table = try tableOf(arguments.receiver)
        let values: [Value]
        if case .function(let function) = arguments.value("values") {
          let row = table.reader
          values = try context.repeating(function) { call in
            try context.map(0..<table.rowCount) { try call(.record(row($0))) }
          }
        } else {
          values = try arguments["values"]
        }
        guard values.count == table.rowCount else {
          throw arguments.problem("values", "there are \(values.count) values for \(table.rowCount) rows")
        }
        var columns = table.columns
        columns[try arguments["column"]] = values
        return .table(Table(columns: columns))
      },
      .function(
        "join", "Its rows with the rows of another table that agree with them in some columns",
        [
          Parameter("other", .table, "the other table"),
          Parameter("on", .either([.string, .list(.string)]), "the columns", suggestions: .columns),
          Parameter(
            "keep", .choice(["matched", "all"]), default: "matched",
            "whether rows without a partner stay, with none in the other's columns"),
        ], result: .table, example: "runs.join(settings, on: \"lr\")"
      ) { arguments, context in
        try joined(arguments, context)
      },
      .function("describe", "A row for each column of numbers: count, mean, spread and quartiles", result: .table) {
        arguments, context in
        let rows = try columns(arguments.receiver).compactMap { name, values -> Record? in
          var (numbers, isNumeric): ([Double], Bool) = ([], true)
          try context.forEach(values) { value in
            if let number = value.number { numbers.append(number) } else if value != .none { isNumeric = false }
          }
          guard !numbers.isEmpty, isNumeric else { return nil }
          return Record([(name: "column", value: .string(name))] + (try Summary.of(numbers, context)))
        }
        return .table(Table(rows: rows))
      },
      RunStatistics.comparison,
      RunStatistics.importance,
    ])

  static let grouping = BoundType(
    "grouping", "The rows of a table in groups",
    members: [
      .method(
        "mean", of: Grouping.self, "The mean of every column of numbers, by group", [Confidence.parameter(.nothing)],
        result: .table, example: "runs.group(by: \"think\").mean(ci: 95)"
      ) { grouping, arguments, _ in
        .table(try grouping.means(Confidence.share(arguments)))
      },
      RunStatistics.interquartileMean,
      summary("median", "The middle number of every column, by group") {
        Statistics.quantile(0.5, sorted: $0.sorted())
      },
      summary("sum", "The sum of every column of numbers, by group") { $0.reduce(0, +) },
      summary("std", "The standard deviation of every column of numbers, by group") { Statistics.deviation($0) },
      summary("max", "The greatest number of every column, by group") { $0.max() ?? .nan },
      summary("min", "The least number of every column, by group") { $0.min() ?? .nan },
      .function("count", "How many rows each group has", result: .table) { arguments, _ in
        let grouping: Grouping = try arguments.receiver(as: Grouping.self)
        return .table(grouping.keyTable(adding: [("count", grouping.groups.values.map { .int($0.count) })]))
      },
    ])

  private static func summary(
    _ name: String, _ help: String, _ function: @escaping @Sendable ([Double]) -> Double
  ) -> Member {
    .method(name, of: Grouping.self, help, result: .table) { grouping, _, _ in .table(grouping.summary(function)) }
  }

  /// `table(rows)`, `table(a: [1, 2], b: [3, 4])` or `table("runs.csv")`.
  static func table(_ arguments: Arguments, _ context: Context) throws -> Value {
    guard case .record(let given) = arguments.value("columns"), !given.names.isEmpty else {
      switch arguments.value("rows") {
      case .string(let path): return .table(try TableFile.read(path))
      case .none:
        throw Diagnostic(
          .missingArgument, "a table needs rows or columns",
          fix: "write table([(a: 1, b: 2)]) or table(a: [1], b: [2])", more: "help(table)")
      case let rows:
        let records = try context.map(context.items(rows)) { Record.from($0) ?? Record([]) }
        return .table(try Table(rows: records, context))
      }
    }
    guard arguments.value("rows") == .none else {
      throw arguments.problem(
        "rows", "a table is made of rows or of columns, not of both",
        fix: "write table(rows).adding(\"\(given.names[0])\", …)")
    }
    let columns = try zip(given.names, given.values).map { (name: $0, values: try context.items($1)) }
    let counts = columns.map(\.values.count)
    if let other = columns.first(where: { $0.values.count != counts[0] }) {
      throw arguments.problem(
        "columns",
        "the column '\(columns[0].name)' has \(Self.values(counts[0])), but '\(other.name)' has "
          + Self.values(other.values.count),
        fix: "fill up the shorter one, as in \(columns.min { $0.values.count < $1.values.count }?.name ?? "a"): "
          + "values + [none] * \(abs(counts[0] - other.values.count))")
    }
    return .table(Table(columns))
  }

  private static func values(_ count: Int) -> String { count == 1 ? "1 value" : "\(count) values" }

  static func tableOf(_ value: Value) throws -> Table {
    guard case .table(let table) = value else { throw Diagnostic(.kind, "\(value.kindPhrase) is not a table") }
    return table
  }

  private static func joined(_ arguments: Arguments, _ context: Context) throws -> Value {
    let left = try tableOf(arguments.receiver)
    let right = try tableOf(arguments.value("other"))
    let names: [String] = try String.from(arguments.value("on")).map { [$0] } ?? arguments["on"]
    for table in [left, right] { for name in names { _ = try column(.table(table), name) } }
    if let name = right.names.first(where: { left.columns[$0] != nil && !names.contains($0) }) {
      throw arguments.problem(
        "other", "both tables have a column \"\(name)\"", fix: "select the others first, or join on it too")
    }
    let partners = try Grouping(right, by: names, context).groups
    var (leftRows, rightRows): ([Int], [Int?]) = ([], [])
    try context.forEach(0..<left.rowCount) { row in
      let found = partners[names.map { left.columns[$0]?[row] ?? .none }] ?? []
      guard leftRows.count + found.count <= Limits().items else {
        throw Diagnostic(.valueSize, "the joined table would have more than \(Limits().items) rows")
      }
      leftRows += found.map { _ in row }
      rightRows += found.map { $0 }
      if found.isEmpty, arguments.value("keep") == .string("all") {
        leftRows.append(row)
        rightRows.append(nil)
      }
    }
    let more = try right.columns.filter { !names.contains($0.key) }.map { name, values in
      (name: name, values: try context.map(rightRows) { $0.map { values[$0] } ?? .none })
    }
    let kept = try left.picking(leftRows, context).columns.map { (name: $0.key, values: $0.value) }
    return .table(Table(kept + more))
  }

  private static func columns(_ value: Value) -> OrderedDictionary<String, [Value]> {
    if case .table(let table) = value { table.columns } else { [:] }
  }

  static func column(_ value: Value, _ name: String) throws -> [Value] {
    let table = try tableOf(value)
    guard let column = table.columns[name] else { throw table.missing(name, at: nil) }
    return column
  }
}

/// The rows of a table by what they have in some columns.
final class Grouping: BoundObject {
  let table: Table
  let names: [String]
  /// The rows of each group, in the order in which groups first occur.
  let groups: OrderedDictionary<[Value], [Int]>

  var boundType: BoundType { StandardTables.grouping }
  var summary: String { "\(groups.count) groups by \(names.joined(separator: ", "))" }

  init(_ table: Table, by names: [String], _ context: Context) throws {
    (self.table, self.names) = (table, names)
    var groups = OrderedDictionary<[Value], [Int]>()
    try context.forEach(0..<table.rowCount) { row in
      groups[names.map { table.columns[$0]?[row] ?? .none }, default: []].append(row)
    }
    self.groups = groups
  }

  /// One row a group: what its rows agree in, and more columns.
  func keyTable(adding more: [(name: String, values: [Value])]) -> Table {
    let keys = names.enumerated().map { index, name in (name: name, values: groups.keys.map { $0[index] }) }
    return Table(keys + more)
  }

  /// The means, and after each the half width of its interval, if one is asked for.
  func means(_ share: Double?) -> Table {
    let means = summary { Statistics.mean($0) }
    guard let share else { return means }
    let halves = summary { Confidence.halfWidth($0, share) }
    var columns: [(name: String, values: [Value])] = []
    for (name, values) in means.columns {
      columns.append((name, values))
      if !names.contains(name), let half = halves.columns[name] { columns.append((name + " ±", half)) }
    }
    return Table(columns)
  }

  /// One row a group, with a figure for each other column that holds numbers only; what is missing is left out.
  func summary(_ function: ([Double]) -> Double) -> Table {
    keyTable(
      adding: numbers.map { name, groups in (name: name, values: groups.map { .float(function($0.map(\.number))) }) })
  }

  /// The columns that hold nothing but numbers, for each group its numbers and their rows.
  var numbers: [(name: String, groups: [[(row: Int, number: Double)]])] {
    table.columns.compactMap { name, values in
      let numbers = values.map(\.number)
      guard !names.contains(name), numbers.contains(where: { $0 != nil }),
        zip(values, numbers).allSatisfy({ $1 != nil || $0 == .none })
      else { return nil }
      let groups: [[(row: Int, number: Double)]] = groups.values.map { rows in
        rows.compactMap { row in numbers[row].map { (row: row, number: $0) } }
      }
      return (name: name, groups: groups)
    }
  }
}
