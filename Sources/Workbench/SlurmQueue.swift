import Foundation
import Primitives
import Records

/// The tasks of a sweep in Slurm's queue.
///
/// `slurm.json` in the sweep's folder keeps which task does which trial, so that whoever runs the sweep next finds those
/// again that are still in the queue.
struct SlurmQueue {
  /// A job array that was submitted.
  struct Submission: Codable, Equatable {
    /// Its number.
    var job: Int
    /// The trial of each task.
    var trials: [String]
  }

  private let sweep: String
  private(set) var submissions: [Submission]

  /// The queue as the sweep's folder knows it.
  init(sweep: String) {
    self.sweep = sweep
    submissions =
      (try? AtomicFile.read(sweep + "/slurm.json"))
      .flatMap { try? JSONDecoder().decode([Submission].self, from: $0) } ?? []
  }

  /// Submits trials as one job array.
  ///
  /// - Returns: its number.
  /// - Throws: ``WorkbenchError/job(_:)`` if there is no sbatch, or it refuses.
  mutating func submit(_ trials: [TrialFolder], _ batch: SlurmBatch, name: String, worker: [String]) throws -> Int {
    let folder = URL(fileURLWithPath: sweep).standardizedFileURL.path
    let place = "\(folder)/slurm/\(submissions.count + 1)"
    try AtomicFile.makeFolder(folder + "/slurm")
    let paths = trials.map { URL(fileURLWithPath: $0.path).standardizedFileURL.path }
    try AtomicFile.write(paths.map { $0 + "\n" }.joined(), to: place + ".manifest")
    let script = batch.script(
      name: name, count: trials.count, manifest: place + ".manifest", logs: folder + "/slurm", worker: worker)
    try AtomicFile.write(script, to: place + ".sbatch")
    let answer = try Self.ask("sbatch", ["--parsable", place + ".sbatch"])
    // `17` or `17;cluster`.
    guard answer.status == 0, let job = answer.output.split(separator: ";").first.flatMap({ Int($0.trimmed) }) else {
      throw WorkbenchError.job("Slurm refuses the sweep: \((answer.errors + answer.output).trimmed)")
    }
    submissions.append(Submission(job: job, trials: trials.map(\.id)))
    try AtomicFile.write(JSONEncoder().encode(submissions), to: sweep + "/slurm.json")
    return job
  }

  /// The trials that wait or run in the queue, each with its task, such as `17_3`.
  ///
  /// - Throws: ``WorkbenchError/job(_:)`` if the queue cannot be asked.
  func active() throws -> [String: (task: String, state: String)] {
    guard !submissions.isEmpty else { return [:] }
    let answer = try Self.ask("squeue", ["--noheader", "--array", "--me", "--format=%i|%T"])
    guard answer.status == 0 else {
      throw WorkbenchError.job("Slurm's queue cannot be asked: \(answer.errors.trimmed)")
    }
    let states = Self.states(answer.output)
    var found: [String: (task: String, state: String)] = [:]
    for submission in submissions {
      for (index, trial) in submission.trials.enumerated() {
        guard let state = states["\(submission.job)_\(index)"] else { continue }
        found[trial] = ("\(submission.job)_\(index)", state)
      }
    }
    return found
  }

  /// The task that was last to do a trial.
  func task(of trial: String) -> String? {
    for submission in submissions.reversed() {
      if let index = submission.trials.firstIndex(of: trial) { return "\(submission.job)_\(index)" }
    }
    return nil
  }

  /// What became of a task that is no longer in the queue.
  static func death(of task: String?) -> (failure: TrialFolder.End.Failure, problem: String) {
    guard let task else { return (.signal, "Slurm knows no task of it") }
    var facts = (try? ask("scontrol", ["--oneliner", "show", "job", task])).map { Self.facts($0.output) } ?? [:]
    if facts["JobState"] == nil, let line = try? ask("sacct", ["-n", "-P", "-X", "-j", task, "-o", "State,ExitCode"]) {
      let parts = line.output.trimmed.split(separator: "|").map(String.init)
      // `CANCELLED by 1000`
      if parts.count == 2 {
        facts = ["JobState": parts[0].split(separator: " ").first.map(String.init) ?? "", "ExitCode": parts[1]]
      }
    }
    guard let state = facts["JobState"] else { return (.signal, "Slurm no longer knows its task \(task)") }
    let failure: TrialFolder.End.Failure =
      switch state {
      case "OUT_OF_MEMORY": .memory
      case "FAILED": .error
      default: .signal
      }
    return (failure, "its task \(task) ended as \(state), exit code \(facts["ExitCode"] ?? "unknown")")
  }

  // MARK: Reading

  /// The states of tasks from lines such as `17_3|RUNNING`; those that are over are left out.
  static func states(_ text: String) -> [String: String] {
    let over: Set = [
      "COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE", "REVOKED",
    ]
    var result: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "|").map(String.init)
      if parts.count == 2, !over.contains(parts[1]) { result[parts[0]] = parts[1] }
    }
    return result
  }

  /// The facts of `scontrol --oneliner show job`: `JobState=FAILED Reason=NonZeroExitCode …`.
  static func facts(_ text: String) -> [String: String] {
    var result: [String: String] = [:]
    for word in text.split(whereSeparator: \.isWhitespace) {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2, result[parts[0]] == nil { result[parts[0]] = parts[1] }
    }
    return result
  }

  /// Runs a program of Slurm.
  private static func ask(_ program: String, _ arguments: [String]) throws -> (
    status: Int32, output: String, errors: String
  ) {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    (process.standardOutput, process.standardError) = (output, errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let problem = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    // What `env` says of a program that is not there.
    guard process.terminationStatus != 127 else {
      throw WorkbenchError.job(
        "there is no '\(program)' here: Slurm is not installed; leave 'on' out to run the sweep on this machine")
    }
    return (process.terminationStatus, String(decoding: text, as: UTF8.self), String(decoding: problem, as: UTF8.self))
  }
}

extension StringProtocol {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
