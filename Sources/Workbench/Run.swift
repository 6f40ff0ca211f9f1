public import Foundation
import Learning
import Primitives
import Records
public import Script

/// What one run of a script, or one session at the prompt, does and writes: a folder and a row in the store of runs,
/// which appear with its first cell.
public final class Run {
  /// What made it run.
  public enum Kind: String, Sendable {
    /// `easel run FILE`.
    case script
    /// The prompt.
    case session
    /// A run that is executed again.
    case replay
  }

  /// The folder under which runs lie.
  public let outputs: String
  /// What the run is called: the script's name, or `session`.
  public let name: String
  /// What starts a worker when the folder of its job is added; empty where none can be started.
  let worker: [String]
  /// Told of what cannot be recorded, a sentence each.
  public var warn: (String) -> Void = { _ in }
  /// Told of every trainer after each of its steps.
  var watch: ((TrainerObject) throws -> Void)?
  /// The trainer that ran last, and what its run gave.
  var trained: (trainer: TrainerObject, result: Value)?
  /// The training of the trial that this run is, if it is one.
  var trial: TrialTraining?
  /// What the command line says of the sweeps of this run, and their tables.
  public var sweeps = SweepRuns()
  /// The jobs that this run has started.
  var jobs: [JobFolder] = []
  /// What writes the run's folder and the store, once it has begun.
  private(set) var recorder: RunRecorder?
  /// Keeps the journal.
  private(set) lazy var journal = JournalWriter(self)
  /// Whether there is more in the folder than what every run leaves.
  public private(set) var hasFiles = false
  private var record: RunRecord
  private let process: Int
  /// The folder that was made for it, of a job.
  private let made: RunFolder?
  /// Why it could not begin, as long as nobody was told.
  private var problem: String?
  private var hasNewFiles = false
  private var counts: [String: Int] = [:]

  /// A run that has not begun.
  ///
  /// - Parameters:
  ///   - name: the script's name, or `session`.
  ///   - kind: what made it run.
  ///   - parent: the id of the run that it came from, if there is one.
  ///   - outputs: the folder under which runs lie.
  ///   - date: when it began; it and `process` only tell runs apart.
  ///   - process: the number of the process.
  ///   - settings: what replaced the script's own values, as text.
  ///   - worker: the command that does the work of a job, without the job's folder; empty where there is none.
  public init(
    name: String, kind: Kind = .session, parent: String? = nil, outputs: String = "outputs", date: Date, process: Int,
    settings: [(name: String, value: String)] = [], worker: [String] = []
  ) {
    (self.name, self.outputs, self.worker, self.process, made) = (name, outputs, worker, process, nil)
    let kind = RunRecord.Kind(rawValue: kind.rawValue) ?? .session
    record = RunRecord(id: "", name: name, kind: kind, parent: parent, started: date)
    for (name, value) in settings { record.configuration["set." + name] = .text(value) }
  }

  /// The run of a worker, in the folder that was made for its job.
  ///
  /// - Parameters:
  ///   - folder: the job's.
  ///   - worker: as for any run: a job may start others.
  convenience init(of job: JobFolder, worker: [String]) {
    self.init(of: job, RunRecord(id: job.id, name: "job", kind: .job, started: job.facts.started), worker: worker)
  }

  /// The run of a trial's worker.
  convenience init(of trial: TrialFolder, worker: [String]) {
    let record = RunRecord(
      id: trial.id, name: trial.spec.text, kind: .trial, parent: trial.spec.sweep, started: trial.job.facts.started)
    self.init(of: trial.job, record, worker: worker)
  }

  private init(of job: JobFolder, _ record: RunRecord, worker: [String]) {
    (name, outputs, self.worker, made) = (job.id, job.outputs, worker, job.folder)
    process = Int(ProcessInfo.processInfo.processIdentifier)
    self.record = record
  }

  /// What tells runs apart: six digits.
  static func identity(_ name: String, _ date: Date, _ process: Int, attempt: Int = 0) -> String {
    var digest = Fingerprint()
    digest.combine(name)
    digest.combine(date.timeIntervalSince1970)
    digest.combine(UInt64(process))
    if attempt > 0 { digest.combine(UInt64(attempt)) }
    return String(digest.description.prefix(6))
  }

  /// A line for each job of this run that still works, for when the session ends.
  public var running: [String] {
    jobs.filter { $0.state.phase.isAlive }.map { "Job \($0.id) goes on: \($0.facts.work)" }
  }

  /// Where the run's files are, or `nil` if it has not begun.
  public var path: String? { recorder?.folder.path }

  /// The run of a session, begun.
  ///
  /// - Throws: ``WorkbenchError/noRun`` if the session was made without one, ``RecordsError`` if it has no folder.
  static func of(_ context: Context) throws -> Run {
    guard let run = context.host(as: Run.self) else { throw WorkbenchError.noRun }
    try run.begin(seed: context.seed)
    return run
  }

  // MARK: Beginning and ending

  /// Whether it compares itself with an earlier run.
  var isReplay: Bool { journal.original != nil }

  /// Makes the folder and the row; later calls do nothing.
  ///
  /// - Parameter seed: the one in force.
  /// - Throws: ``RecordsError`` if there can be no folder.
  func begin(seed: Int) throws {
    guard recorder == nil else { return }
    record.configuration["seed"] = .whole(seed)
    // From here on whoever asked for the folder is told.
    problem = nil
    let warn: (String) -> Void = { [weak self] text in self?.warn(text) }
    let made: RunRecorder
    if let folder = self.made {
      made = try RunRecorder(resuming: folder, in: outputs, or: record, warn: warn)
      made.configure(["seed": .whole(seed)])
    } else {
      made = try RunRecorder(in: outputs, record, draw: identity, warn: warn)
    }
    let environment = Machine.record(seed: seed)
    try made.folder.write(Data(environment.json.utf8), to: made.folder.environment)
    recorder = made
  }

  /// Begins the journal, in the run's folder.
  ///
  /// - Returns: `nil` if the run has no folder.
  /// - Throws: ``RecordsError/unwritable(_:reason:)``.
  func makeJournal(seed: Int) throws -> JournalFile? {
    guard let recorder else { return nil }
    let file = try JournalFile(path: recorder.folder.path + "/" + Journal.file)
    let open = JournalRecord.Open(
      kind: record.kind.rawValue, name: name, arguments: CommandLine.arguments, seed: seed, date: record.started,
      parent: recorder.record.parent, environment: Machine.record(seed: seed))
    try file.append(.open(open))
    return file
  }

  private func identity(_ attempt: Int) -> String { Self.identity(name, record.started, process, attempt: attempt) }

  /// Says how it ended; for the program around the session.
  ///
  /// - Parameter status: the exit status: 0 done, 130 interrupted, anything else failed.
  public func end(status: Int32) {
    end(status == 0 ? .finished : status == 130 ? .stopped : .failed)
  }

  func end(_ status: RunRecord.Status) {
    if let problem { warn("this run leaves no record: " + problem) }
    problem = nil
    journal.close()
    recorder?.noteFiles()
    recorder?.end(status)
  }

  // MARK: Files

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
    guard let recorder else { throw WorkbenchError.noRun }
    (hasFiles, hasNewFiles) = (true, true)
    return try recorder.folder.file(name, in: section)
  }

  /// The path of a file that no earlier one of the run has: `images/03-name`, its folder made.
  func numbered(_ name: String, in section: RunFolder.Section) throws -> String {
    let number = count(section.rawValue)
    let path = try file((number < 10 ? "0" : "") + "\(number)-\(name)", in: section)
    journal.note(drawn: path)
    return path
  }

  /// The metrics of a trainer: `grpo` of the first, `grpo-2` of the next.
  ///
  /// - Parameters:
  ///   - label: what trainers of the kind are called.
  ///   - step: the step that the trainer goes on from.
  ///   - recipe: what it was made with, for the run's configuration.
  func series(_ label: String, after step: Int, recipe: Recipe) throws -> RunSeries {
    guard let recorder else { throw WorkbenchError.noRun }
    let number = count(label)
    let name = label + (number == 1 ? "" : "-\(number)")
    hasFiles = true
    let series = try recorder.series(name, after: step)
    recorder.configure(RunRecord.Setting.settings(of: recipe, named: name))
    return series
  }

  /// Notes a file, or a folder as one, that was written where the script said.
  static func wrote(_ path: String, kind: String, _ context: Context) {
    guard let recorder = context.host(as: Run.self)?.recorder else { return }
    let own = URL(fileURLWithPath: recorder.folder.path).path + "/"
    let whole = URL(fileURLWithPath: path).path
    recorder.noteFile(whole.hasPrefix(own) ? String(whole.dropFirst(own.count)) : whole, kind: kind)
  }

  /// Whether this is asked for the first time of a name: for what is to be said once.
  func isFirst(_ name: String) -> Bool { count("once " + name) == 1 }

  private func count(_ name: String) -> Int {
    counts[name, default: 0] += 1
    return counts[name, default: 0]
  }
}

extension Run: SessionObserver {
  /// The run begins with its first cell.
  public func willRun(_ cell: CellRecord) {
    do {
      try begin(seed: cell.seed)
    } catch {
      // Told at the end, unless something that needs the folder fails for it before.
      problem = "\(error)"
    }
    journal.willRun(cell)
  }

  /// The run begins with its script.
  public func willRun(_ script: ScriptRecord) {
    try? begin(seed: 0)
    journal.willRun(script)
  }

  /// What comes from other files is noted.
  public func didImport(_ path: String, content: Data) { journal.didImport(path, content: content) }

  /// The script is over.
  public func didRun(_ script: ScriptRecord) { journal.didRun(script) }

  /// What is undone is noted.
  public func didUndo(cell: Int) { journal.didUndo(cell: cell) }

  /// What the cell has written is noted.
  public func didRun(_ cell: CellRecord, outcome: Outcome) {
    if hasNewFiles { recorder?.noteFiles() }
    hasNewFiles = false
    recorder?.flush()
    journal.didRun(cell, outcome: outcome)
  }
}

extension RunRecord.Setting {
  /// A value of the language in short.
  init(_ value: Value) {
    self =
      switch value {
      case .none: .none
      case .bool(let flag): .flag(flag)
      case .int(let number): .whole(number)
      case .float(let number): .number(number)
      case .string(let text): .text(text)
      default: .text(Self.short(value))
      }
  }

  private static let longest = 200

  private static func short(_ value: Value) -> String {
    let text = if case .object(let object) = value { object.summary } else { "\(value)" }
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.count > longest ? line.prefix(longest - 1) + "…" : line
  }

  /// What a call was made with, by name: `grpo.lr`.
  static func settings(of recipe: Recipe, named name: String) -> [String: RunRecord.Setting] {
    guard case .record(let facts) = recipe.value, case .record(let arguments)? = facts["arguments"] else { return [:] }
    var settings = Dictionary(arguments.fields.map { ("\(name).\($0.key)", Self($0.value)) }) { $1 }
    if case Self.none? = settings["\(name).seed"], let seed = facts["seed"] { settings["\(name).seed"] = Self(seed) }
    return settings
  }
}
