import Script

/// What the command line says of the sweeps of a run, and what became of them.
public struct SweepRuns {
  /// How many trials run at a time, if the command line says so.
  public var workers: Int?
  /// Whether trials that are done are done again.
  public var isForced = false
  /// Whether trials that failed are done again.
  public var retriesFailed = false
  /// The tables of the sweeps that came to their end, or were stopped.
  var tables: [(name: String, table: Table)] = []

  /// As the script says.
  public init() {}

  /// Whether there were none.
  public var isEmpty: Bool { tables.isEmpty }

  /// The tables as text for the command line.
  ///
  /// - Parameter width: the columns of characters there are.
  public func texts(width: Int) -> [String] {
    tables.map { name, table in "\(name): \(table.rowCount) trials\n" + table.text(limit: 1000, width: width) }
  }

  /// Whether a trial has failed.
  public var hasFailures: Bool { tables.contains { $0.table["status"]?.contains(.string("failed")) ?? false } }
}
