public import Primitives
import Records
public import Script

/// Runs again what a journal says, and compares every record with the original's as it comes.
public final class Replay {
  /// How it ended.
  public enum Verdict: Sendable {
    /// As the original: at which level.
    case same(String)
    /// Otherwise than the original: where, and how.
    case differs(String)
    /// Somebody stopped the replay.
    case interrupted
  }

  /// What has to be the same.
  public enum Level: String, Sendable, CaseIterable {
    /// Every number, text and picture, bit for bit.
    case bits
    /// Tokens and texts, and numbers within a tolerance.
    case decisions
    /// The means of all metrics, within their intervals.
    case statistics
  }

  /// How much was compared so far, in words.
  public var counts: String { run.journal.original?.counts.description ?? "" }
  private let source: ReplaySource
  private let run: Run
  private let settings: [(name: String, value: String)]
  private let stop: StopToken
  private let session: Session

  /// A replay.
  ///
  /// - Parameters:
  ///   - source: the original.
  ///   - run: where the files of the replay go.
  ///   - output: where progress is shown; nothing else of it is used.
  ///   - stop: raised from outside to end it.
  ///   - level: what is demanded.
  ///   - tolerance: by how much of itself a number may differ where not every bit is demanded.
  ///   - settings: names and values that replace those of the script, to find out what depends on them.
  public init(
    _ source: ReplaySource, run: Run, output: any SessionOutput, stop: StopToken,
    level: Level = .bits, tolerance: Double = 1e-3, settings: [(name: String, value: String)] = []
  ) {
    (self.source, self.run, self.stop, self.settings) = (source, run, stop, settings)
    session = Workbench.session(output: ProgressOnly(output), run: run, stop: stop)
    run.journal.original = JournalComparison(
      source.journal, level: .init(rawValue: level.rawValue) ?? .bits, tolerance: tolerance,
      hasSettings: !settings.isEmpty)
  }

  /// What is to be known beforehand: where this machine differs, which files have changed, what the journal lacks.
  public var warnings: [String] {
    var warnings: [String] = []
    let differences = Machine.record(seed: source.open.seed).differences(from: source.open.environment)
    if !differences.isEmpty {
      warnings.append("this is not what the run ran on: " + differences.joined(separator: "; "))
    }
    if source.hasOtherProgram { warnings.append("another build of Easel made the run") }
    let files = source.changedFiles
    if !files.isEmpty {
      warnings.append("files that the run read are not what they were: " + files.joined(separator: "; "))
    }
    if let warning = source.journal.warning { warnings.append(warning) }
    return warnings
  }

  /// Runs everything.
  ///
  /// - Returns: how it ended.
  /// - Throws: if the archive of a job's work cannot be read, or a script no longer passes its check.
  public func execute() throws -> Verdict {
    loop: for record in source.journal.records {
      switch record {
      case .script(let script):
        stop.reset()
        let all = ReplaySource.settings(settings, over: script)
        let outcome = session.run(script.text, name: script.name, folder: script.folder, settings: all)
        // What the check finds keeps everything from running; the original was checked as well.
        if session.nextCell == 1, let problem = outcome.diagnostics.first { throw problem }
      case .cell(let cell) where source.open.kind == "job": try work(cell)
      case .cell(let cell) where !cell.isOfScript:
        stop.reset()
        _ = session.evaluate(cell.source)
      case .undo: _ = session.undo()
      default: continue
      }
      if run.journal.wasInterrupted { return .interrupted }
      if run.journal.isOver { break loop }
    }
    run.journal.original?.finish()
    guard let comparison = run.journal.original else { return .interrupted }
    let reached = comparison.reached
    return comparison.difference.map { .differs($0.description) } ?? .same("L\(reached.number), \(reached.meaning)")
  }

  /// Does the work of a job again, from the archive that it was given.
  private func work(_ cell: JournalRecord.Cell) throws {
    let (work, seed) = try Archive.read(source.folder + "/work", session.context)
    session.context.seed = seed
    try run.begin(seed: seed)
    guard case .function(let function) = work else { throw WorkbenchError.job("the job's work is no function") }
    _ = run.journal.work(cell.source, function, session.context)
  }
}

/// Shows how far a replay is, and nothing that was shown before.
private final class ProgressOnly: SessionOutput {
  private let output: any SessionOutput
  init(_ output: any SessionOutput) { self.output = output }
  func write(_ text: String) {}
  func show(_ display: Display) {}
  func progress(_ report: ProgressReport?) { output.progress(report) }
}
