import GRDB

extension RunStore {
  /// A change of the store's tables, made once in every store.
  struct Migration: Sendable {
    /// What tells it apart; never changed, never used again.
    let name: String
    /// The change.
    let change: @Sendable (Database) throws -> Void
  }

  /// All changes, the oldest first. New ones go to the end.
  static let migrations: [Migration] = [
    Migration(name: "runs, metrics, artifacts", change: createRuns)
  ]

  /// Makes the changes that a store has not seen.
  static func migrate(_ pool: DatabasePool, _ migrations: [Migration]) throws {
    var migrator = DatabaseMigrator()
    for migration in migrations { migrator.registerMigration(migration.name, migrate: migration.change) }
    let (isDone, isNewer) = try pool.writeWithoutTransaction { database in
      (try migrator.hasCompletedMigrations(database), try migrator.hasBeenSuperseded(database))
    }
    if isNewer {
      throw RecordsError.store(pool.path, reason: "a newer Easel has made it; use that one, or another outputs folder")
    }
    if !isDone { try migrator.migrate(pool) }
  }

  /// The first version.
  ///
  /// A step is one row that holds its numbers as doubles, eight bytes each, in the order of its series' columns: one
  /// insertion a step however many numbers it has, and a curve is rows that lie one after the other.
  @Sendable private static func createRuns(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE runs (
          id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, parent TEXT, status TEXT NOT NULL,
          started REAL NOT NULL, ended REAL, folder TEXT NOT NULL, tags TEXT NOT NULL, note TEXT NOT NULL,
          archived INTEGER NOT NULL, steps INTEGER NOT NULL DEFAULT 0, reward REAL, success REAL
        ) WITHOUT ROWID;
        CREATE INDEX runs_started ON runs (started);
        CREATE INDEX runs_parent ON runs (parent) WHERE parent IS NOT NULL;
        CREATE INDEX runs_alive ON runs (status) WHERE status IN ('starting', 'running');
        CREATE TABLE configurations (
          run TEXT PRIMARY KEY NOT NULL REFERENCES runs ON DELETE CASCADE, settings TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE series (
          id INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, name TEXT NOT NULL,
          columns TEXT NOT NULL, last INTEGER NOT NULL DEFAULT -1, UNIQUE (run, name)
        );
        CREATE TABLE metrics (
          series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE, step INTEGER NOT NULL, numbers BLOB NOT NULL,
          PRIMARY KEY (series, step)
        ) WITHOUT ROWID;
        CREATE TABLE artifacts (
          run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, path TEXT NOT NULL, kind TEXT NOT NULL,
          bytes INTEGER NOT NULL, fingerprint TEXT NOT NULL, written REAL NOT NULL, PRIMARY KEY (run, path)
        ) WITHOUT ROWID;
        """)
  }
}
