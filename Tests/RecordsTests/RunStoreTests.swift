import Foundation
import GRDB
import Primitives
import Testing

@testable import Records

/// 2026-03-01 at 23:30 in Greenwich.
private let night = Date(timeIntervalSince1970: 1_772_407_800)

/// What a recorder warned of.
final class Warnings {
  var texts: [String] = []
}

/// The record of a new run whose first ids are those given.
func recorder(
  in outputs: String, ids: [String] = [], name: String = "test", _ warnings: Warnings = Warnings()
) throws -> RunRecorder {
  let record = RunRecord(id: "", name: name, kind: .script, started: night, configuration: ["seed": .whole(7)])
  return try RunRecorder(
    in: outputs, record, draw: { $0 < ids.count ? ids[$0] : "id\(UUID().uuidString.prefix(8))" },
    warn: { warnings.texts.append($0) })
}

/// All that the store has of its runs, for comparison.
func content(_ store: RunStore) throws -> [String] {
  try store.rows(archived: true).map(\.record.id).sorted().flatMap { id -> [String] in
    guard var row = try store.row(id) else { return [] }
    // A store that is made again knows the end of a lost run to the second only.
    if row.record.status == .lost { row.record.ended = nil }
    let record = row.record
    var lines = [
      "\(id) \(record.name) \(record.kind) \(record.status) \(record.tags) \(record.note) \(row.folder) \(row.steps)",
      "\(row.reward ?? -1) \(row.success ?? -1) \(record.configuration.sorted { $0.key < $1.key })",
    ]
    for series in try store.series(of: id) {
      let (steps, columns) = try store.curves(of: series.name, of: id)
      lines.append("\(series.name) \(series.last) \(steps) \(columns)")
    }
    return lines + (try store.artifacts(of: id).map { "\($0.path) \($0.kind) \($0.bytes) \($0.fingerprint)" })
  }
}

@Suite struct RunStoreTests {
  @Test func `a run is a folder, a row and its numbers`() throws {
    try inTemporaryFolder { outputs in
      let run = try recorder(in: outputs, ids: ["a1b2c3"])
      #expect(run.folder.path.hasSuffix("-test-a1b2c3"))
      #expect(RunRecord(in: run.folder) == run.record)
      let series = try run.series("grpo", after: -1)
      for step in 0..<3 { try series.append(step: step, [("reward", Double(step + 1) / 4), ("loss", .nan)]) }
      try series.append(step: 3, [("loss", 2), ("new", -0.0)])
      try series.flush()
      let store = try #require(run.store)
      let (steps, rewards) = try store.curve("reward", of: "grpo", of: "a1b2c3")
      #expect(steps == [0, 1, 2, 3])
      #expect(rewards.prefix(3) == [0.25, 0.5, 0.75] && rewards[3].isNaN)
      let new = try store.curve("new", of: "grpo", of: "a1b2c3").values
      #expect(new.prefix(3).allSatisfy(\.isNaN) && new[3].sign == .minus)
      let none = try store.curve("nothing", of: "grpo", of: "a1b2c3")
      #expect(none.steps.isEmpty && none.values.isEmpty)
      run.end(.finished)
      let row = try #require(try store.row("a1b2c3"))
      #expect(row.record.status == .finished && row.steps == 4 && row.reward == nil)
      #expect(row.record.configuration == ["seed": .whole(7)])
      #expect(try store.rows().map(\.folder) == [run.folder.place])
    }
  }

  @Test func `no two runs have one id, whatever they are called`() throws {
    try inTemporaryFolder { outputs in
      let runs = try (0..<3).map { try recorder(in: outputs, ids: ["aaaaaa", "bbbbbb", "cccccc"], name: "n\($0)") }
      #expect(runs.map(\.record.id) == ["aaaaaa", "bbbbbb", "cccccc"])
      // A folder of that name which the store does not know is somebody's as well.
      for ending in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: RunStore.path(in: outputs) + ending)
      }
      let again = try recorder(in: outputs, ids: ["aaaaaa", "dddddd"], name: "n0")
      #expect(again.record.id == "dddddd")
    }
  }

  @Test func `a store of an older version is brought up to date with its rows`() throws {
    try inTemporaryFolder { outputs in
      let old = try DatabasePool(path: RunStore.path(in: outputs))
      try RunStore.migrate(old, Array(RunStore.migrations.prefix(1)))
      try old.write { database in
        try database.execute(
          sql: """
            INSERT INTO runs (id, name, kind, status, started, folder, tags, note, archived, steps)
              VALUES ('a1', 'old', 'script', 'finished', 1, '1970-01-01-old-a1', 'x', '', 0, 2);
            INSERT INTO series (id, run, name, columns, last) VALUES (5, 'a1', 'grpo', 'reward', 2);
            INSERT INTO metrics VALUES (5, 1, x'000000000000E03F'), (5, 2, x'000000000000F03F');
            """)
      }
      try old.close()
      let added = RunStore.Migration(name: "added by a test") { database in
        try database.execute(sql: "ALTER TABLE runs ADD COLUMN extra INTEGER NOT NULL DEFAULT 3")
      }
      // Twice: what was done is not done again.
      for _ in 0..<2 {
        let store = try RunStore(outputs: outputs, migrations: RunStore.migrations + [added])
        #expect(try store.curve("reward", of: "grpo", of: "a1").values == [0.5, 1])
        #expect(try store.rows().map(\.record.tags) == [["x"]])
        #expect(try store.read { try Int.fetchOne($0, sql: "SELECT sum(extra) FROM runs") } == 3)
      }
      // And an older Easel leaves it alone.
      let error = #expect(throws: RecordsError.self) { try RunStore(outputs: outputs) }
      #expect(error?.description.contains("a newer Easel has made it") == true)
    }
  }

  @Test func `a run that is gone is lost, with every step that its folder has`() throws {
    try inTemporaryFolder { outputs in
      let store = try RunStore(outputs: outputs)
      let folder: RunFolder
      do {
        let run = try recorder(in: outputs, ids: ["a1"])
        folder = run.folder
        try run.series("grpo", after: -1).append(step: 0, [("reward", 1)])
        run.flush()
        try withExtendedLifetime(run) { try store.settle() }
        #expect(try store.row("a1")?.record.status == .running)
      }
      // What a process writes that is killed before the store has its last steps, in the middle of a line.
      try "{\"step\":1,\"reward\":0.5}\n{\"step\":2,\"rew".append(to: folder.path + "/metrics-grpo.jsonl")
      #expect(try store.row("a1")?.record.status == .running)
      try store.settle()
      let row = try #require(try store.row("a1"))
      #expect(row.record.status == .lost && row.steps == 2 && row.reward == 0.5 && row.record.ended != nil)
      #expect(try store.curve("reward", of: "grpo", of: "a1").steps == [0, 1])

      // It goes on after step 0 in its folder: step 1 comes again, once.
      let run = try RunRecorder(resuming: folder, in: outputs, or: row.record) { Issue.record("\($0)") }
      #expect(try store.row("a1")?.record.status == .running)
      let series = try run.series("grpo", after: 0)
      for step in 1...2 { try series.append(step: step, [("reward", Double(step + 1))]) }
      run.end(.finished)
      let curve = try store.curve("reward", of: "grpo", of: "a1")
      #expect(curve.steps == [0, 1, 2] && curve.values == [1, 2, 3])
      #expect(try MetricsFile.read(folder.path + "/metrics-grpo.jsonl").map(\.step) == [0, 1, 2])
    }
  }

  @Test func `a trainer that goes back takes its later steps again, once`() throws {
    try inTemporaryFolder { outputs in
      let run = try recorder(in: outputs, ids: ["a1"])
      let series = try run.series("grpo", after: 0)
      for step in 1...6 { try series.append(step: step, [("reward", 0)]) }
      try series.rewind(to: 4)
      for step in 5...7 { try series.append(step: step, [("reward", 1)]) }
      try series.flush()
      let curve = try #require(try run.store?.curve("reward", of: "grpo", of: "a1"))
      #expect(curve.steps == Array(1...7) && curve.values == [0, 0, 0, 0, 1, 1, 1])
      #expect(try MetricsFile.read(run.folder.path + "/metrics-grpo.jsonl").map(\.step) == Array(1...7))
    }
  }

  @Test func `a store that cannot be used is one warning, and the run goes on`() throws {
    try inTemporaryFolder { outputs in
      try AtomicFile.write(String(repeating: "no database ", count: 1000), to: RunStore.path(in: outputs))
      let warnings = Warnings()
      let run = try recorder(in: outputs, ids: ["a1"], warnings)
      let series = try run.series("grpo", after: 0)
      for step in 1...3 { try series.append(step: step, [("reward", 1)]) }
      run.flush(finally: true)
      #expect(warnings.texts.count == 1)
      #expect(warnings.texts[0].hasPrefix("the store of runs '\(outputs)/easel.sqlite' cannot be used: it is damaged"))
      // Somebody makes it again: the run has all its steps there when it ends.
      #expect(try RunStore.rebuild(outputs).runs == 1)
      try series.append(step: 4, [("reward", 1)])
      run.end(.finished)
      let store = try RunStore(outputs: outputs)
      #expect(try store.curve("reward", of: "grpo", of: "a1").steps == [1, 2, 3, 4])
      #expect(try store.row("a1")?.record.status == .finished)
      #expect(warnings.texts.count == 1)
    }
  }

  @Test func `a run finds the store that was put in the place of its own`() throws {
    try inTemporaryFolder { outputs in
      let run = try recorder(in: outputs, ids: ["a1"])
      let series = try run.series("grpo", after: 0)
      try series.append(step: 1, [("reward", 1)])
      run.flush()
      for ending in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: RunStore.path(in: outputs) + ending)
      }
      try series.append(step: 2, [("reward", 2)])
      run.end(.finished)
      #expect(try RunStore(outputs: outputs).curve("reward", of: "grpo", of: "a1").values == [1, 2])
    }
  }

  @Test func `a store made again from the folders is the one that was lost, or damaged`() throws {
    try inTemporaryFolder { outputs in
      for id in ["a1", "b2"] {
        let run = try recorder(in: outputs, ids: [id])
        for name in ["finetune", "grpo"] {
          let series = try run.series(name, after: 0)
          for step in 1...5 { try series.append(step: step, [("reward", 1 / Double(step)), ("success", 0.5)]) }
        }
        try AtomicFile.write("picture of \(id)", to: try run.folder.file("a.png", in: .images))
        run.noteFiles()
        try RunRecord.update(in: run.folder) { ($0.tags, $0.note) = (["best", "two words"], "a note") }
        run.end(id == "a1" ? .finished : .failed)
      }
      let before = try content(RunStore(outputs: outputs))
      #expect(before.count == 10)
      for ending in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: RunStore.path(in: outputs) + ending)
      }
      #expect(try RunStore.rebuild(outputs) == RunStore.Rebuilt(runs: 2))
      #expect(try content(RunStore(outputs: outputs)) == before)
      // Again, over what is there.
      #expect(try RunStore.rebuild(outputs) == RunStore.Rebuilt(runs: 2))
      #expect(try content(RunStore(outputs: outputs)) == before)

      try AtomicFile.write(String(repeating: "no database ", count: 1000), to: RunStore.path(in: outputs))
      let error = #expect(throws: RecordsError.self) { try RunStore(outputs: outputs) }
      #expect(error?.description.contains("it is damaged; 'easel runs rebuild' makes it again") == true)
      let rebuilt = try RunStore.rebuild(outputs)
      #expect(rebuilt.runs == 2 && rebuilt.aside == RunStore.path(in: outputs) + ".damaged-1")
      #expect(try content(RunStore(outputs: outputs)) == before)
    }
  }

  @Test func `artifacts have a fingerprint of what is in them, and one written again has the new one`() throws {
    try inTemporaryFolder { outputs in
      let run = try recorder(in: outputs, ids: ["a1"])
      func fingerprints() throws -> [String: String] {
        let all = try run.store?.artifacts(of: "a1") ?? []
        return Dictionary(all.map { ($0.path, $0.fingerprint) }) { $1 }
      }
      for name in ["one", "two"] {
        for file in ["weights", "state.json"] {
          try AtomicFile.write("some \(file)", to: "\(run.folder.path)/checkpoints/\(name)/\(file)")
        }
      }
      try AtomicFile.write(Data(repeating: 1, count: 100), to: run.folder.path + "/images/01-a.png")
      run.noteFiles()
      let first = try fingerprints()
      #expect(first.keys.sorted() == ["checkpoints/one", "checkpoints/two", "images/01-a.png"])
      #expect(first["checkpoints/one"] == first["checkpoints/two"])
      let kinds = try run.store?.artifacts(of: "a1").map { "\($0.kind) \($0.bytes)" }.sorted()
      #expect(kinds == ["checkpoint 27", "checkpoint 27", "image 100"])
      // One bit, in the middle of a word.
      var bytes = Data(repeating: 1, count: 100)
      bytes[51] ^= 0x80
      try AtomicFile.write(bytes, to: run.folder.path + "/images/01-a.png")
      run.noteFiles()
      let second = try fingerprints()
      #expect(second.count == 3 && second["images/01-a.png"] != first["images/01-a.png"])
      #expect(RunArtifact.all(in: run.folder).count == 3)
    }
  }
}

extension String {
  /// Adds itself to the end of a file.
  fileprivate func append(to path: String) throws {
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(utf8))
    try handle.close()
  }
}
