import Foundation
import Primitives
import Records
public import Script

/// The runs in a folder for outputs, whatever made them: what the language and the command line do with them.
public struct Runs {
  let outputs: String
  let store: RunStore

  /// The runs below a folder, those marked as lost whose process is gone.
  ///
  /// - Parameter outputs: the folder that holds all runs.
  /// - Throws: an error that says why their store cannot be used.
  public init(in outputs: String) throws { try self.init(RunStore(outputs: outputs)) }

  init(_ store: RunStore) throws {
    (outputs, self.store) = (store.outputs, store)
    try store.settle()
  }

  /// The runs of a session's outputs, through the store that its own run has open if it has one.
  init(_ context: Context) throws {
    let run = try Run.of(context)
    try self.init(run.recorder?.store ?? RunStore(outputs: run.outputs))
  }

  // MARK: Finding

  /// What is known of a run.
  ///
  /// - Parameter id: its id, or so much of it that it can be no other's.
  /// - Throws: ``WorkbenchError/run(_:)`` if there is none, or more than one.
  func row(_ id: String) throws -> RunStore.Row {
    if let row = try store.row(id) { return row }
    let all = try store.rows(archived: true)
    let similar = id.isEmpty ? [] : all.filter { $0.record.id.hasPrefix(id) }
    if similar.count == 1, let row = try store.row(similar[0].record.id) { return row }
    if similar.count > 1 {
      let ids = similar.prefix(5).map(\.record.id).joined(separator: ", ")
      throw WorkbenchError.run("'\(id)' begins more than one id: \(ids)")
    }
    let other = all.first.map { "; the last one is '\($0.record.id)', and 'runs' lists all" } ?? "; there are none"
    throw WorkbenchError.run("there is no run '\(id)' in '\(outputs)'\(other)")
  }

  func folder(of row: RunStore.Row) throws -> RunFolder { try RunFolder.open(outputs + "/" + row.folder) }

  // MARK: Listing

  /// A row for each run, the one that began last first.
  ///
  /// - Parameter archived: whether those that are archived are listed, and no others.
  /// - Throws: an error that says why the store cannot be read.
  public func table(archived: Bool = false) throws -> Table {
    let rows = try archived ? store.rows(archived: true).filter(\.record.isArchived) : store.rows()
    return Self.table(rows)
  }

  private static func table(_ rows: [RunStore.Row]) -> Table {
    let now = Date()
    func column(_ name: String, _ value: (RunStore.Row) -> Value) -> (name: String, values: [Value]) {
      (name: name, values: rows.map(value))
    }
    return Table([
      column("id") { .string($0.record.id) },
      column("name") { .string($0.record.name) },
      column("kind") { .string($0.record.kind.rawValue) },
      column("status") { .string($0.record.status.rawValue) },
      column("started") { .string(time($0.record.started)) },
      column("seconds") { .float(seconds($0.record, now)) },
      column("steps") { .int($0.steps) },
      column("reward") { $0.reward.map { .float($0) } ?? .none },
      column("success") { $0.success.map { .float($0) } ?? .none },
      column("tags") { .string($0.record.tags.joined(separator: ", ")) },
      column("note") { .string($0.record.note) },
      column("parent") { $0.record.parent.map { .string($0) } ?? .none },
    ])
  }

  /// The table as text for the command line.
  ///
  /// - Parameters:
  ///   - all: whether archived runs are listed too.
  ///   - width: the columns of characters there are.
  ///   - limit: runs shown.
  /// - Throws: an error that says why the store cannot be read.
  public func list(all: Bool, width: Int, limit: Int) throws -> String {
    let table = Self.table(try store.rows(archived: all))
    return table.rowCount == 0 ? "There are no runs in '\(outputs)'." : table.text(limit: limit, width: width)
  }

  /// A run as text for the command line.
  ///
  /// - Parameter id: its id, or the beginning of it.
  /// - Throws: if there is no such run.
  public func text(_ id: String) throws -> String { RunObject(try row(id), in: self).display().text }

  /// Writes the numbers of the trainer that a run ran last, as the language's `export` does.
  ///
  /// - Parameters:
  ///   - id: its id, or the beginning of it.
  ///   - path: where to, and by its ending in which form.
  /// - Throws: if there is no such run, or the form cannot be told.
  public func export(_ id: String, to path: String) throws {
    try Exporting.write(RunObject(try row(id), in: self).history(), to: path, as: nil)
  }

  /// How long a run took, or has taken so far, to a tenth of a second.
  static func seconds(_ record: RunRecord, _ now: Date) -> Double {
    let end = record.ended ?? (record.status.isAlive ? now : record.started)
    return (end.timeIntervalSince(record.started) * 10).rounded() / 10
  }

  /// A time as lists show it, here and now: `2026-03-01 23:30`.
  static func time(_ date: Date) -> String {
    var (seconds, parts) = (time_t(date.timeIntervalSince1970.rounded(.down)), tm())
    localtime_r(&seconds, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    return "\(day) \(two(parts.tm_hour)):\(two(parts.tm_min))"
  }

  // MARK: Comparing

  /// What two runs differ in: a row for each setting, and each fact of what they ran on.
  ///
  /// - Parameters:
  ///   - first: the id of one.
  ///   - second: the id of the other.
  /// - Throws: if there is no such run.
  public func difference(_ first: String, _ second: String) throws -> Table {
    let rows = [try row(first), try row(second)]
    let facts = rows.map(facts)
    let names = Set(facts.flatMap(\.keys)).sorted()
    let different = names.filter { facts[0][$0] != facts[1][$0] }
    func column(_ place: Int) -> [Value] { different.map { facts[place][$0]?.value ?? .none } }
    // Two columns of one name would be one.
    let ids = rows[0].record.id == rows[1].record.id ? [rows[0].record.id] : rows.map(\.record.id)
    return Table(
      [(name: "setting", values: different.map { .string($0) })]
        + ids.indices.map { (name: ids[$0], values: column($0)) })
  }

  /// What two runs differ in, as text for the command line.
  ///
  /// - Parameters:
  ///   - first: the id of one.
  ///   - second: the id of the other.
  /// - Throws: if there is no such run.
  public func differenceText(_ first: String, _ second: String) throws -> String {
    let table = try difference(first, second)
    return table.rowCount == 0 ? "They differ in nothing that is recorded." : table.text(limit: 1000)
  }

  private func facts(_ row: RunStore.Row) -> [String: RunRecord.Setting] {
    let environment = (try? folder(of: row)).map { Self.environment(of: $0) } ?? [:]
    // The seed is among the settings.
    let facts = environment.filter { $0.key != "seed" }.map { ("environment." + $0.key, $0.value) }
    return row.record.configuration.merging(facts) { $1 }
  }

  /// What a run ran on, by name.
  static func environment(of folder: RunFolder) -> [String: RunRecord.Setting] {
    guard let data = try? AtomicFile.read(folder.environment) else { return [:] }
    return (try? JSONDecoder().decode([String: RunRecord.Setting].self, from: data)) ?? [:]
  }

  // MARK: Keeping

  /// Gives a run a word, or takes it away.
  ///
  /// - Parameters:
  ///   - id: the run's.
  ///   - tag: the word.
  ///   - removed: whether it is taken away.
  /// - Throws: if there is no such run, or it cannot be written.
  public func tag(_ id: String, _ tag: String, removed: Bool = false) throws {
    guard !tag.isEmpty, !tag.contains(where: { $0.isNewline || $0 == "," }) else {
      throw WorkbenchError.run("'\(tag)' cannot be a tag: a tag is one or more words without a comma")
    }
    try change(id) { record in
      record.tags.removeAll { $0 == tag }
      if !removed { record.tags.append(tag) }
    }
  }

  /// Writes a line on a run, in place of the one that was there.
  ///
  /// - Parameters:
  ///   - id: the run's.
  ///   - note: the line; empty for none.
  /// - Throws: if there is no such run, or it cannot be written.
  public func note(_ id: String, _ note: String) throws { try change(id) { $0.note = note } }

  /// Leaves a run out of lists, or takes it in again.
  ///
  /// - Parameters:
  ///   - id: the run's.
  ///   - isArchived: whether it is left out.
  /// - Throws: if there is no such run, or it cannot be written.
  public func archive(_ id: String, _ isArchived: Bool = true) throws { try change(id) { $0.isArchived = isArchived } }

  private func change(_ id: String, _ change: (inout RunRecord) -> Void) throws {
    let row = try row(id)
    let folder = try folder(of: row)
    // A run that ends meanwhile changes the same file, one after the other; a lost one does not know that it is.
    let record = try RunRecord.update(in: folder, or: row.record, change)
    if record.status.isAlive, !row.record.status.isAlive {
      try store.take(folder, as: row.record.status)
    } else {
      try store.put(record, in: folder)
    }
  }

  /// Removes a run with all its files.
  ///
  /// - Parameter id: the run's.
  /// - Throws: ``WorkbenchError/run(_:)`` for a run that a process works on, and if its folder cannot be removed.
  public func delete(_ id: String) throws {
    let row = try row(id)
    let path = outputs + "/" + row.folder
    if let folder = try? RunFolder.open(path) {
      guard !row.record.status.isAlive, !folder.isHeld else {
        throw WorkbenchError.run("run \(row.record.id) is \(row.record.status.rawValue); end it before you delete it")
      }
      // Once renamed it is nobody's run, however far the removal comes.
      let aside = outputs + "/.deleted-" + row.record.id
      try? FileManager.default.removeItem(atPath: aside)
      guard rename(path, aside) == 0 else {
        throw WorkbenchError.run("cannot delete '\(path)': \(String(cString: strerror(errno)))")
      }
      try store.remove(row.record.id)
      try FileManager.default.removeItem(atPath: aside)
    } else {
      try store.remove(row.record.id)
    }
  }

  /// Makes the store of a folder again from the folders of the runs.
  ///
  /// - Parameter outputs: the folder that holds all runs.
  /// - Returns: what came of it, a sentence a line.
  /// - Throws: an error that says why there can be no store.
  public static func rebuild(_ outputs: String) throws -> String {
    let rebuilt = try RunStore.rebuild(outputs)
    var lines = rebuilt.problems
    if let aside = rebuilt.aside { lines.append("The damaged store is now '\(aside)'.") }
    lines.append("The store of '\(outputs)' has \(rebuilt.runs) run\(rebuilt.runs == 1 ? "" : "s").")
    return lines.joined(separator: "\n")
  }

  /// Whether there is a store below a folder.
  ///
  /// - Parameter outputs: the folder that holds all runs.
  public static func exist(in outputs: String) -> Bool { RunStore.exists(in: outputs) }

  /// What completion offers where a run is wanted.
  static let suggestions = Suggestions.texts { context in
    guard let run = context.host(as: Run.self), RunStore.exists(in: run.outputs),
      let store = try? run.recorder?.store ?? RunStore(outputs: run.outputs), let rows = try? store.rows()
    else { return [] }
    return rows.prefix(50).map {
      (text: $0.record.id, note: "\($0.record.name), \($0.record.status.rawValue), \(time($0.record.started))")
    }
  }
}

extension RunRecord.Setting {
  /// As a value of the language.
  var value: Value {
    switch self {
    case .none: .none
    case .flag(let flag): .bool(flag)
    case .whole(let number): .int(number)
    case .number(let number): .float(number)
    case .text(let text): .string(text)
    }
  }
}
