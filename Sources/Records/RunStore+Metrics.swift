import Foundation
import GRDB

extension RunStore {
  /// The numbers of one step, on their way into the store.
  struct Step {
    /// Which trainer's: `grpo`, `grpo-2`.
    var series: String
    /// The step, from 0.
    var step: Int
    /// Its numbers by name.
    var values: [(key: String, value: Double)]
  }

  /// Adds steps of one run in one go, those that are there already in their place, and says how it stands.
  func add(_ steps: [Step], of run: String) throws { try write { try Self.add(steps, of: run, $0) } }

  /// Adds steps of one run in one go, those that are there already in their place.
  ///
  /// - Parameters:
  ///   - steps: of each, the trainer's series, the step, and its numbers by name.
  ///   - run: the run's id.
  /// - Throws: ``RecordsError/store(_:reason:)``.
  public func add(
    _ steps: [(series: String, step: Int, values: [(key: String, value: Double)])], of run: String
  ) throws {
    try add(steps.map { Step(series: $0.series, step: $0.step, values: $0.values) }, of: run)
  }

  static func add(_ steps: [Step], of run: String, _ database: Database) throws {
    guard let last = steps.last else { return }
    var known: [String: (id: Int64, columns: [String])] = [:]
    let insertion = try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO metrics (series, step, numbers) VALUES (?, ?, ?)")
    for step in steps {
      var series = try known[step.series] ?? self.series(step.series, of: run, database)
      let names = step.values.map(\.key)
      var numbers = step.values.map(\.value)
      if names != series.columns {
        let added = names.filter { !series.columns.contains($0) }
        if !added.isEmpty {
          series.columns += added
          try database.execute(
            sql: "UPDATE series SET columns = ? WHERE id = ?",
            arguments: [Self.names(series.columns), series.id])
        }
        let values = Dictionary(step.values.map { ($0.key, $0.value) }) { $1 }
        numbers = series.columns.map { values[$0] ?? .nan }
      }
      known[step.series] = series
      try insertion.execute(arguments: [series.id, step.step, numbers.withUnsafeBytes { Data($0) }])
    }
    for (name, series) in known {
      guard let last = steps.last(where: { $0.series == name })?.step else { continue }
      try database.cachedStatement(sql: "UPDATE series SET last = ? WHERE id = ?").execute(arguments: [last, series.id])
    }
    func number(_ name: String) -> Double? { last.values.first { $0.key == name }?.value }
    try database.cachedStatement(
      sql: """
        UPDATE runs SET steps = (SELECT sum(last + 1) FROM series WHERE run = runs.id), reward = ?, success = ? WHERE id = ?
        """
    ).execute(arguments: [number("reward"), number("success"), run])
  }

  private static func series(
    _ name: String, of run: String, _ database: Database
  ) throws -> (id: Int64, columns: [String]) {
    let found = try GRDB.Row.fetchOne(
      database.cachedStatement(sql: "SELECT id, columns FROM series WHERE run = ? AND name = ?"),
      arguments: [run, name])
    if let found { return (found[0], names(found[1])) }
    try database.execute(sql: "INSERT INTO series (run, name, columns) VALUES (?, ?, '')", arguments: [run, name])
    return (database.lastInsertedRowID, [])
  }

  /// Forgets the steps of a series that come after one: they will be taken again.
  func removeSteps(of series: String, after step: Int, of run: String) throws {
    try write { database in
      try database.execute(
        sql: "DELETE FROM metrics WHERE series = (SELECT id FROM series WHERE run = ? AND name = ?) AND step > ?",
        arguments: [run, series, step])
      try database.execute(
        sql: "UPDATE series SET last = min(last, ?) WHERE run = ? AND name = ?", arguments: [step, run, series])
    }
  }

  /// The series of a run, the one that was begun first first: `finetune`, `grpo`.
  ///
  /// - Parameter run: the run's id.
  /// - Throws: ``RecordsError/store(_:reason:)``.
  public func series(of run: String) throws -> [(name: String, columns: [String], last: Int)] {
    try read { database in
      try GRDB.Row.fetchAll(
        database, sql: "SELECT name, columns, last FROM series WHERE run = ? ORDER BY id", arguments: [run]
      ).map { ($0[0], Self.names($0[1]), $0[2]) }
    }
  }

  /// One column of a series.
  ///
  /// - Parameters:
  ///   - column: its name.
  ///   - series: the trainer's: `grpo`.
  ///   - run: the run's id.
  /// - Returns: the steps and a value for each; NaN where a step has none. Both are empty if there is no such column.
  /// - Throws: ``RecordsError/store(_:reason:)``.
  public func curve(
    _ column: String, of series: String, of run: String
  ) throws -> (steps: [Int], values: [Double]) {
    let (steps, columns) = try curves(of: series, of: run) { $0 == column }
    return (columns.isEmpty ? [] : steps, columns.first?.values ?? [])
  }

  /// Columns of a series.
  ///
  /// - Parameters:
  ///   - series: the trainer's: `grpo`.
  ///   - run: the run's id.
  ///   - isWanted: whether a column is.
  /// - Returns: the steps, and for each column a value for every step; NaN where a step has none.
  /// - Throws: ``RecordsError/store(_:reason:)``.
  public func curves(
    of series: String, of run: String, where isWanted: (String) -> Bool = { _ in true }
  ) throws -> (steps: [Int], columns: [(name: String, values: [Double])]) {
    try read { database in
      let found = try GRDB.Row.fetchOne(
        database, sql: "SELECT id, columns FROM series WHERE run = ? AND name = ?", arguments: [run, series])
      guard let found else { return ([], []) }
      let names = Self.names(found[1])
      let places = names.indices.filter { isWanted(names[$0]) }
      var steps: [Int] = []
      var columns = places.map { (name: names[$0], values: [Double]()) }
      let cursor = try GRDB.Row.fetchCursor(
        database, sql: "SELECT step, numbers FROM metrics WHERE series = ? ORDER BY step",
        arguments: [found[0] as Int64])
      while let row = try cursor.next() {
        steps.append(row[0])
        try row.withUnsafeData(atIndex: 1) { data in
          for (index, place) in places.enumerated() {
            let start = place * MemoryLayout<Double>.size
            columns[index].values.append(
              data.map { $0.withUnsafeBytes { $0.number(at: start) } } ?? .nan)
          }
        }
      }
      return (steps, columns)
    }
  }
}

extension RunStore {
  /// What stands between the names of columns; it has no other use since teleprinters.
  private static let separator: Character = "\u{1F}"

  private static func names(_ list: [String]) -> String { list.joined(separator: String(separator)) }

  private static func names(_ text: String) -> [String] {
    text.isEmpty ? [] : text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}

extension UnsafeRawBufferPointer {
  /// The double at a place; NaN beyond the end.
  fileprivate func number(at start: Int) -> Double {
    start + MemoryLayout<Double>.size <= count ? loadUnaligned(fromByteOffset: start, as: Double.self) : .nan
  }
}
