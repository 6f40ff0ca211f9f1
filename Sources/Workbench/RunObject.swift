import Foundation
import Pictures
import Primitives
import Records
import Script

/// A run that was recorded, as a value of the language.
final class RunObject: BoundObject {
  static let type = BoundType(
    "run", "A run that was recorded: what it was given, its numbers and its files",
    members: [
      .property("id", of: RunObject.self, "What tells it apart", result: .string) { run, _ in .string(run.id) },
      .property("name", of: RunObject.self, "The script's name, or session", result: .string) { run, _ in
        .string(try run.row().record.name)
      },
      .property("kind", of: RunObject.self, "script, session, job, sweep, trial or replay", result: .string) {
        run, _ in .string(try run.row().record.kind.rawValue)
      },
      .property(
        "status", of: RunObject.self, "starting, running, finished, failed, stopped or lost", result: .string
      ) { run, context in
        try Outside.value("run \(run.id)", "status", context) { .string(try run.row().record.status.rawValue) }
      },
      .property("started", of: RunObject.self, "When it began", result: .string) { run, _ in
        .string(Runs.time(try run.row().record.started))
      },
      .property("seconds", of: RunObject.self, "How long it took", result: .number) { run, context in
        try Outside.value("run \(run.id)", "seconds", context) { .float(Runs.seconds(try run.row().record, Date())) }
      },
      .property("config", of: RunObject.self, "What it was run with: config.seed, config.grpo.lr", result: .record) {
        run, _ in .record(Record(settings: try run.row().record.configuration))
      },
      .property("environment", of: RunObject.self, "What it ran on", result: .record) { run, _ in
        .record(Record(settings: Runs.environment(of: try run.folder())))
      },
      .property("steps", of: RunObject.self, "How many steps its trainers took", result: .int) { run, context in
        try Outside.value("run \(run.id)", "steps", context) { .int(try run.row().steps) }
      },
      .property(
        "history", of: RunObject.self, "The numbers of the trainer that it ran last, a row for each step",
        result: .table
      ) { run, context in
        try Outside.value("run \(run.id)", "history", context) { .table(try run.history()) }
      },
      .property(
        "histories", of: RunObject.self, "The numbers of each of its trainers: histories.grpo", result: .record
      ) { run, _ in
        let names = try run.runs().store.series(of: run.id).map(\.name)
        return .record(Record(try names.map { (name: Record.field($0), value: .table(try run.history($0))) }))
      },
      .property(
        "artifacts", of: RunObject.self, "The pictures, figures, checkpoints and tables that it wrote", result: .table
      ) { run, _ in .table(try run.artifacts()) },
      .property("images", of: RunObject.self, "The pictures that it wrote", result: .list(.object("picture"))) {
        run, _ in Value(try run.images())
      },
      .property("folder", of: RunObject.self, "Where its files are", result: .string) { run, _ in
        .string(try run.folder().path)
      },
      .property("tags", of: RunObject.self, "The words that it was given", result: .list(.string)) { run, context in
        try Outside.value("run \(run.id)", "tags", context) { Value(try run.row().record.tags) }
      },
      .property("note", of: RunObject.self, "The line that was written on it", result: .string) { run, context in
        try Outside.value("run \(run.id)", "note", context) { .string(try run.row().record.note) }
      },
      .property("parent", of: RunObject.self, "The id of the run that it came from, or none", result: .any) {
        run, _ in try run.row().record.parent.map { .string($0) } ?? .none
      },
    ])

  let id: String
  let outputs: String
  /// Opened by whoever asked for the run; its own process may have another in its place by now.
  private let store: RunStore

  init(_ row: RunStore.Row, in runs: Runs) { (id, outputs, store) = (row.record.id, runs.outputs, runs.store) }

  var boundType: BoundType { Self.type }

  var summary: String {
    guard let row = try? row() else { return "run \(id): it was deleted" }
    let record = row.record
    var parts = ["\(record.kind.rawValue), \(record.status.rawValue)", "began \(Runs.time(record.started))"]
    parts.append("\(Runs.seconds(record, Date())) s")
    if row.steps > 0 { parts.append("\(row.steps) steps") }
    for (name, value) in [("reward", row.reward), ("success", row.success)] {
      if let value { parts.append("\(name) \((value * 1000).rounded() / 1000)") }
    }
    return "run \(id) (\(record.name)): " + parts.joined(separator: ", ")
  }

  /// The summary, what the user wrote on it, what it was given, and what it left.
  func display() -> Display {
    guard let row = try? row() else { return Display(text: summary) }
    var lines = [summary]
    if !row.record.tags.isEmpty { lines.append("  tags    " + row.record.tags.joined(separator: ", ")) }
    if !row.record.note.isEmpty { lines.append("  note    " + row.record.note) }
    if let parent = row.record.parent { lines.append("  parent  " + parent) }
    if let folder = try? folder() { lines.append("  folder  " + folder.path) }
    let kinds = Dictionary(grouping: (try? store.artifacts(of: id)) ?? [], by: \.kind).mapValues(\.count)
    if !kinds.isEmpty {
      let counts = kinds.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" + ($0.value == 1 ? "" : "s") }
      lines.append("  wrote   " + counts.joined(separator: ", "))
    }
    for (name, value) in row.record.configuration.sorted(by: { $0.key < $1.key }) where value != .none {
      lines.append("  \(name): \(value)")
    }
    return Display(text: lines.joined(separator: "\n"))
  }

  private func runs() throws -> Runs { try Runs(store) }

  private func row() throws -> RunStore.Row { try runs().row(id) }

  func folder() throws -> RunFolder { try runs().folder(of: row()) }

  /// The numbers of the trainer that it ran last, a row for each step.
  func history() throws -> Table {
    guard let last = try runs().store.series(of: id).last else { return Table([]) }
    return try history(last.name)
  }

  /// The numbers of one of its trainers, a row for each step.
  func history(_ series: String) throws -> Table {
    let (steps, columns) = try store.curves(of: series, of: id)
    return Table(
      [(name: "step", values: steps.map { .int($0) })]
        + columns.map { (name: $0.name, values: $0.values.map { .float($0) }) })
  }

  private func artifacts() throws -> Table {
    let all = try runs().store.artifacts(of: id)
    return Table([
      (name: "path", values: all.map { .string($0.path) }),
      (name: "kind", values: all.map { .string($0.kind) }),
      (name: "bytes", values: all.map { .int($0.bytes) }),
      (name: "fingerprint", values: all.map { .string($0.fingerprint) }),
      (name: "written", values: all.map { .string(Runs.time($0.written)) }),
    ])
  }

  private func images() throws -> [Value] {
    let folder = try folder().path
    return try store.artifacts(of: id).filter { $0.kind == "image" }.map { artifact in
      let path = artifact.path.hasPrefix("/") ? artifact.path : folder + "/" + artifact.path
      let content = try PNGFile.decode(try AtomicFile.read(path))
      let name = URL(fileURLWithPath: path).lastPathComponent
      return .object(PictureObject(content.bitmap, caption: name, text: content.text))
    }
  }
}

extension Record {
  /// A trainer's name as a name of the language: the second is `grpo_2`.
  fileprivate static func field(_ name: String) -> String { name.replacing("-", with: "_") }

  /// Settings in order, those of one trainer in a record of their own.
  fileprivate init(settings: [String: RunRecord.Setting]) {
    var fields: [(name: String, value: Value)] = []
    var inner: [String: [(name: String, value: Value)]] = [:]
    for (name, setting) in settings.sorted(by: { $0.key < $1.key }) {
      let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        fields.append((name: Self.field(name), value: setting.value))
        continue
      }
      inner[Self.field(parts[0]), default: []].append((name: Self.field(parts[1]), value: setting.value))
    }
    self.init(fields + inner.sorted { $0.key < $1.key }.map { (name: $0.key, value: .record(Record($0.value))) })
  }
}
