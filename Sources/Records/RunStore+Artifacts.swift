import Foundation
import GRDB

extension RunStore {
  /// Adds what a run has written; what is there of a path gives way.
  func add(_ artifacts: [RunArtifact], of run: String) throws {
    guard !artifacts.isEmpty else { return }
    try write { try Self.add(artifacts, of: run, $0) }
  }

  static func add(_ artifacts: [RunArtifact], of run: String, _ database: Database) throws {
    let insertion = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO artifacts (run, path, kind, bytes, fingerprint, written) VALUES (?, ?, ?, ?, ?, ?)
        """)
    for artifact in artifacts {
      try insertion.execute(arguments: [
        run, artifact.path, artifact.kind, artifact.bytes, artifact.fingerprint, artifact.written.timeIntervalSince1970,
      ])
    }
  }

  /// What a run has written, in the order in which it was.
  ///
  /// - Parameter run: the run's id.
  /// - Throws: ``RecordsError/store(_:reason:)``.
  public func artifacts(of run: String) throws -> [RunArtifact] {
    try read { database in
      try GRDB.Row.fetchAll(
        database,
        sql: "SELECT path, kind, bytes, fingerprint, written FROM artifacts WHERE run = ? ORDER BY written, path",
        arguments: [run]
      ).map { row in
        RunArtifact(
          path: row[0], kind: row[1], bytes: row[2], fingerprint: row[3],
          written: Date(timeIntervalSince1970: row[4]))
      }
    }
  }
}
