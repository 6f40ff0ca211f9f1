import Foundation
import Models
import Primitives
import Records
import Script
import Testing

@testable import Workbench

/// An output that is told of every line and every report of progress.
private final class HeardOutput: SessionOutput {
  var onLine: (String) -> Void = { _ in }
  var onStep: (ProgressReport) -> Void = { _ in }
  func write(_ text: String) { onLine(text) }
  func show(_ display: Display) { onLine(display.text) }
  func progress(_ report: ProgressReport?) { if let report { onStep(report) } }
}

/// Runs that are executed again from their journals.
@Suite(.serialized) struct ReplayTests {
  /// How a replay ended, and how much it compared.
  private struct End {
    var same: String?
    var difference: String?
    var counts: String
    var warnings: [String]
    var run: Run
  }

  private func replay(
    _ name: String, in experiment: Experiment, level: Replay.Level = .bits,
    settings: [(name: String, value: String)] = []
  ) throws -> End {
    let source = try ReplaySource(name, in: experiment.folder)
    let run = Run(
      name: "again-\(UUID().uuidString)", kind: .replay, outputs: experiment.folder,
      date: Date(timeIntervalSince1970: 1), process: 2)
    let replay = Replay(
      source, run: run, output: RecordedOutput(), stop: StopToken(), level: level, settings: settings)
    let verdict = try replay.execute()
    run.end(status: 0)
    var end = End(counts: replay.counts, warnings: replay.warnings, run: run)
    switch verdict {
    case .same(let level): end.same = level
    case .differs(let difference): end.difference = difference
    case .interrupted: Issue.record("nobody interrupted it")
    }
    return end
  }

  private func replay(_ experiment: Experiment, level: Replay.Level = .bits) throws -> End {
    experiment.run.end(status: 0)
    return try replay(try #require(experiment.run.path), in: experiment, level: level)
  }

  private static let bits = "L0, every bit"

  /// A session with a trainer of each kind, whose reward prints a line for each sample.
  private func prepare(_ session: Session, _ experiment: Experiment) throws {
    let cells = [
      "seed(3)\nworld = shapes()\nmodel = janus(\"\(try experiment.smallModel())\")",
      "tuner = finetune(model, data: world.dataset(20), batch: 2)",
      """
      judged = reward.sum([{ s in print("judged"); s.rationale.count }])
      trainer = grpo(model, prompts: world.prompts(20), reward: judged, group: 2, batch: 2, kl: 0.1)
      """,
    ]
    for cell in cells { #expect(session.evaluate(cell).diagnostics.map(\.description) == []) }
  }

  /// The journal with records changed, its lines hanging together again.
  private func rewrite(_ experiment: Experiment, _ change: (JournalRecord) -> JournalRecord) throws -> String {
    experiment.run.end(status: 0)
    let folder = try #require(experiment.run.path)
    let journal = try Journal(path: folder + "/" + Journal.file)
    let path = folder + "/changed-\(UUID().uuidString).jsonl"
    let file = try JournalFile(path: path)
    for record in journal.records { try file.append(change(record)) }
    return path
  }

  @Test func `a session of both trainings, pictures and results is the same again, bit for bit`() throws {
    let experiment = Experiment()
    let session = experiment.session
    try prepare(session, experiment)
    for cell in [
      "tuner.run(steps: 2)", "trainer.run(steps: 2) { step in print(step.index, step.rewards) }", "trainer",
      "show(model.paint(\"a photo of a red star\", n: 2), save: \"stars\")", "trainer.samples[0]",
      "model.paint(\"a photo of a blue circle\")", "x = 1", "trainer.times", "1 / 0", "[1, x, \"a\", none]",
      "plot(trainer.history, y: \"loss\")",
    ] {
      _ = session.evaluate(cell)
    }
    #expect(session.undo()?.cell == 14)
    #expect(session.evaluate("_13").diagnostics.map(\.message) == [])
    let end = try replay(experiment)
    #expect(end.difference == nil)
    #expect(end.same == Self.bits)
    #expect(end.counts.hasPrefix("4 steps, "))
    #expect(end.counts.hasSuffix(", 1 answer from outside, 15 results"))
    // The number of threads is the process's, and other tests change it meanwhile.
    #expect(end.warnings.allSatisfy { $0.contains("threads") })
    // A replay is a run with a journal, and can itself be replayed.
    #expect(try replay(try #require(end.run.path), in: experiment).same == Self.bits)
  }

  @Test(arguments: 1...3) func `a training that was stopped stops there again, and goes on to the same`(stage: Int)
    throws
  {
    let experiment = Experiment()
    let output = HeardOutput()
    let session = Workbench.session(output: output, run: experiment.run, stop: experiment.stop)
    try prepare(session, experiment)
    var lines = 0
    let stop = experiment.stop
    // Four samples are judged a step: in the third one, the first request at a sample, all others at the next.
    output.onLine = { line in
      guard line == "judged" else { return }
      lines += 1
      if lines == 10 { stop.raise() }
      if lines == 11 { for _ in 1..<stage { stop.raise() } }
    }
    let stopped = session.evaluate("trainer.run(steps: 5)")
    #expect(stopped.isStopped || stopped.succeeded)
    output.onLine = { _ in }
    stop.reset()
    #expect(session.evaluate("trainer.steps").value == .int(stage == 1 ? 3 : 2))
    #expect(session.evaluate("trainer.resume()").diagnostics.map(\.description) == [])
    let end = try replay(experiment)
    #expect(end.difference == nil)
    #expect(end.same == Self.bits)
    #expect(end.counts.hasPrefix("5 steps, "))
    let journal = try Journal(path: try #require(experiment.run.path) + "/" + Journal.file)
    let stages = journal.records.compactMap { record -> String? in
      guard case .input(let input) = record, input.source == JournalRecord.Input.interrupt else { return nil }
      return "\(input.request): \(input.answer)"
    }
    let names = ["finish the step", "abandon the step", "leave"]
    #expect(stages.first == "grpo after step \(stage == 1 ? 2 : 1): finish the step")
    #expect(stages.last == "grpo after step \(stage == 1 ? 2 : 1): \(names[stage - 1])")
  }

  @Test func `a loop of the language that was stopped stops at the same turn`() throws {
    let experiment = Experiment()
    let output = HeardOutput()
    let session = Workbench.session(output: output, run: experiment.run, stop: experiment.stop)
    let stop = experiment.stop
    output.onLine = { if $0 == "1000" { stop.raise() } }
    #expect(session.evaluate("n = 0\nwhile true { n = n + 1\nif n % 100 == 0 { print(n) } }").isStopped)
    stop.reset()
    let turns = session.evaluate("n").value
    let end = try replay(experiment)
    #expect(end.same == Self.bits, "\(turns) \(end.difference ?? "")")
  }

  @Test func `one bit of a metric, of a weight in a file, and of the seed are found and named`() throws {
    let experiment = Experiment()
    let session = experiment.session
    try prepare(session, experiment)
    #expect(session.evaluate("tuner.run(steps: 2)").succeeded)
    var loss = 0.0
    let metric = try rewrite(experiment) { record in
      guard case .step(var step) = record, step.index == 1 else { return record }
      loss = step.metrics["loss"] ?? 0
      step.metrics["loss"] = loss.nextUp
      return .step(step)
    }
    #expect(
      try replay(metric, in: experiment).difference
        == "cell 4, finetune step 1: loss was \(loss.nextUp), and is now \(loss) (1 ULP apart)")
    let seed = try rewrite(experiment) { record in
      guard case .cell(var cell) = record, cell.number == 1 else { return record }
      cell.source = cell.source.replacing("seed(3)", with: "seed(4)")
      return .cell(cell)
    }
    #expect(try replay(seed, in: experiment).difference == "cell 2: the seed was 3, and is now 4")
    // The last bit of the first weight: the header's length stands in the first eight bytes.
    let file = experiment.folder + "/small/model.safetensors"
    var weights = try AtomicFile.read(file)
    let header = weights.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    weights[8 + header + 64] ^= 1
    try AtomicFile.write(weights, to: file)
    let end = try replay(experiment)
    #expect(end.warnings.contains { $0.contains("'\(experiment.folder)/small' has changed") })
    #expect(end.difference?.hasPrefix("cell 4, finetune step 0: ") == true, "\(end)")
  }

  @Test func `what a session reads of other runs, and writes on them, is neither asked nor done again`() throws {
    let experiment = Experiment()
    for cell in ["runs", "tag(runs[\"id\"][0], \"best\")", "runs[\"tags\"]"] {
      #expect(experiment.session.evaluate(cell).diagnostics.map(\.description) == [])
    }
    let end = try replay(experiment)
    #expect(end.difference == nil)
    #expect(end.same == Self.bits)
  }

  @Test func `another number of threads changes no bit`() throws {
    let before = Processor.threads
    defer { Processor.threads = before }
    Processor.threads = 1
    let experiment = Experiment()
    try prepare(experiment.session, experiment)
    #expect(experiment.session.evaluate("tuner.run(steps: 2)\ntrainer.run(steps: 1)").succeeded)
    Processor.threads = 2
    let end = try replay(experiment)
    #expect(end.same == Self.bits)
    #expect(end.warnings.allSatisfy { $0.hasPrefix("this is not what the run ran on: threads: was ") })
  }

  @Test func `a script is replayed as one, and a setting is found at the first number that it changes`() throws {
    let experiment = Experiment()
    let script = """
      root = 3
      func twice(x) { scaled(x, by: 2) }
      # %%
      func scaled(x, by) { x * by }
      seed(root)
      model = janus("\(try experiment.smallModel())")
      # %%
      tuner = finetune(model, data: shapes().dataset(20), batch: 2)
      tuner.run(steps: twice(1))
      """
    let settings = [(name: "root", value: "5")]
    #expect(experiment.session.run(script, name: "s.easel", settings: settings).diagnostics.map(\.description) == [])
    #expect(try replay(experiment).same == Self.bits)
    let place = try #require(experiment.run.path)
    let end = try replay(place, in: experiment, settings: [(name: "root", value: "6")])
    #expect(end.difference == "cell 3: the seed was 5, and is now 6")
    // By its path, its latest run is meant, and not one of the replays.
    #expect(try ReplaySource("./s.easel", in: experiment.folder).folder == place)
    let varied = try ReplaySource(place, in: experiment.folder).variation([(name: "root", value: "8")])
    #expect(varied.settings.map { "\($0.name)=\($0.value)" } == ["root=8"])
    #expect(varied.text == script)
  }

  @Test func `a session becomes a script for a variation, without what failed or was undone`() throws {
    let experiment = Experiment()
    for cell in ["lr = 1e-3", "y = 1 / 0", "z = 5"] { _ = experiment.session.evaluate(cell) }
    _ = experiment.session.undo()
    _ = experiment.session.evaluate("lr * 2")
    experiment.run.end(status: 0)
    let source = try ReplaySource(try #require(experiment.run.path), in: experiment.folder)
    let varied = try source.variation([(name: "lr", value: "1e-4")])
    #expect(varied.text == "lr = 1e-3\n# %%\nlr * 2")
    #expect(Experiment().session.run(varied.text, name: "v", settings: varied.settings).value == .float(2e-4))
  }

  @Test func `what a killed process left is replayed up to its last step`() throws {
    let experiment = Experiment()
    try prepare(experiment.session, experiment)
    #expect(experiment.session.evaluate("tuner.run(steps: 3)").succeeded)
    experiment.run.end(status: 0)
    let path = try #require(experiment.run.path) + "/" + Journal.file
    let lines = try AtomicFile.read(path).split(separator: UInt8(ascii: "\n"))
    let second = try #require(lines.firstIndex { String(decoding: $0, as: UTF8.self).contains("\"index\":1,") })
    try AtomicFile.write(Data(lines[...second].joined(separator: [10])) + Data("\n{\"torn".utf8), to: path)
    let end = try replay(path, in: experiment)
    #expect(end.same == Self.bits)
    #expect(end.counts.hasPrefix("2 steps, "))
    #expect(end.warnings.contains { $0.contains("cut short") })
  }

  @Test func `a job's work is replayed from its archive`() throws {
    let experiment = Experiment()
    try prepare(experiment.session, experiment)
    let work = experiment.session.evaluate("{ trainer.run(steps: 2) }")
    let context = experiment.session.context
    let job = try JobStart.prepare(try #require(Function.from(work.value)), try Run.of(context), context)
    let worker = try JobWorker(job.folder.path, output: RecordedOutput(), stop: StopToken(), worker: [])
    #expect(worker.work() == nil)
    let end = try replay(job.id, in: experiment)
    #expect(end.same == Self.bits, "\(end)")
    #expect(end.counts.hasPrefix("2 steps, "))
  }

  @Test func `a run is found by the start of its id, and not by one that several have`() throws {
    let experiment = Experiment()
    _ = experiment.session.evaluate("1")
    experiment.run.end(status: 0)
    let id = try #require(experiment.run.path?.split(separator: "-").last.map(String.init))
    #expect(try ReplaySource(String(id.prefix(4)), in: experiment.folder).id == id)
    #expect { try ReplaySource("zzz", in: experiment.folder) } throws: {
      "\($0)".hasPrefix("there is no run 'zzz' in ")
    }
    #expect { try ReplaySource("other.easel", in: experiment.folder) } throws: {
      "\($0)".contains("easel run other.easel")
    }
  }
}
