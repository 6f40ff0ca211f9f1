import OrderedCollections
import Primitives

/// The members of tables and of their groups.
enum StandardTables {
  static let table = BoundType(
    "table", "Columns of equal length; table[\"reward\"] is a column, table[0] a row",
    members: [
      .property("count", "How many rows there are", result: .int) { .int($0.itemCount ?? 0) },
      .property("columns", "The names of its columns", result: .list(.string)) { Value(Array(columns($0).keys)) },
      .property("rows", "Its rows as records", result: .list(.record)) { Value($0.items ?? []) },
      .function(
        "column", "The numbers of a column",
        [Parameter("name", .string, "the column")], result: .series
      ) { arguments, _ in
        let values = try column(arguments.receiver, try arguments["name"])
        return Value(try StandardLists.numbers(Value(values)))
      },
      .function(
        "where", "The rows for which a test holds",
        [Parameter("test", .function, "called with each row as a record")], result: .table
      ) { arguments, context in
        let test: Function = try arguments["test"]
        let rows = arguments.receiver.items ?? []
        return .table(
          try tableOf(arguments.receiver).picking(
            try rows.indices.filter { try StandardLists.truth(context.call(test, [rows[$0]]), arguments) }))
      },
      .function(
        "select", "Some of its columns, in this order", [Parameter("columns", .list(.string), "their names")],
        result: .table
      ) { arguments, _ in
        let names: [String] = try arguments["columns"]
        return .table(Table(try names.map { ($0, try column(arguments.receiver, $0)) }))
      },
      .function(
        "sort", "Its rows in the order of a column",
        [
          Parameter("by", .string, "the column"),
          Parameter("descending", .bool, default: false, "from the greatest to the least"),
        ], result: .table
      ) { arguments, _ in
        let keys = try column(arguments.receiver, try arguments["by"])
        let keyed = keys.enumerated().map { (key: $1, item: Value.int($0)) }
        let order = try StandardLists.sorted(keyed, descending: try arguments["descending"])
        return .table(try tableOf(arguments.receiver).picking(order.compactMap(Int.from)))
      },
      .function(
        "group", "Its rows in groups that agree in some columns",
        [Parameter("by", .either([.string, .list(.string)]), "the columns")], result: .object("grouping"),
        example: "runs.group(by: [\"group\", \"think\"]).mean()"
      ) { arguments, _ in
        let names: [String] = try String.from(arguments.value("by")).map { [$0] } ?? arguments["by"]
        for name in names { _ = try column(arguments.receiver, name) }
        return .object(Grouping(try tableOf(arguments.receiver), by: names))
      },
    ])

  static let grouping = BoundType(
    "grouping", "The rows of a table in groups",
    members: [
      summary("mean", "The mean of every column of numbers, by group") { Statistics.mean($0) },
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

  private static func tableOf(_ value: Value) throws -> Table {
    guard case .table(let table) = value else { throw Diagnostic(.kind, "\(value.kindPhrase) is not a table") }
    return table
  }

  private static func columns(_ value: Value) -> OrderedDictionary<String, [Value]> {
    if case .table(let table) = value { table.columns } else { [:] }
  }

  private static func column(_ value: Value, _ name: String) throws -> [Value] {
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

  init(_ table: Table, by names: [String]) {
    (self.table, self.names) = (table, names)
    var groups = OrderedDictionary<[Value], [Int]>()
    for row in 0..<table.rowCount { groups[names.map { table.columns[$0]?[row] ?? .none }, default: []].append(row) }
    self.groups = groups
  }

  /// One row a group: what its rows agree in, and more columns.
  func keyTable(adding more: [(name: String, values: [Value])]) -> Table {
    let keys = names.enumerated().map { index, name in (name: name, values: groups.keys.map { $0[index] }) }
    return Table(keys + more)
  }

  /// One row a group, with a figure for each other column that holds numbers only.
  func summary(_ function: ([Double]) -> Double) -> Table {
    var more: [(name: String, values: [Value])] = []
    for (name, values) in table.columns where !names.contains(name) {
      let numbers = values.map(\.number)
      guard numbers.allSatisfy({ $0 != nil }) else { continue }
      more.append((name, groups.values.map { rows in .float(function(rows.compactMap { numbers[$0] })) }))
    }
    return keyTable(adding: more)
  }
}
