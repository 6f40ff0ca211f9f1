import Foundation
import Records
public import Script

/// The jobs in the folder for outputs, whoever started them.
public enum Jobs {
  /// A row for each job, the one that was started last first.
  ///
  /// - Parameter outputs: the folder that holds all runs.
  public static func table(in outputs: String) -> Table {
    let all = JobFolder.all(in: outputs).map { (job: $0, state: $0.state) }
    func column(_ name: String, _ value: (JobFolder, JobFolder.Phase, JobFolder.State?) -> Value) -> (
      name: String, values: [Value]
    ) {
      (name: name, values: all.map { value($0.job, $0.state.phase, $0.state.last) })
    }
    return Table([
      column("id") { job, _, _ in .string(job.id) },
      column("state") { _, phase, _ in .string(phase.rawValue) },
      column("step") { _, _, last in .string(last.map { JobObject.steps($0) } ?? "") },
      column("last") { _, _, last in last?.watched.map { .float($0) } ?? .none },
      column("left") { _, phase, last in
        phase.isAlive ? last?.secondsLeft.map { .string(ProgressReport.duration($0)) } ?? .none : .none
      },
      column("started") { job, _, _ in .string(started(job.facts.started)) },
      column("work") { job, _, _ in .string(job.facts.work) },
    ])
  }

  /// The table as text for the command line.
  ///
  /// - Parameters:
  ///   - outputs: the folder that holds all runs.
  ///   - width: the columns of characters there are.
  public static func list(in outputs: String, width: Int) -> String {
    let table = table(in: outputs)
    return table.rowCount == 0 ? "There are no jobs in '\(outputs)'." : table.text(limit: 1000, width: width)
  }

  private static func started(_ date: Date) -> String {
    let style = Date.ISO8601FormatStyle(timeZone: .current)
    let day = style.year().month().day().format(date)
    let time = style.time(includingFractionalSeconds: false).format(date).prefix(5)
    return "\(day) \(time)"
  }

  /// What completion offers where a job is wanted.
  static let suggestions = Suggestions.texts { context in
    guard let run = context.host(as: Run.self) else { return [] }
    return JobFolder.all(in: run.outputs).prefix(50).map {
      (text: $0.id, note: "\($0.state.phase.rawValue): \($0.facts.work)")
    }
  }
}
