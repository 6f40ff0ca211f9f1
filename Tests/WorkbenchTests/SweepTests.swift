import Foundation
import Primitives
import Records
import Script
import Testing

@testable import Workbench

/// Axes and trials of sweeps, workers inside this process; Tests/CommandTests has them in processes of their own.
@Suite struct SweepTests {
  /// The columns of a plan of a sweep.
  private func plan(
    _ axes: String, work: String = "p.a", in experiment: Experiment = Experiment(), columns: String
  ) -> String {
    let outcome = experiment.session.evaluate(
      "runs = sweep(\(axes), plan: true) { p in \(work) }\nruns.select([\(columns)]).rows")
    if let problem = outcome.diagnostics.first { return problem.message }
    return outcome.value.text.replacing("(", with: "").replacing(")", with: "")
  }

  @Test func `axes are crossed, the last one fastest, and ranges count`() {
    #expect(
      plan("a: [1, 2], b: 0..<2", columns: "\"a\", \"b\"") == "[a: 1, b: 0, a: 1, b: 1, a: 2, b: 0, a: 2, b: 1]")
    #expect(plan("a: log(1e-4...1e-2, 3)", columns: "\"a\"") == "[a: 0.0001, a: 0.001, a: 0.01]")
    let doubled = plan("a: [1, 1, 2]", columns: "\"a\", \"status\"")
    #expect(doubled == "[a: 1, status: \"waiting\", a: 2, status: \"waiting\"]")
  }

  @Test func `an axis may depend on those before, and combinations may be left out`() {
    let conditional = "lora: [true, false], a: { p in if p.lora { [1, 2] } else { [3] } }"
    #expect(plan(conditional, columns: "\"lora\", \"a\"") == "[lora: true, a: 1, lora: true, a: 2, lora: false, a: 3]")
    let filtered = plan("a: 1...3, b: 1...3, where: { p in p.a * p.b == 6 }", columns: "\"a\", \"b\"")
    #expect(filtered == "[a: 2, b: 3, a: 3, b: 2]")
  }

  @Test func `sampled axes are drawn together, and more samples keep those that were there`() {
    let experiment = Experiment()
    // The first points of the sequence are 0, 1/2, 3/4 and 1/4, and 0, 1/2, 1/4 and 3/4.
    #expect(
      plan("a: sobol(0...1.0, 4), b: sobol(0..<8, 4)", in: experiment, columns: "\"a\", \"b\"")
        == "[a: 0.0, b: 0, a: 0.5, b: 4, a: 0.75, b: 2, a: 0.25, b: 6]")
    let crossed = plan("a: sobol(1e-4...1.0, 2, log: true), b: [1, 2]", columns: "\"a\"")
    #expect(crossed == "[a: 0.0001, a: 0.0001, a: 0.01, a: 0.01]")
    func random(_ count: Int) -> String {
      plan(
        "a: random(1e-4...1.0, \(count), log: true), b: random([\"x\", \"y\"], \(count))", in: experiment,
        columns: "\"a\", \"b\", \"trial\"")
    }
    let (few, more) = (random(3), random(5))
    #expect(more.hasPrefix(few.dropLast()))
    #expect(few.count { $0 == "," } == 8)
  }

  @Test func `what cannot be an axis is said before anything runs`() {
    #expect(plan("wokers: 2, a: [1]", columns: "\"a\"").contains("'sweep' has no option 'wokers'"))
    #expect(plan("a: 2", columns: "\"a\"").hasPrefix("'a' of 'sweep' wants a list, a range"))
    #expect(plan("a: []", columns: "\"a\"") == "the axis 'a' has no values")
    let mistyped = plan("a: [1], wher: { p in p.a > 0 }", columns: "\"a\"")
    #expect(mistyped.contains("'wher' gives its values as a list, but its closure gave true"))
    #expect(plan("a: [janus(\"untrained\")]", columns: "\"a\"").contains("which names no trial"))
    #expect(plan("status: [1]", columns: "\"status\"").contains("has a column of that name"))
    #expect(plan("a: random(0...1.0, 2), b: sobol(0...1.0, 3)", columns: "\"a\"").contains("'a' has 2 and 'b' 3"))
    let none = Experiment().session.evaluate("sweep(workers: 2) { p in 1 }").diagnostics.first?.message
    #expect(none == "this session cannot start workers; 'easel' and 'easel run' can")
  }

  @Test func `the same work has the same id in every session, and other work another`() throws {
    func id(_ script: String) -> String {
      let experiment = Experiment()
      #expect(experiment.execute(script).map(\.description) == [])
      return plan("a: [1, 2.5]", work: "(a: p.a * k, world: world)", in: experiment, columns: "\"trial\"")
    }
    let script = "seed(1)\nworld = shapes()\nk = 2"
    #expect(id(script) == id("k = 1\nunused = 5\n# a comment\n" + script))
    #expect(id(script) != id(script + ".0") && id(script) != id("seed(2)\nworld = shapes()\nk = 2"))
  }

  // MARK: Trials

  /// A sweep's folder with trials, as `sweep` makes them.
  private func trials(_ axes: String, _ work: String, in experiment: Experiment) throws -> [TrialFolder] {
    let context = experiment.session.context
    let outcome = experiment.session.evaluate("\(axes)\n{ p in \(work) }")
    #expect(outcome.diagnostics.map(\.description) == [])
    let function = try #require(Function.from(outcome.value))
    try Archive.write(.function(function), to: experiment.folder + "/aside", context)
    let facts = SweepFolder.Facts(id: "0123456789ab", name: "test", work: work, started: Date(timeIntervalSince1970: 0))
    let sweep = try SweepFolder(facts, in: experiment.folder, work: experiment.folder + "/aside")
    return try (0..<2).map { seed in
      let trial = sweep.trial("00\(seed)", [try TrialResult.field("seed", .int(seed), context)])
      try trial.make()
      return trial
    }
  }

  private func work(on trial: TrialFolder, stop: StopToken = StopToken(), until: Int? = nil) throws -> Diagnostic? {
    let worker = try TrialWorker(trial.path, output: RecordedOutput(), stop: stop, worker: [], until: until)
    return try #require(worker).work()
  }

  private func experiment() throws -> Experiment {
    let experiment = Experiment()
    let made = "seed(3)\nworld = shapes()\nmodel = janus(\"\(try experiment.smallModel())\")"
    #expect(experiment.execute(made).map(\.description) == [])
    return experiment
  }

  private static let training = """
    tuner = finetune(model.copy(), data: world.dataset(8), batch: 2)
    tuner.run(steps: 2)
    t = grpo(tuner.model, prompts: world.prompts(20), reward: { s in s.rationale.count }, group: 3, batch: 2, seed: p.seed)
    t.run(steps: 2) { step in assert step.reward >= 0 }
    seen = 0
    t.run(steps: 2) { step in seen = seen + 1 }
    (reward: t.history["reward"].last, seen: seen, steps: tuner.steps + t.steps)
    """

  @Test func `a trial that is stopped after every step ends with the numbers of one that is not`() throws {
    let experiment = try experiment()
    let trials = try trials("", Self.training, in: experiment)
    #expect(try work(on: trials[0]) == nil)
    let calm = try #require(trials[0].end)
    #expect(calm.status == .done && calm.results.map(\.name) == ["reward", "seen", "steps"])
    #expect(calm.results.dropFirst().map(\.text) == ["2", "6"])
    // The other trial is the same but for its seed: what it gives is what the first gives with that seed.
    let metrics = { (trial: TrialFolder, label: String) in
      String(decoding: try AtomicFile.read("\(trial.path)/metrics-\(label).jsonl"), as: UTF8.self)
    }
    let files = (try metrics(trials[0], "finetune"), try metrics(trials[0], "grpo"))
    trials[0].reset()
    var turns = 0
    while trials[0].end == nil, turns < 5 {
      let stop = Interruption()
      _ = try TrialWorker(trials[0].path, output: stop, stop: stop.token, worker: []).map { $0.work() }
      turns += 1
    }
    // The last run of steps counts in a variable, and is begun anew by every worker.
    #expect(turns == 5 && trials[0].attempts == 6)
    #expect(try work(on: trials[0]) == nil)
    let end = try #require(trials[0].end)
    #expect(end.results == calm.results && end.status == .done)
    #expect(try metrics(trials[0], "finetune") == files.0 && metrics(trials[0], "grpo") == files.1)
    #expect(!FileManager.default.fileExists(atPath: trials[0].checkpoints))
  }

  @Test func `failures are told apart`() throws {
    let experiment = try experiment()
    let work = """
      t = grpo(model.copy(), prompts: world.prompts(20), reward: { s in float("nan") }, group: 3, batch: 2, seed: p.seed)
      t.run(steps: 1)
      """
    let trials = try trials("", work, in: experiment)
    #expect(try self.work(on: trials[0]) != nil)
    let end = try #require(trials[0].end)
    #expect(end.status == .failed && end.failure == .nan && end.results.isEmpty)
    #expect(end.problem?.contains("is not a finite number at step 0") == true)
    #expect(WorkerDeath.reason(SIGKILL, kills: 3, now: 4).failure == .memory)
    #expect(WorkerDeath.reason(SIGKILL, kills: 3, now: 3).failure == .signal)
    #expect(WorkerDeath.reason(SIGSEGV | 0x80, kills: 3, now: 4).failure == .signal)
    #expect(WorkerDeath.reason(2 << 8, kills: 3, now: 3).failure == .error)
    #expect(WorkerDeath.reason(nil, kills: 3, now: 3).failure == .signal)
  }

  @Test func `a trial pauses at a rung with its metric and goes on from there`() throws {
    let experiment = try experiment()
    let training = """
      t = grpo(model.copy(), prompts: world.prompts(20), reward: { s in s.rationale.count }, group: 3, batch: 2, seed: p.seed)
      t.run(steps: 4)
      t
      """
    let trials = try trials("", training, in: experiment)
    #expect(try work(on: trials[0]) == nil)
    let calm = try #require(trials[0].end)
    trials[0].reset()
    let halving = Halving(metric: "reward", rungs: [1, 3], eta: 2, window: 2, isGreatestBest: true)
    try halving.write(in: trials[0].sweep)
    for (until, count) in [(1, 1), (3, 2)] {
      #expect(try work(on: trials[0], until: until) == nil)
      #expect(trials[0].end == nil && trials[0].rungs.count == count)
    }
    let rewards = try MetricsFile.read(trials[0].path + "/metrics-grpo.jsonl").map { row in
      row.values.first { $0.key == "reward" }?.value ?? .nan
    }
    #expect(rewards.count == 3)
    let last = (rewards[1] + rewards[2]) / 2
    #expect(trials[0].rungs == [.init(step: 1, value: rewards[0]), .init(step: 3, value: last)])
    #expect(try work(on: trials[0]) == nil)
    #expect(trials[0].end?.results == calm.results)
  }

  /// The example of a bracket with η = 3 worked by hand: of nine at the first rung three go on, of those one.
  @Test func `the best third of those at a rung goes on, from the highest rung first`() {
    let halving = Halving(metric: "reward", rungs: [1, 3], eta: 3, window: 1, isGreatestBest: true)
    var noted: [[TrialFolder.Rung]] = Array(repeating: [], count: 9)
    for (index, value) in [0.1, 0.9].enumerated() { noted[index] = [.init(step: 1, value: value)] }
    #expect(halving.promotion(noted, paused: [0, 1]) == nil)
    noted[2] = [.init(step: 1, value: 0.5)]
    #expect(halving.promotion(noted, paused: [0, 1, 2])?.trial == 1)
    #expect(halving.promotion(noted, paused: [0, 2]) == nil)
    for index in 0..<9 { noted[index] = [.init(step: 1, value: Double(index == 8 ? .nan : Double(index)))] }
    #expect(halving.promotion(noted, paused: Array(0..<9))?.trial == 7)
    for index in 5...7 { noted[index].append(.init(step: 3, value: -Double(index))) }
    let next = halving.promotion(noted, paused: [5, 6, 7])
    #expect(next?.trial == 5 && next?.step == 3 && next?.place == 1 && next?.of == 3)
    #expect(halving.until(noted[5]) == nil && halving.until(noted[0]) == 3 && halving.until([]) == 1)
  }
}

/// An output that raises a stop at the first progress report it is given.
private final class Interruption: SessionOutput {
  let token = StopToken()
  func write(_ line: String) {}
  func show(_ display: Display) {}
  func progress(_ report: ProgressReport?) { if report != nil, !token.isRaised { token.raise() } }
}
