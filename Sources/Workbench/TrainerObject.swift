import Learning
import Models
import Primitives
import Records
import Script

/// A trainer as a value of the language: supervised and reinforcement training share one shape.
final class TrainerObject: BoundObject {
  static let functions: [Member] = [
    ImageTokenizerTraining.member, FineTuning.member, JudgeTraining.member, PolicyTraining.member,
  ]

  static let type = BoundType(
    "trainer", "Training that is made, run, interrupted, resumed and read",
    members: [
      .method(
        "run", of: TrainerObject.self, "Takes steps; Ctrl-C ends it after the step in progress, with a checkpoint",
        [
          Parameter(
            "steps", .int, default: .described("one epoch"), limits: 0...1e9, "optimizer steps; the schedule spans them"
          ),
          Parameter("epochs", .number, default: .nothing, limits: 0...1e6, "passes over the data, instead of steps"),
          Parameter("each", .function, default: .nothing, "called with the record of every step"),
        ], result: .record, example: "trainer.run(steps: 200) { step in print(step.index) }", changes: true
      ) { object, arguments, context in
        let steps = try object.steps(arguments)
        return try object.follow(arguments, context) { each in
          try object.trainer.run(steps: steps, stop: context.stop, onStep: each)
        }
      },
      .method(
        "resume", of: TrainerObject.self, "Takes the steps that an interrupted run left",
        [Parameter("each", .function, default: .nothing, "called with the record of every step")], result: .record,
        changes: true
      ) { object, arguments, context in
        try object.follow(arguments, context) { each in
          try object.trainer.resume(stop: context.stop, onStep: each)
        }
      },
      .method(
        "save", of: TrainerObject.self, "Writes a checkpoint: weights, moments, queue, history",
        [
          Parameter(
            "folder", .string, default: .described("label and step"),
            "a folder, inside the run's own unless it has a slash")
        ],
        result: .string
      ) { object, arguments, context in
        let name: String? = try arguments["folder"]
        return .string(try object.save(name, context))
      },
      .method(
        "restore", of: TrainerObject.self, "Goes on from a checkpoint of the same settings, data and sizes",
        [
          Parameter(
            "folder", .string, "what save gave",
            suggestions: .texts { Run.checkpoints($0, holding: "state.json") })
        ], result: .none, changes: true
      ) { object, arguments, context in
        let folder: String = try arguments["folder"]
        FileContent.note(folder, context)
        try object.trainer.restore(from: folder)
        return .none
      },
      .property("history", of: TrainerObject.self, "The numbers of all steps, one row each", result: .table) {
        object, _ in .table(object.history)
      },
      .property(
        "samples", of: TrainerObject.self, "What the policy drew in the last step, group by group",
        result: .list(.object("sample"))
      ) { object, _ in Value(object.lastSamples.map { .object($0) }) },
      .property("steps", of: TrainerObject.self, "How many steps were taken", result: .int) { object, _ in
        .int(object.trainer.step)
      },
      .property("model", of: TrainerObject.self, "The model that is trained", result: .object("model")) { object, _ in
        .object(object.model)
      },
      .property(
        "times", of: TrainerObject.self,
        "Seconds spent sampling, judging, scoring and updating; no two runs have the same",
        result: .record
      ) { object, context in
        try Outside.value("clock", "times of \(object.label)", context) {
          .record(Record(object.clock.seconds.map { (name: $0.phase.rawValue, value: .float($0.seconds)) }))
        }
      },
    ])

  let trainer: Trainer
  let model: ModelObject
  /// What its files and its progress line are called: `finetune` or `grpo`.
  let label: String
  let recipe: Recipe
  /// The columns that the progress line shows.
  private let shown: [String]
  private let stepsPerEpoch: Int
  /// The range of ratios that its loss lets move, if it has one.
  private let clip: ClosedRange<Double>?
  private var series: RunSeries?
  private var last: StepReport?
  /// What the policy drew in the last step that another process took.
  var keptSamples: [SampleObject] = []
  private let clock = PhaseClock()

  init(
    _ trainer: Trainer, model: ModelObject, label: String, shown: [String], stepsPerEpoch: Int,
    clip: ClosedRange<Double>? = nil, recipe: Recipe
  ) {
    (self.trainer, self.model, self.label, self.recipe) = (trainer, model, label, recipe)
    (self.shown, self.stepsPerEpoch, self.clip) = (shown, stepsPerEpoch, clip)
    (trainer as? PolicyTrainer)?.onPhase = { [clock] in clock.begin($0) }
  }

  var boundType: BoundType { Self.type }
  var summary: String {
    let last = trainer.history.row(trainer.history.count - 1)
    let figures = last.filter { shown.contains($0.name) }.map(Self.figure)
    return "\(label) after \(trainer.step) steps" + (figures.isEmpty ? "" : ": " + figures.joined(separator: ", "))
  }

  /// The summary, the course of what is watched, the model, and the memory it all takes.
  func display() -> Display {
    var lines = [summary]
    if let name = shown.first, let column = trainer.history.names.firstIndex(of: name),
      trainer.history.columns[column].count > 1
    {
      lines.append("  \(name.replacing("_", with: " "))  " + Sparkline.text(trainer.history.columns[column], width: 50))
    }
    if trainer.remaining > 0 { lines.append("  \(trainer.remaining) steps of an interrupted run remain; see resume()") }
    let (trained, all) = (trainer.trainedCount, model.janus.parameterCount)
    lines.append("  trains \(trained < all ? "\(trained) numbers in " : "")\(model.summary)")
    lines.append("  weights, gradients and moments \(Machine.mebibytes(8 * (all + trained)))")
    let text = lines.joined(separator: "\n")
    return Display(text + "; Easel in all \(Machine.mebibytes(Machine.memory))", lasting: text)
  }

  /// Runs, and carries every step to the metrics file, the progress line and the script's own function.
  private func follow(
    _ arguments: Arguments, _ context: Context, _ run: ((StepReport) throws -> Void) throws -> RunSummary
  ) throws -> Value {
    let each: Function? = try arguments["each"]
    let host = try Run.of(context)
    let isTakenUp = try host.trial?.takeUp(self, each: each) ?? false
    // It may have been restored to a step before its last.
    if host.trial == nil { try self.series?.rewind(to: trainer.step - 1) }
    let kept = host.trial?.lastStep(of: self) ?? trainer.step - 1
    let series = try self.series ?? host.series(label, after: kept, recipe: recipe)
    self.series = series
    defer { context.output.progress(nil) }
    defer { clock.begin(nil) }
    let onStep: (StepReport) throws -> Void = { [self] step in
      clock.begin(nil)
      // An earlier worker of the trial may have written it.
      if series.lastStep.map({ $0 < step.index }) != false {
        try series.append(step: step.index, step.metrics.dropFirst().map { (key: $0.name, value: $0.value) })
      }
      try host.journal.note(step, of: series.name, weights: trainer.fingerprint)
      last = step
      let figures = step.metrics.filter { shown.contains($0.name) }.map(Self.figure)
      context.output.progress(
        ProgressReport(
          label: label, done: trainer.step, total: trainer.step + trainer.remaining,
          text: figures.joined(separator: "  "),
          watched: step.metrics.first { $0.name == shown.first }?.value))
      for note in step.notes { context.output.write("\(label) step \(step.index): \(note)") }
      if let each { _ = try context.call(each, [record(of: step)]) }
      try host.watch?(self)
    }
    let summary: RunSummary
    do {
      summary = try isTakenUp ? trainer.resume(stop: context.stop, onStep: onStep) : run(onStep)
    } catch let error as LearningError {
      if case .notFinite = error { host.trial?.sawNotFinite = true }
      throw error
    }
    try series.flush()
    if summary.end != .finished { try host.trial?.leave(self) }
    var checkpoint = Value.none
    if summary.end != .finished {
      let folder = try save(nil, context)
      checkpoint = .string(folder)
      context.output.write(
        "\(label) stopped after step \(trainer.step), \(summary.remaining) to go; its state is in '\(folder)'. "
          + "resume() goes on from here; in a later session, restore(\"\(folder)\") and resume()")
    }
    let result = Value(record: [
      "end": .string(summary.end.rawValue), "steps": .int(summary.steps), "remaining": .int(summary.remaining),
      "checkpoint": checkpoint,
    ])
    host.trained = (self, result)
    return result
  }

  /// A step as the script's function gets it: `step.index`, every column, and `step.samples`.
  private func record(of step: StepReport) -> Value {
    var fields: [(name: String, value: Value)] = [(name: "index", value: .int(step.index))]
    fields += step.metrics.dropFirst().map { (name: $0.name, value: .float($0.value)) }
    fields.append((name: "samples", value: Value(samples(of: step).map { .object($0) })))
    fields.append((name: "rewards", value: Value(step.rewards)))
    fields.append((name: "advantages", value: Value(step.advantages)))
    return .record(Record(fields))
  }

  /// What the policy drew in the last step.
  var lastSamples: [SampleObject] { last.map(samples) ?? keptSamples }

  private func samples(of step: StepReport) -> [SampleObject] {
    let advantages = step.advantages.count == step.samples.count ? step.advantages : step.samples.map { _ in .nan }
    return step.samples.indices.map { place in
      SampleObject(
        step.samples[place], model: model, reward: step.rewards[place],
        training: .init(advantage: advantages[place].isNaN ? nil : advantages[place], clip: clip))
    }
  }

  private func steps(_ arguments: Arguments) throws -> Int {
    if let steps: Int = try arguments["steps"] { return steps }
    let epochs: Double = try arguments["epochs"] as Double? ?? 1
    return Int((epochs * Double(stepsPerEpoch)).rounded(.up))
  }

  private func save(_ name: String?, _ context: Context) throws -> String {
    let name = name ?? "\(label)-step-\(trainer.step)"
    let folder = try name.contains("/") ? name : Run.of(context).file(name, in: .checkpoints)
    try trainer.save(to: folder)
    Run.wrote(folder, kind: "checkpoint", context)
    return folder
  }

  var history: Table {
    let history = trainer.history
    return Table(
      zip(history.names, history.columns).map { name, column in
        (name: name, values: column.map { name == "step" ? .int(Int($0)) : .float($0) })
      })
  }

  private static func figure(_ metric: Metric) -> String {
    let number = metric.value.isFinite ? "\((metric.value * 1000).rounded() / 1000)" : "–"
    return metric.name.replacing("_", with: " ") + " " + number
  }
}
