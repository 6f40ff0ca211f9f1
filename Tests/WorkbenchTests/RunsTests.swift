import Foundation
import Primitives
import Records
import Script
import Testing

@testable import Workbench

/// Runs as values of the language; Tests/CommandTests has the command line.
@Suite struct RunsTests {
  private static let made = """
    trainer = grpo(model, prompts: shapes().prompts(8), reward: { s in s.rationale.count }, group: 2, batch: 1)

    """

  /// A session in the outputs of another one.
  private func session(beside experiment: Experiment, process: Int) -> (session: Session, output: RecordedOutput) {
    let run = Run(
      name: "later", outputs: experiment.folder, date: Date(timeIntervalSince1970: 1), process: process,
      settings: [(name: "n", value: "5")])
    let output = RecordedOutput()
    return (Workbench.session(output: output, run: run), output)
  }

  @Test func `a run begins with its first cell, and not with one that fails its check`() throws {
    let experiment = Experiment()
    #expect(experiment.execute("a = 1\nprint(b)").count == 1)
    #expect(experiment.run.path == nil)
    #expect(!FileManager.default.fileExists(atPath: experiment.folder))
    #expect(experiment.execute("a = 1").isEmpty)
    let path = try #require(experiment.run.path)
    #expect(!experiment.run.hasFiles)
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(Set(names).isSuperset(of: ["environment.json", "lock", "run.json"]))
    #expect(experiment.session.evaluate("runs[\"status\"]").value.description == "[\"running\"]")
  }

  @Test func `what a run was given, its numbers and its files are found by its id`() throws {
    let experiment = Experiment()
    let script =
      "seed(3)\nmodel = janus(\"\(try experiment.smallModel())\")\n" + Self.made + """
        tuner = finetune(model, data: shapes().dataset(4), batch: 2, lr: 2e-4)
        tuner.run(steps: 2)
        trainer.run(steps: 3)
        trainer.run(steps: 1)
        show(model.paint("a photo of a red star", n: 2), save: "stars")
        trainer.save()
        export(trainer.history, "\(experiment.folder)/elsewhere.csv")
        """
    #expect(experiment.execute(script).map(\.description) == [])
    experiment.run.end(status: 0)
    let later = session(beside: experiment, process: 2)
    let found = later.session.evaluate("runs.where { r in r.name == \"test\" }[\"id\"][0]").value
    let id = try #require(String.from(found))
    func value(_ text: String) -> String {
      let outcome = later.session.evaluate(text)
      return outcome.diagnostics.first?.description ?? outcome.value.description
    }
    #expect(value("r = run(\"\(id)\"); [r.status, r.kind, r.name]") == "[\"finished\", \"session\", \"test\"]")
    #expect(value("r.steps") == "6")
    #expect(value("r.config.finetune.lr") == "0.0002")
    #expect(value("[r.config.grpo.group, r.config.grpo.batch]") == "[2, 1]")
    #expect(value("[r.histories.finetune.count, r.histories.grpo.count]") == "[2, 4]")
    let rewards = experiment.session.evaluate("trainer.history[\"reward\"]").value
    #expect(later.session.evaluate("r.history[\"reward\"]").value == rewards)
    #expect(value("r.history.rows.map { row in row.step } == [0, 1, 2, 3]") == "true")
    #expect(value("runs.where { x in x.id == r.id }[\"reward\"][0] == r.history[\"reward\"][3]") == "true")
    let table = "\(experiment.folder)/elsewhere.csv"
    #expect(
      value("r.artifacts[\"path\"].sorted()")
        == "[\"\(table)\", \"checkpoints/grpo-step-4\", \"images/01-stars.png\"]")
    #expect(value("r.artifacts[\"kind\"].sorted()") == "[\"checkpoint\", \"image\", \"table\"]")
    #expect(value("r.images[0].width > 20") == "true")
    #expect(value("r.environment.threads > 0") == "true")
    #expect(value("run(\"nothing\")").contains("there is no run 'nothing'"))
  }

  @Test func `runs are tagged, noted, archived, compared and deleted`() throws {
    let experiment = Experiment()
    #expect(experiment.execute("seed(3)\n1 + 1").isEmpty)
    let later = session(beside: experiment, process: 2).session
    func value(_ text: String) -> String {
      let outcome = later.evaluate(text)
      return outcome.diagnostics.first?.description ?? outcome.value.description
    }
    let ids = experiment.run.recorder.map { [$0.record.id] } ?? []
    let id = try #require(ids.first)
    let tagged = value("tag(\"\(id)\", \"best\"); tag(run(\"\(id)\"), \"lr sweep\"); run(\"\(id)\").tags")
    #expect(tagged == "[\"best\", \"lr sweep\"]")
    #expect(value("tag(\"\(id)\", \"best\", remove: true); runs.where { r in r.tags == \"lr sweep\" }.count") == "1")
    #expect(value("note(\"\(id)\", \"as it was\"); [run(\"\(id)\").note]") == "[\"as it was\"]")
    #expect(value("tag(\"\(id)\", \"a, b\")").contains("'a, b' cannot be a tag"))
    // The run goes on, and its end keeps what others wrote on it.
    experiment.run.end(status: 1)
    #expect(value("r = run(\"\(id)\"); [r.status, r.note, r.tags[0]]") == "[\"failed\", \"as it was\", \"lr sweep\"]")
    let own = try #require(String.from(later.evaluate("runs.where { r in r.name == \"later\" }[\"id\"][0]").value))
    #expect(value("diff(\"\(id)\", \"\(own)\")[\"setting\"]") == "[\"set.n\"]")
    #expect(value("archive(\"\(id)\"); [runs.count, archived.count]") == "[1, 1]")
    #expect(value("archive(\"\(id)\", undo: true); [runs.count, archived.count]") == "[2, 0]")
    #expect(value("delete(\"\(own)\")").contains("run \(own) is running; end it before you delete it"))
    let folder = try #require(experiment.run.path)
    #expect(value("delete(\"\(id)\"); runs.count") == "1")
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(value("r.status").contains("there is no run '\(id)'"))
  }

  @Test func `a trainer that is restored to an earlier step records the steps that it takes again once`() throws {
    let experiment = Experiment()
    let script =
      "seed(3)\nmodel = janus(\"\(try experiment.smallModel())\")\n" + Self.made + """
        trainer.run(steps: 2)
        before = trainer.save()
        trainer.run(steps: 2)
        trainer.restore(before)
        trainer.run(steps: 3)
        """
    #expect(experiment.execute(script).map(\.description) == [])
    let steps = try experiment.file("metrics-grpo.jsonl").split(separator: "\n").map { String($0.prefix(9)) }
    #expect(steps == (0...4).map { "{\"step\":\($0)" })
  }

  @Test func `outputs that cannot be written leave a run that writes nothing alone, and tell of it once`() {
    let run = Run(name: "test", outputs: "/proc/nowhere", date: Date(timeIntervalSince1970: 0), process: 1)
    var warnings: [String] = []
    run.warn = { warnings.append($0) }
    let output = RecordedOutput()
    let session = Workbench.session(output: output, run: run)
    #expect(session.evaluate("print(1 + 1)").diagnostics.isEmpty)
    #expect(output.lines == ["2"] && warnings.isEmpty)
    run.end(status: 0)
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("this run leaves no record: cannot write to the outputs folder") == true)
  }
}
