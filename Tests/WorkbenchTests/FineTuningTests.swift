import Foundation
import Primitives
import Script
import Testing
import Workbench

/// Supervised training with all that it takes, adapters, and the inspector, as scripts use them.
@Suite(.serialized) struct FineTuningTests {
  private static let made = """
    seed(3)
    world = shapes()
    model = janus("untrained")
    """

  @Test func `every part of supervised training is one argument`() {
    let experiment = Experiment()
    let script =
      Self.made + """

        data = world.dataset(40, style: ["step_by_step", "tags"], augment: true)
        tuner = finetune(model, data: data, batch: 4, weights: (text: 2, image: 1, image_start: 1),
          ramp: (key: ["text", "image_start"], start: 0.5, end: 1), kl: 0.1, layout: "two", lora: (rank: 4, alpha: 16))
        tuner.run(steps: 4)
        print(tuner.history.rows.map { row in row.ramp })
        print(tuner.history.rows.all { row in row.kl >= 0 })
        before = model.copy()
        trainer = grpo(model, prompts: world.prompts(20), reward: { s in s.rationale.count }, group: 3, batch: 2, lora: 8)
        trainer.run(steps: 1)
        print(trainer.samples.count)
        """
    #expect(experiment.execute(script).map(\.description) == [])
    #expect(experiment.output.lines == ["[0.0, 0.0, 0.0, 0.5]", "true", "6"])
  }

  @Test func `a trainer of adapters says how few numbers it trains`() {
    let experiment = Experiment()
    #expect(experiment.execute(Self.made + "\nfinetune(model, data: world.dataset(4), lora: 2)").isEmpty)
    // Six layers, two directions: four maps of 128 by 128, two of 352 by 128 and one of 128 by 352.
    #expect(experiment.output.lines.contains { $0.hasPrefix("  trains 29568 numbers in janus model") })
  }

  @Test(arguments: [
    ("style: \"haiku\"", "there is no style 'haiku'"), ("augment: [\"rhymes\"]", "there is no augment 'rhymes'"),
  ])
  func `a style or a kind of prompt that there is not is named`(argument: String, message: String) {
    let experiment = Experiment()
    #expect(experiment.execute(Self.made).isEmpty)
    let text = experiment.session.evaluate("world.dataset(4, \(argument))").diagnostics.first?.description ?? ""
    #expect(text.contains(message))
    #expect(text.contains("one of: "))
  }

  @Test(arguments: [
    ("ramp: (key: \"words\", end: 1)", "there is no token weight 'words'"),
    ("ramp: (key: \"text\")", "needs a key and an end"),
    ("ramp: (key: \"text\", end: 0.5, rate: 2)", "a ramp has no 'rate'"), ("lora: (alpha: 3)", "adapters need a rank"),
    ("lora: (rank: 2, beta: 3)", "adapters have no 'beta'"), ("lora: 0", "the adapters' rank is 0"),
  ])
  func `a ramp or adapters that make no sense are refused`(argument: String, message: String) {
    let experiment = Experiment()
    #expect(experiment.execute(Self.made).isEmpty)
    let outcome = experiment.session.evaluate("finetune(model, data: world.dataset(4), \(argument))")
    #expect(outcome.diagnostics.first?.description.contains(message) == true)
  }

  @Test func `a dataset that was saved is read back, pictures and all`() throws {
    let experiment = Experiment()
    let path = NSTemporaryDirectory() + "easel-\(UUID().uuidString).jsonl"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let script =
      Self.made + """

        data = world.dataset(6, style: "object_centric")
        data.save("\(path)")
        again = dataset("\(path)", style: "object_centric")
        print(again.count)
        print(again.first(6).map { p in p.prompt } == data.first(6).map { p in p.prompt })
        print(again.first(6).map { p in p.rationale } == data.first(6).map { p in p.rationale })
        finetune(model, data: dataset("\(path)"), batch: 2).run(steps: 1);
        """
    #expect(experiment.execute(script).map(\.description) == [])
    #expect(experiment.output.lines == ["6", "true", "true"])
    let first = String(decoding: try AtomicFile.read(path), as: UTF8.self).prefix { !$0.isNewline }
    for name in ["augmented_cots", "augmented_prompts", "brief_caption", "object_prompts", "varied_captions", "image"] {
      #expect(first.contains("\"\(name)\":"))
    }
    try AtomicFile.write(
      Data("{\"brief_caption\": \"a\", \"detailed_caption\": \"b\", \"image\": \"data:image/jpeg;base64,AA\"}\n".utf8),
      to: path)
    let error = experiment.session.evaluate("dataset(\"\(path)\")").diagnostics.first?.description
    #expect(error?.contains("its image is no PNG in base64 (data:image/jpeg;base64,AA…)") == true)
  }

  @Test func `the inspector shows words and cells as values, as text of 80 columns, and as a picture`() throws {
    let experiment = Experiment()
    let script =
      Self.made + """

        i = inspect(model.paint("a red star")[0])
        print(i.cells.count)
        print(i.cells.rows[63])
        print(i.words.rows.all { row in row.forced or (row.probability > 0 and row.probability <= 1) })
        print(i.advantage)
        i
        """
    #expect(experiment.execute(script).map(\.description) == [])
    #expect(experiment.output.lines[0] == "64")
    #expect(experiment.output.lines[1].hasPrefix("(row: 7, column: 7, code: "))
    #expect(experiment.output.lines[2...3] == ["true", "none"])
    let display = try #require(experiment.output.displays.last)
    #expect(display["image/png"]?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true)
    let lines = display.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "a photo of a red star")
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.suffix(9).first?.hasPrefix("probability, percent") == true)
    let coloured = String(decoding: try #require(display[Display.colouredText]), as: UTF8.self)
    let visible = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(visible.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(visible != coloured)
  }

  @Test func `a sample of a trainer brings its advantage and the clip`() {
    let experiment = Experiment()
    let script =
      Self.made + """

        trainer = grpo(model, prompts: world.prompts(20), reward: { s in s.codes[0] }, group: 4, batch: 2, lr: 0.01)
        trainer.run(steps: 1)
        i = inspect(trainer.samples[3])
        print(i.words.columns)
        print(i.cells.rows.any { row in abs(row.ratio - 1) > 0.001 })
        print(i.cells.rows.all { row in row.advantage == i.advantage })
        show(i)
        """
    #expect(experiment.execute(script).map(\.description) == [])
    #expect(
      experiment.output.lines.prefix(3) == [
        "[\"word\", \"probability\", \"entropy\", \"advantage\", \"ratio\", \"clipped\", \"forced\"]", "true", "true",
      ])
    #expect(experiment.output.lines.contains("ratio, percent"))
    #expect(experiment.output.lines.dropFirst(3).allSatisfy { $0.count <= 80 })
  }
}
