import Foundation
import Models
import Primitives
import Script
import Testing
import Workbench

/// Scripts as users write them, on a model with random weights and few steps.
@Suite(.serialized) struct ExperimentTests {
  private static let training = """
    seed(3)
    world = shapes()
    model = janus("untrained")
    tuner = finetune(model, data: world.dataset(40), batch: 4)
    tuner.run(steps: 2)
    trainer = grpo(model, prompts: world.prompts(20), reward: { s in s.rationale.count }, group: 3, batch: 2)
    trainer.run(steps: 2)
    """

  @Test func `the same script gives the same bytes in every metric, on one thread and on two`() throws {
    let threads = Processor.threads
    defer { Processor.threads = threads }
    var files: [[String]] = []
    for count in [1, 2, 2] {
      Processor.threads = count
      let experiment = Experiment()
      #expect(experiment.execute(Self.training).isEmpty)
      files.append(try ["metrics-finetune.jsonl", "metrics-grpo.jsonl"].map(experiment.file))
    }
    #expect(files[0][1].split(separator: "\n").count == 2)
    #expect(files[0] == files[1])
    #expect(files[1] == files[2])
  }

  @Test func `a stopped run leaves a checkpoint, and another session goes on to the same numbers`() throws {
    let straight = Experiment()
    #expect(straight.execute(Self.training).isEmpty)
    let whole = try straight.file("metrics-grpo.jsonl").split(separator: "\n")

    let made = Self.training.replacing("trainer.run(steps: 2)", with: "")
    let first = Experiment()
    #expect(first.execute(made).isEmpty)
    let saved = first.session.evaluate("trainer.run(steps: 1)\ntrainer.save(\"half\")")
    guard case .string(let path) = saved.value else {
      Issue.record("save gave \(saved.value)")
      return
    }
    // The learning rate is constant, so one step and one more are two.
    let second = Experiment()
    #expect(second.execute(made + "\ntrainer.restore(\"\(path)\")\ntrainer.run(steps: 1)").isEmpty)
    #expect(try second.file("metrics-grpo.jsonl").split(separator: "\n").last == whole.last)
  }

  @Test func `a stop ends a run after the step in progress, with its checkpoint, and resume goes on`() {
    let experiment = Experiment()
    let session = experiment.interrupted
    let made = Self.training.replacing("tuner.run(steps: 2)", with: "").replacing("trainer.run(steps: 2)", with: "")
    #expect(session.run(made, name: "test.easel").succeeded)
    let outcome = session.evaluate("trainer.run(steps: 3)\nprint(\"not reached\")")
    #expect(outcome.isStopped)
    #expect(experiment.output.lines.contains { $0.hasPrefix("grpo stopped after step 1, 2 to go") })
    #expect(!experiment.output.lines.contains("not reached"))
    experiment.stop.reset()
    #expect(session.evaluate("trainer.steps").value == .int(1))
    _ = session.evaluate("trainer.resume()")  // Its first report raises the stop again.
    experiment.stop.reset()
    #expect(session.evaluate("trainer.steps").value == .int(2))
  }

  @Test func `an unknown argument on line 40 is found before anything runs`() {
    let lines = Array(repeating: "print(1)", count: 37) + ["world = shapes()", "model = janus(\"untrained\")"]
    let script = (lines + ["grpo(model, prompts: world.prompts(8), reward: reward.oracle(), gruop: 8)"])
      .joined(separator: "\n")
    let experiment = Experiment()
    let diagnostics = experiment.execute(script)
    #expect(experiment.output.lines.isEmpty)
    #expect(diagnostics.first?.description.contains("'grpo' has no argument 'gruop'") == true)
    #expect(diagnostics.first?.description.contains("test.easel 40:") == true)
    #expect(diagnostics.first?.description.contains("group") == true)
  }

  @Test(arguments: ["0 / 0.0", "\"much\""])
  func `a reward that is no number ends the run, and the session lives`(reward: String) {
    let experiment = Experiment()
    let made = Self.training.replacing("s.rationale.count", with: reward)
    let diagnostics = experiment.execute(made)
    #expect(diagnostics.count == 1)
    #expect(experiment.session.evaluate("trainer.steps").value == .int(0))
    #expect(experiment.session.evaluate("tuner.steps").value == .int(2))
  }

  @Test func `figures and sheets are files, and say how samples came about`() throws {
    let experiment = Experiment()
    let script = """
      seed(5)
      model = janus("untrained")
      show(model.paint("a red star", n: 2), save: "stars")
      plot(table([(step: 0, reward: 0.1), (step: 1, reward: 0.4)]), y: "reward", title: "Does it rise?")
      """
    #expect(experiment.execute(script).isEmpty)
    let path = try #require(experiment.run.path)
    let sheet = try AtomicFile.read(path + "/images/01-stars.png")
    #expect(sheet.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(sheet.range(of: Data("a photo of a red star".utf8)) != nil)
    for kind in ["png", "svg", "gp", "csv"] {
      #expect(FileManager.default.fileExists(atPath: path + "/plots/01-reward.\(kind)"))
    }
  }

  @Test func `a precision is chosen by name, in calls that sample and in calls that train`() {
    let experiment = Experiment()
    let made = "seed(3)\nmodel = janus(\"untrained\")\nworld = shapes()\n"
    #expect(experiment.execute(made).isEmpty)
    func problem(_ call: String) -> String {
      experiment.session.evaluate(call).diagnostics.first?.description ?? "none"
    }
    #expect(problem("model.paint(\"a red star\", precision: \"fp16\")").contains("one of: fp32, bf16, int8"))
    #expect(
      problem("grpo(model, prompts: world.prompts(4), reward: reward.oracle(), precision: \"int8\")")
        .contains("one of: fp32, bf16"))
    #expect(problem("finetune(model, data: world.dataset(4), precision: \"half\")").contains("one of: fp32, bf16"))
  }

  @Test func `a call's precision ends with the call, and a machine without it says so once`() {
    let experiment = Experiment()
    let script = """
      seed(3)
      model = janus("untrained")
      world = shapes()
      first = model.paint("a red star").map { s in s.codes }
      model.paint("a red star", precision: "bf16")
      finetune(model.copy(), data: world.dataset(8), batch: 4, precision: "bf16").run(steps: 1)
      grpo(model.copy(), prompts: world.prompts(4), reward: { s in s.rationale.count }, group: 2, batch: 2,
        precision: "bf16").run(steps: 1)
      print(model.paint("a red star").map { s in s.codes } == first)
      """
    #expect(experiment.execute(script).isEmpty)
    #expect(experiment.output.lines.last == "true")
    let notes = experiment.output.lines.filter { $0.contains("has no instructions for bf16; fp32 is used instead") }
    #expect(notes.count == (Processor.supports(precision: "bf16") ? 0 : 1))
  }

  @Test func `what a step will cost is a small table`() {
    let experiment = Experiment()
    let script = """
      model = janus("untrained")
      t = model.cost(batch: 2, tokens: 80)
      print(t.rows.map { row in row.work })
      print(t.rows[0].weights_mb * 1000000 == model.parameters * 4)
      print(t.rows.all { row in row.seconds > 0 })
      t
      """
    #expect(experiment.execute(script).isEmpty)
    #expect(experiment.output.lines.prefix(3) == ["[\"training step\", \"sampling\"]", "true", "true"])
    let refused = experiment.session.evaluate("model.cost(tokens: 60)").diagnostics.first?.description
    #expect(refused?.contains("tokens is 60, but must be from 68") == true)
  }

  @Test func `outputs that cannot be written are one clear error`() {
    let run = Run(name: "test", outputs: "/proc/nowhere", date: Date(timeIntervalSince1970: 0), process: 1)
    let session = Workbench.session(output: RecordedOutput(), run: run)
    let outcome = session.evaluate("show(janus(\"untrained\").paint(\"a red star\", n: 1))")
    #expect(outcome.diagnostics.count == 1)
    #expect(outcome.diagnostics.first?.description.contains("cannot write to the outputs folder") == true)
    #expect(session.evaluate("1 + 1").value == .int(2))
  }
}
