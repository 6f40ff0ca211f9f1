import Foundation
import Primitives
import Records
import Script

/// Work in a process of its own, which outlives the session, as a value of the language.
final class JobObject: BoundObject {
  static let type = BoundType(
    "job", "Work in a process of its own, which outlives the session",
    members: [
      .property("id", of: JobObject.self, "What tells it apart", result: .string) { job, _ in .string(job.files.id) },
      .property("work", of: JobObject.self, "The work as it was written", result: .string) { job, _ in
        .string(job.files.facts.work)
      },
      .property(
        "state", of: JobObject.self, "starting, running, stopping, finished, stopped, failed or lost", result: .string
      ) { job, context in
        try Outside.value("job \(job.files.id)", "state", context) { .string(job.files.state.phase.rawValue) }
      },
      .property("steps", of: JobObject.self, "How many steps it has taken", result: .int) { job, context in
        try Outside.value("job \(job.files.id)", "steps", context) { .int(job.files.state.last?.done ?? 0) }
      },
      .property("history", of: JobObject.self, "The numbers of its steps so far, one row each", result: .table) {
        job, context in
        try Outside.value("job \(job.files.id)", "history", context) { .table(try job.history()) }
      },
      .property("folder", of: JobObject.self, "Where its files are", result: .string) { job, _ in
        .string(job.files.folder.path)
      },
    ])

  let files: JobFolder

  init(_ files: JobFolder) { self.files = files }

  var boundType: BoundType { Self.type }
  var summary: String {
    let (phase, last) = files.state
    let steps = last.map { Self.steps($0) } ?? ""
    let figures = [steps, last?.text ?? ""].filter { !$0.isEmpty }.joined(separator: "  ")
    return "job \(files.id) (\(files.facts.work)): \(phase.rawValue)" + (figures.isEmpty ? "" : ", \(figures)")
  }

  /// The summary, and what can be done with it.
  func display() -> Display {
    Display(described, lasting: "job \(files.id) (\(files.facts.work))")
  }

  private var described: String {
    let (phase, last) = files.state
    var lines = [summary]
    switch phase {
    case .starting, .running, .stopping:
      lines.append("  tail(job) shows what it prints, attach(job) its progress and then its result; stop(job) ends it")
    case .finished, .stopped: lines.append("  attach(job) gives its result")
    case .failed, .lost:
      lines.append("  \(Self.problem(phase, last)); what it printed is in \(files.log)")
      if last?.latest != nil {
        lines.append("  attach(job) gives the trainer as it was last saved; start trainer.resume() goes on from there")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Steps done, and of how many: `37/500`.
  static func steps(_ state: JobFolder.State) -> String {
    guard !state.label.isEmpty else { return "" }
    return "\(state.done)" + (state.total.map { "/\($0)" } ?? "")
  }

  /// Why it did not come to its end.
  static func problem(_ phase: JobFolder.Phase, _ last: JobFolder.State?) -> String {
    phase == .lost
      ? "its process is gone: it was killed, or the machine went down" : last?.problem ?? "it failed"
  }

  func history() throws -> Table {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: files.folder.path)) ?? []
    func age(_ path: String) -> Date {
      (try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date) ?? .distantPast
    }
    let metrics = names.filter { $0.hasPrefix("metrics-") && $0.hasSuffix(".jsonl") }
      .map { "\(files.folder.path)/\($0)" }.max { (age($0), $0) < (age($1), $1) }
    guard let metrics else { return Table([]) }
    let (steps, columns) = MetricsFile.columns(try MetricsFile.read(metrics))
    return Table(
      [(name: "step", values: steps.map { .int(Int($0)) })]
        + columns.map { (name: $0.name, values: $0.values.map { .float($0) }) })
  }
}

extension JobObject: Archivable {
  func facts(in folder: String) throws -> Value { .string(files.folder.path) }

  static func made(from facts: Value, in folder: String, _ context: Context) throws -> any BoundObject {
    guard let path = String.from(facts), let files = JobFolder(path) else {
      throw WorkbenchError.damagedArchive(folder, reason: "its job is gone")
    }
    return JobObject(files)
  }
}
