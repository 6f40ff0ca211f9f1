public import Foundation
import Learning
import Primitives
import Records
import Script

/// What one run of a script, or one session at the prompt, writes: a folder that appears with its first file.
public final class Run {
  /// The folder under which runs lie.
  public let outputs: String
  /// What the run is called: the script's name, or `session`.
  public let name: String
  /// What starts a worker when the folder of its job is added; empty where none can be started.
  let worker: [String]
  /// Told of every trainer after each of its steps.
  var watch: ((TrainerObject) throws -> Void)?
  /// The trainer that ran last, and what its run gave.
  var trained: (trainer: TrainerObject, result: Value)?
  /// The jobs that this run has started.
  var jobs: [JobFolder] = []
  private let date: Date
  private let identity: String
  private var folder: RunFolder?
  private var counts: [String: Int] = [:]

  /// A run that has written nothing.
  ///
  /// - Parameters:
  ///   - name: the script's name, or `session`.
  ///   - outputs: the folder under which runs lie.
  ///   - date: when it began; it and `process` only tell runs apart.
  ///   - process: the number of the process.
  ///   - worker: the command that does the work of a job, without the job's folder; empty where there is none.
  public init(name: String, outputs: String = "outputs", date: Date, process: Int, worker: [String] = []) {
    (self.name, self.outputs, self.date, self.worker) = (name, outputs, date, worker)
    identity = Self.identity(name, date, process)
  }

  /// The run of a worker, in the folder that was made for its job.
  ///
  /// - Parameters:
  ///   - folder: the job's.
  ///   - worker: as for any run: a job may start others.
  init(of job: JobFolder, worker: [String]) {
    (name, outputs, date, self.worker) = (job.id, job.outputs, Date(), worker)
    (identity, folder) = (job.id, job.folder)
  }

  /// What tells runs apart: six digits.
  static func identity(_ name: String, _ date: Date, _ process: Int) -> String {
    var digest = Fingerprint()
    digest.combine(name)
    digest.combine(date.timeIntervalSince1970)
    digest.combine(UInt64(process))
    return String(digest.description.prefix(6))
  }

  /// A line for each job of this run that still works, for when the session ends.
  public var running: [String] {
    jobs.filter { $0.state.phase.isAlive }.map { "Job \($0.id) goes on: \($0.facts.work)" }
  }

  /// Where the run's files are, or `nil` if it has written none.
  public var path: String? { folder?.path }

  /// The run of a session.
  ///
  /// - Throws: ``WorkbenchError/noRun`` if the session was made without one.
  static func of(_ context: Context) throws -> Run {
    guard let run = context.host(as: Run.self) else { throw WorkbenchError.noRun }
    if run.folder == nil { try run.open(seed: context.seed) }
    return run
  }

  /// The checkpoints of all runs that hold a file, for completion: the latest runs first, fifty at most.
  static func checkpoints(_ context: Context, holding file: String) -> [(text: String, note: String)] {
    guard let run = context.host(as: Run.self) else { return [] }
    let files = FileManager.default
    func entries(_ folder: String) -> [String] { (try? files.contentsOfDirectory(atPath: folder))?.sorted() ?? [] }
    var found: [(text: String, note: String)] = []
    for name in entries(run.outputs).reversed() where found.count < 50 {
      let folder = "\(run.outputs)/\(name)/\(RunFolder.Section.checkpoints.rawValue)"
      for checkpoint in entries(folder) where files.fileExists(atPath: "\(folder)/\(checkpoint)/\(file)") {
        found.append((text: "\(folder)/\(checkpoint)", note: "of run \(name)"))
      }
    }
    return found
  }

  /// The path of a file, the folder of its section made.
  func file(_ name: String, in section: RunFolder.Section) throws -> String {
    guard let folder else { throw WorkbenchError.noRun }
    return try folder.file(name, in: section)
  }

  /// The path of a file that no earlier one of the run has: `images/03-name`, its folder made.
  func numbered(_ name: String, in section: RunFolder.Section) throws -> String {
    let number = count(section.rawValue)
    return try file((number < 10 ? "0" : "") + "\(number)-\(name)", in: section)
  }

  /// The file for the metrics of a trainer: `metrics-grpo.jsonl` of the first, `metrics-grpo-2.jsonl` of the next.
  func metrics(label: String) throws -> MetricsFile {
    guard let folder else { throw WorkbenchError.noRun }
    let number = count(label)
    return try MetricsFile(path: folder.path + "/metrics-\(label)" + (number == 1 ? "" : "-\(number)") + ".jsonl")
  }

  /// Whether this is asked for the first time of a name: for what is to be said once.
  func isFirst(_ name: String) -> Bool { count("once " + name) == 1 }

  private func count(_ name: String) -> Int {
    counts[name, default: 0] += 1
    return counts[name, default: 0]
  }

  private func open(seed: Int) throws {
    let made = try RunFolder.make(in: outputs, date: date, name: name, id: identity)
    try Machine.record(seed: seed).write(to: made.environment)
    folder = made
  }
}
