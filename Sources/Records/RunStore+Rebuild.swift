import Foundation
import GRDB
import Primitives

extension RunStore {
  /// Takes a run from its folder: its record, the steps of all its trainers, its artifacts. What the store had of it
  /// gives way.
  ///
  /// - Parameters:
  ///   - folder: the run's.
  ///   - status: how it stands, where the folder's own word is out of date.
  /// - Returns: whether there is a run in the folder.
  /// - Throws: ``RecordsError/store(_:reason:)``, ``RecordsError/damaged(_:line:reason:)``.
  @discardableResult public func take(_ folder: RunFolder, as status: RunRecord.Status? = nil) throws -> Bool {
    try write { database in
      // Read inside: what its own process adds meanwhile comes after, and replaces what was read.
      guard var record = RunRecord(in: folder) else { return false }
      if let status, record.status.isAlive { record.status = status }
      if !record.status.isAlive, record.ended == nil { record.ended = folder.lastChange }
      try Self.put(record, folder: folder.place, database)
      try database.execute(
        sql: "DELETE FROM metrics WHERE series IN (SELECT id FROM series WHERE run = ?)", arguments: [record.id])
      try database.execute(sql: "DELETE FROM artifacts WHERE run = ?", arguments: [record.id])
      for (name, path) in folder.series {
        let steps = try MetricsFile.read(path).map { Step(series: name, step: $0.step, values: $0.values) }
        try Self.add(steps, of: record.id, database)
      }
      try Self.add(RunArtifact.all(in: folder), of: record.id, database)
      return true
    }
  }

  /// Finds the runs whose process is gone without having said so, and takes what their folders know.
  ///
  /// - Throws: ``RecordsError/store(_:reason:)``.
  public func settle() throws {
    let alive = try read { try Self.rows($0, "WHERE status IN ('starting', 'running')", []) }
    for row in alive {
      // A process has that long to begin.
      if row.record.status == .starting, row.record.started.timeIntervalSinceNow > -60 { continue }
      guard let folder = try? RunFolder.open(outputs + "/" + row.folder) else {
        try settle(row.record.id, as: .lost)
        continue
      }
      guard !folder.isHeld else { continue }
      // It may have ended, in good order, since its row was read.
      guard try self.row(row.record.id)?.record.status == row.record.status else { continue }
      if (try? take(folder, as: .lost)) != true { try settle(row.record.id, as: .lost) }
    }
  }

  private func settle(_ id: String, as status: RunRecord.Status) throws {
    try write {
      try $0.execute(
        sql: "UPDATE runs SET status = ? WHERE id = ? AND status IN ('starting', 'running')",
        arguments: [status.rawValue, id])
    }
  }

  /// What came of making a store again.
  public struct Rebuilt: Sendable, Hashable {
    /// How many runs it has.
    public var runs = 0
    /// Where the damaged store was put, if it was damaged.
    public var aside: String?
    /// What could not be taken from a folder, a sentence each.
    public var problems: [String] = []
  }

  /// Makes the store of a folder again from the folders of the runs.
  ///
  /// A store that can be read keeps what only it knows; one that is damaged is put aside. Runs that work meanwhile
  /// go on, and find the new store.
  ///
  /// - Parameter outputs: the folder that holds all runs.
  /// - Throws: ``RecordsError/store(_:reason:)``, ``RecordsError/unwritable(_:reason:)``.
  public static func rebuild(_ outputs: String) throws -> Rebuilt {
    var result = Rebuilt()
    var store: RunStore
    do {
      store = try RunStore(outputs: outputs)
      let report = try store.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
      guard report == "ok" else { throw RecordsError.store(path(in: outputs), reason: damage) }
    } catch RecordsError.store(_, damage) {
      result.aside = try putAside(outputs)
      store = try RunStore(outputs: outputs)
    }
    let names = entries(outputs).flatMap { name in
      [name] + entries("\(outputs)/\(name)/trials").map { "\(name)/trials/\($0)" }
    }
    var known: Set<String> = []
    for name in names {
      guard let folder = try? RunFolder.open(outputs + "/" + name), let record = RunRecord(in: folder) else { continue }
      do {
        guard try store.take(folder, as: folder.isHeld ? nil : .lost) else { continue }
        known.insert(record.id)
      } catch let error as RecordsError {
        if case .store = error { throw error }
        result.problems.append("\(error)")
      }
    }
    // Runs whose folder was removed by hand.
    for row in try store.rows(archived: true) where !known.contains(row.record.id) {
      if (try? RunFolder.open(outputs + "/" + row.folder)) == nil { try store.remove(row.record.id) }
    }
    result.runs = known.count
    return result
  }

  private static func entries(_ folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
  }

  /// Renames a store that is damaged, and what lies beside it.
  private static func putAside(_ outputs: String) throws -> String {
    let path = path(in: outputs)
    let free = (1...).lazy.map { "\(path).damaged-\($0)" }.first { !FileManager.default.fileExists(atPath: $0) }
    let aside = free ?? path + ".damaged"
    for ending in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + ending) {
      guard rename(path + ending, aside + ending) == 0 else {
        throw RecordsError.store(path, reason: String(cString: strerror(errno)))
      }
    }
    return aside
  }
}

extension RunFolder {
  /// The folder's place below the outputs: its own name, or of a trial also those of the sweep's folders.
  var place: String {
    let parts = path.split(separator: "/").suffix(3)
    return (parts.dropFirst().first == "trials" ? parts : parts.suffix(1)).joined(separator: "/")
  }

  /// What the run has written besides its metrics, a file a line.
  var artifacts: String { path + "/artifacts.jsonl" }

  /// The metrics of the run's trainers: the name of each, and its file; the one that
  /// was written last last.
  public var series: [(name: String, path: String)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let files = names.filter { $0.hasPrefix("metrics-") && $0.hasSuffix(".jsonl") }
    return files.map { (name: $0, age: Self.age(path + "/" + $0)) }.sorted { ($0.age, $0.name) < ($1.age, $1.name) }
      .map { (String($0.name.dropFirst(8).dropLast(6)), path + "/" + $0.name) }
  }

  /// When something in it last changed, as far as its metrics tell.
  fileprivate var lastChange: Date { ([record] + series.map(\.path)).map(Self.age).max() ?? .distantPast }

  private static func age(_ path: String) -> Date {
    (try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date) ?? .distantPast
  }
}
