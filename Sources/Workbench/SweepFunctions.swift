import Foundation
import Primitives
import Records
import Script

/// The function that runs sweeps.
enum SweepFunctions {
  static let all: [Member] = [sweep] + AxisObject.functions + HalvingObject.functions + SlurmObject.functions

  /// Raised when what a trial computes changes for the same work, so that no old result passes for a new one.
  private static let semantics: UInt64 = 1

  static let sweep = Member.function(
    "sweep",
    "Calls its closure for all combinations of some axes, each in a process of its own; run again, it does only what is "
      + "not done",
    [
      Parameter(
        "axes", .either([.list(.any), .range, .series, .object("axis"), .function]),
        "the values to try, under names of your own: a list, a range, log(a...b, n), random or sobol samples, or a "
          + "closure that gives the values that go with those of the axes before", arity: .anyNames),
      Parameter(
        "workers", .int, default: 1, limits: 1...1024, "how many trials run at a time, each with its share of the cores"
      ),
      Parameter("name", .string, default: "sweep", "what its folder and its progress line are called"),
      Parameter("where", .function, default: .nothing, "gives true for the combinations that are to be tried"),
      Parameter(
        "stop", .object("asha"), default: .nothing, "early stopping, such as asha(metric: \"reward\", rungs: [20, 60])"),
      Parameter(
        "on", .object("slurm"), default: .described("this machine"),
        "a cluster, such as slurm(partition: \"debug\", time: 2h)"),
      Parameter("force", .bool, default: false, "do trials again that are done"),
      Parameter("retry", .bool, default: false, "do trials again that failed"),
      Parameter("plan", .bool, default: false, "do nothing, but list the trials and how they stand"),
      Parameter(
        "trial", .function, "what is done with the parameters of a trial; its value becomes columns of the table"),
    ], result: .table,
    example: "sweep(group: [4, 8], seed: 0..<3, workers: 2) { p in grpo(model.copy(), prompts: prompts, reward: judge, "
      + "group: p.group, seed: p.seed).run(steps: 60) }"
  ) { arguments, context in
    .table(try run(arguments, context))
  }

  private static func run(_ arguments: Arguments, _ context: Context) throws -> Table {
    let run = try Run.of(context)
    let isPlan: Bool = try arguments["plan"]
    guard isPlan || !run.worker.isEmpty else {
      throw WorkbenchError.job("this session cannot start workers; 'easel' and 'easel run' can")
    }
    let axes: Record = try arguments["axes"]
    let combinations = try SweepGrid.trials(axes, where: try arguments["where"], arguments, context)
    let name: String = try arguments["name"]
    let sweep = try folder(of: try arguments["trial"], name: name, isPlan: isPlan, run, context)
    var seen: Set<String> = []
    let trials = try combinations.compactMap { parameters -> TrialFolder? in
      let fields = try parameters.fields.map { try TrialResult.field($0.key, $0.value, context) }
      let id = identity(sweep.facts.id, fields)
      return seen.insert(id).inserted ? sweep.trial(id, fields) : nil
    }
    var options = SweepRunner.Options()
    options.workers = try run.sweeps.workers ?? arguments["workers"]
    options.isForced = try run.sweeps.isForced || arguments["force"]
    options.retriesFailed = try run.sweeps.retriesFailed || arguments["retry"]
    options.halving = (try arguments["stop"] as HalvingObject?)?.halving
    options.batch = (try arguments["on"] as SlurmObject?)?.batch
    guard options.batch == nil || options.halving == nil else {
      throw arguments.problem(
        "stop", "early stopping needs workers on this machine", fix: "leave out 'stop', or 'on' and give workers: n")
    }
    let runner = SweepRunner(sweep, trials, isPlan ? SweepRunner.Options() : options, run, context)
    // Which trials were done before, and how fast others are, is no result.
    try run.journal.ignoringOutput {
      if isPlan { try runner.takeStock() } else { try runner.work() }
    }
    let result = try table(runner.trials, axes: axes.names, context)
    if !isPlan { run.sweeps.tables.append((name, result)) }
    return result
  }

  /// The sweep's folder, found by what its work is: its text, and the contents of all that it refers to.
  private static func folder(
    of work: Function, name: String, isPlan: Bool, _ run: Run, _ context: Context
  ) throws -> SweepFolder {
    // A replay does all trials again.
    let outputs = run.isReplay ? run.path ?? run.outputs : run.outputs
    let aside = "\(outputs)/\(unfinished)\(ProcessInfo.processInfo.processIdentifier)"
    removeAbandoned(in: outputs)
    try? FileManager.default.removeItem(atPath: aside)
    defer { try? FileManager.default.removeItem(atPath: aside) }
    try Archive.write(.function(work), to: aside, context)
    var digest = try Archive.digest(aside)
    digest.combine(semantics)
    let text = work.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let facts = SweepFolder.Facts(
      id: String(digest.description.prefix(12)), name: name, work: String(text.prefix(200)), started: Date())
    return try isPlan
      ? SweepFolder(planned: facts, in: outputs) : SweepFolder(facts, in: outputs, work: aside)
  }

  private static let unfinished = ".sweep-"

  /// Removes archives whose writers were killed.
  private static func removeAbandoned(in outputs: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: outputs)) ?? [] where name.hasPrefix(unfinished) {
      guard let process = Int32(name.dropFirst(unfinished.count)), kill(process, 0) != 0, errno == ESRCH else {
        continue
      }
      try? FileManager.default.removeItem(atPath: "\(outputs)/\(name)")
    }
  }

  /// What tells trials apart: the sweep, and the parameters in whatever order.
  private static func identity(_ sweep: String, _ parameters: [TrialFolder.Field]) -> String {
    var digest = Fingerprint()
    digest.combine(sweep)
    for field in parameters.sorted(by: { $0.name < $1.name }) {
      digest.combine(field.name)
      digest.combine(field.value)
    }
    return String(digest.description.prefix(12))
  }

  /// A row for each trial: its parameters, what it gave, and how it went.
  static func table(_ trials: [SweepTrial], axes: [String], _ context: Context) throws -> Table {
    let rows = Table(
      rows: try trials.map { trial in
        let parameters = try trial.folder.spec.parameters.map { field in
          (name: field.name, value: try TrialResult.value(field, context))
        }
        // A result of an axis's name would take its place.
        let results = try (trial.end?.results ?? []).map { field in
          (
            name: axes.contains(field.name) || SweepGrid.reserved.contains(field.name)
              ? "result " + field.name : field.name,
            value: try TrialResult.value(field, context)
          )
        }
        return Record(parameters + results)
      })
    let status: [(name: String, values: [Value])] = [
      ("trial", trials.map { .string($0.folder.id) }), ("status", trials.map { .string($0.status) }),
      ("reason", trials.map { $0.reason.map { .string($0) } ?? .none }),
    ]
    return Table(rows.names.map { (name: $0, values: rows[$0] ?? []) } + status)
  }
}
