import Foundation
import GRDB

extension RunStore {
  /// A run as the store lists it.
  public struct Row: Sendable, Hashable {
    /// What is known of it; its configuration is empty here.
    public var record: RunRecord
    /// The name of its folder, below the outputs.
    public var folder: String
    /// How many steps its trainers have taken.
    public var steps: Int
    /// The reward of its last step, if that had one.
    public var reward: Double?
    /// The success of its last step, if that had one.
    public var success: Double?
  }

  // MARK: Adding and changing

  /// Adds a run under an id that no other has.
  ///
  /// - Parameters:
  ///   - record: what is known of it.
  ///   - draw: the id to try, by the number of the attempt, from 0.
  ///   - make: makes the run's folder once the id is known to be free, and nobody else can take it; it may find
  ///     something of that name and throw ``RecordsError/exists(_:)``, and another id is tried.
  /// - Returns: the record with its id, and the folder.
  /// - Throws: ``RecordsError/store(_:reason:)``, and what making the folder throws.
  public func add(
    _ record: RunRecord, draw: (Int) -> String, make: (RunRecord) throws -> RunFolder
  ) throws -> (record: RunRecord, folder: RunFolder) {
    try write { database in
      var record = record
      var attempt = 0
      while true {
        record.id = draw(attempt)
        attempt += 1
        guard try !Self.isTaken(record.id, database) else { continue }
        do {
          let folder = try make(record)
          try Self.put(record, folder: folder.place, database)
          return (record, folder)
        } catch RecordsError.exists {
          continue
        }
      }
    }
  }

  private static func isTaken(_ id: String, _ database: Database) throws -> Bool {
    try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?)", arguments: [id]) ?? false
  }

  /// Writes what is known of a run; its metrics and artifacts stay.
  ///
  /// - Parameters:
  ///   - record: what is known.
  ///   - folder: the run's.
  /// - Throws: ``RecordsError/store(_:reason:)``.
  public func put(_ record: RunRecord, in folder: RunFolder) throws {
    try write { try Self.put(record, folder: folder.place, $0) }
  }

  static func put(_ record: RunRecord, folder: String, _ database: Database) throws {
    // Replacing the row would take its metrics along.
    try database.cachedStatement(
      sql: """
        INSERT INTO runs (id, name, kind, parent, status, started, ended, folder, tags, note, archived)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, parent = excluded.parent,
          status = excluded.status, started = excluded.started, ended = excluded.ended, folder = excluded.folder,
          tags = excluded.tags, note = excluded.note, archived = excluded.archived
        """
    ).execute(arguments: [
      record.id, record.name, record.kind.rawValue, record.parent, record.status.rawValue,
      record.started.timeIntervalSince1970, record.ended?.timeIntervalSince1970, folder,
      record.tags.joined(separator: "\n"), record.note, record.isArchived,
    ])
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO configurations (run, settings) VALUES (?, ?)")
      .execute(arguments: [record.id, String(decoding: try encoder.encode(record.configuration), as: UTF8.self)])
  }

  /// Forgets a run; its folder is the caller's.
  ///
  /// - Parameter id: the run's.
  /// - Throws: ``RecordsError/store(_:reason:)``.
  public func remove(_ id: String) throws {
    try write { try $0.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [id]) }
  }

  // MARK: Reading

  /// All runs, the one that began last first, as their rows say: see ``settle()``.
  ///
  /// - Parameter archived: whether those that are archived are among them.
  /// - Throws: ``RecordsError/store(_:reason:)``.
  public func rows(archived: Bool = false) throws -> [Row] {
    try read { database in
      try Self.rows(database, archived ? "" : "WHERE NOT archived", [])
    }
  }

  /// A run by its id, its configuration included, or `nil`.
  ///
  /// - Parameter id: the whole id.
  /// - Throws: ``RecordsError/store(_:reason:)``.
  public func row(_ id: String) throws -> Row? {
    try read { database in
      guard var row = try Self.rows(database, "WHERE id = ?", [id]).first else { return nil }
      let text = try String.fetchOne(
        database, sql: "SELECT settings FROM configurations WHERE run = ?", arguments: [id])
      if let text {
        row.record.configuration = try JSONDecoder().decode([String: RunRecord.Setting].self, from: Data(text.utf8))
      }
      return row
    }
  }

  static func rows(_ database: Database, _ condition: String, _ arguments: StatementArguments) throws -> [Row] {
    let cursor = try GRDB.Row.fetchCursor(
      database,
      sql: """
        SELECT id, name, kind, parent, status, started, ended, folder, tags, note, archived, steps, reward, success
        FROM runs \(condition) ORDER BY started DESC, id DESC
        """, arguments: arguments)
    var rows: [Row] = []
    while let row = try cursor.next() {
      var record = RunRecord(
        id: row[0], name: row[1], kind: .init(rawValue: row[2]) ?? .script, parent: row[3],
        started: Date(timeIntervalSince1970: row[5]))
      record.status = .init(rawValue: row[4]) ?? .lost
      record.ended = (row[6] as Double?).map(Date.init(timeIntervalSince1970:))
      record.tags = (row[8] as String).split(separator: "\n").map(String.init)
      (record.note, record.isArchived) = (row[9], row[10])
      rows.append(Row(record: record, folder: row[7], steps: row[11], reward: row[12], success: row[13]))
    }
    return rows
  }
}
