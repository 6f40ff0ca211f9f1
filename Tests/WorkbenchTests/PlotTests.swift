import Foundation
import Primitives
import Script
import Testing
import Workbench

/// Figures, films and exports as users write them.
@Suite(.serialized) struct PlotTests {
  /// A table of runs: two values of think, two of group, three seeds, four steps.
  private static let runs = """
    rows = []
    for think in [true, false] { for group in [4, 8] { for s in 0..<3 { for i in 0..<4 {
      rows += [(think: think, group: group, seed: s, step: i, lr: 10 ** (0 - 3 - s), method: if think { "a" } else { "b" },
        reward: i * 0.1 + s * 0.01 + group * 0.02, kl: 0.001 * (i + 1) * 10 ** (s), entropy: 1.0 - i * 0.1)]
    } } } }
    runs = table(rows);

    """

  private func written(_ experiment: Experiment) throws -> [String] {
    let path = try #require(experiment.run.path)
    return try FileManager.default.contentsOfDirectory(atPath: path + "/plots").sorted()
  }

  @Test func `every kind of figure is drawn`() throws {
    let experiment = Experiment()
    let script =
      Self.runs + """
        plot(runs, y: ["reward", "kl"], by: ["think", "group"], band: "seed", save: "curves");
        plot(runs, y: "reward", by: "think", panels: "group", band: "seed", save: "multiples");
        plot(runs.where { r in r.step == 3 and r.seed == 0 }, y: "reward", x: "method", by: "group", save: "named");
        plot(runs, y: "reward", by: "think", kind: "histogram", save: "bars");
        plot(runs, y: "reward", x: "group", by: "seed", kind: "heatmap", save: "map");
        plot(runs, y: "reward", x: "entropy", by: "group", kind: "scatter", frontier: "upper left", save: "cloud");
        plot(runs, y: ["think", "group", "lr", "reward"], kind: "parallel", save: "axes", formats: ["png", "pdf"])
        """
    #expect(experiment.execute(script).map(\.description) == [])
    let files = try written(experiment)
    #expect(files.filter { $0.hasSuffix(".png") }.count == 7)
    #expect(files.filter { $0.contains("axes") } == ["07-axes.csv", "07-axes.gp", "07-axes.pdf", "07-axes.png"])
    let curves = try experiment.file("plots/01-curves.gp")
    #expect(curves.contains("mean over 3 values of seed; band: least to greatest, for fewer than five; each smoothed"))
    #expect(curves.contains("'no think, group 8'"))
    // From 0.001 to 0.4 are more than two decades.
    #expect(curves.contains("set logscale y"))
    #expect(try experiment.file("plots/05-map.gp").contains("a cell is the mean of up to 8 rows"))
    #expect(try experiment.file("plots/03-named.gp").contains("set xtics norotate noenhanced ('a' 0, 'b' 1)"))
    // The last line is a cell's value: it is shown, as dots.
    #expect(experiment.output.lines.contains { $0.hasSuffix("/plots/07-axes.png") })
    #expect(experiment.output.displays.last?["image/png"] != nil)
  }

  @Test(arguments: [
    ("plot(runs, y: \"reward\")", "several rows of one line have step 0"),
    ("plot(runs, y: \"rewrad\")", "the table has no column 'rewrad'"),
    ("plot(runs, y: \"reward\", by: \"thnik\")", "the table has no column 'thnik'"),
    ("plot(runs, y: \"reward\", kind: \"heatmap\", x: \"group\")", "a heat map needs a column for its rows"),
    ("plot(runs, y: \"reward\", kind: \"scatter\")", "what runs along the bottom is not said"),
    ("plot(runs, y: \"reward\", kind: \"histogram\", x: \"group\")", "a histogram plot has no 'x'"),
    ("plot(runs, y: \"reward\", kind: \"parallel\")", "parallel axes need at least two columns"),
    ("plot(runs, y: \"reward\", kind: \"histogram\", band: \"seed\")", "'band' belongs to kind: \"curves\""),
    ("plot(runs, y: \"reward\", by: \"think\", frontier: \"upper left\")", "'frontier' belongs to kind: \"scatter\""),
    ("plot(runs, y: [\"reward\", \"kl\"], panels: \"think\")", "with 'panels' one column is drawn, not 2"),
    ("plot(runs, y: \"reward\", panels: [\"reward\", \"kl\"])", "panels, but a figure has 36 at most"),
    ("plot(runs, y: \"reward\", kind: \"pie\")", "'kind' of 'plot' cannot be \"pie\""),
    ("plot(runs, y: \"method\", by: [\"think\", \"group\", \"seed\"])", "it needs at least one finite number"),
    ("plot(runs, y: \"reward\", formats: [\"gif\"])", "'formats' of 'plot' wants"),
  ])
  func `what cannot be drawn is one clear error, and no file`(call: String, message: String) throws {
    let experiment = Experiment()
    #expect(experiment.execute(Self.runs).isEmpty)
    let problems = experiment.session.evaluate(call).diagnostics.map(\.description)
    #expect(problems.count == 1)
    #expect(problems.first?.contains(message) == true, "\(problems)")
    if let path = experiment.run.path {
      #expect(!FileManager.default.fileExists(atPath: path + "/plots/01-reward.png"))
    }
    #expect(experiment.session.evaluate("1 + 1").value == .int(2))
  }

  @Test func `tokens of samples are drawn over their places, and a film over time`() throws {
    let experiment = Experiment()
    let script = """
      seed(5)
      model = janus("untrained")
      samples = model.paint("a red star", n: 3)
      places = tokens(samples)
      print(places.columns, places.where { t in t.kind == "image" and t.sample == 0 }.count)
      plot(places, y: ["entropy", "ratio"], by: "kind", band: "sample");
      reel = film([samples, model.paint("a red star", n: 3)], captions: [0, 20], title: "Does it learn?", pace: 200ms)
      print(reel.path, reel.animation)
      """
    #expect(experiment.execute(script).map(\.description) == [])
    #expect(
      experiment.output.lines.contains(
        "[\"sample\", \"position\", \"kind\", \"token\", \"probability\", \"entropy\", \"ratio\"] 64"))
    let path = try #require(experiment.run.path)
    #expect(experiment.output.lines.last == "\(path)/images/01-film.png \(path)/images/01-film-animated.png")
    let animation = try AtomicFile.read(path + "/images/01-film-animated.png")
    #expect(animation.range(of: Data("acTL".utf8)) != nil && animation.suffix(12).contains(Data("IEND".utf8)))
    let refused = experiment.session.evaluate("film([1, 2])").diagnostics.first?.description
    #expect(refused?.contains("moment 1 is not made of samples or pictures") == true)
    let captions = experiment.session.evaluate("film([samples], captions: [1, 2])").diagnostics.first?.description
    #expect(captions?.contains("there are 2 captions for 1 moments") == true)
  }

  @Test func `a trainer's numbers are exported and read back`() throws {
    let experiment = Experiment()
    let folder = experiment.folder
    let script = """
      seed(3)
      world = shapes()
      model = janus("untrained")
      trainer = grpo(model, prompts: world.prompts(20), reward: { s in s.rationale.count }, group: 2, batch: 2)
      trainer.run(steps: 2)
      for ending in ["csv", "jsonl"] {
        path = export(trainer.history, "\(folder)/h.\\(ending)")
        print(table(path).rows == trainer.history.rows)
      }
      print(table(export(trainer, "\(folder)/t.csv")).count)
      export(trainer.history, "\(folder)/h.md");
      export([(a: 1, b: 2)], "\(folder)/h.tex");
      print(export(trainer, "\(folder)/board"))
      export(trainer, "\(folder)/board");
      """
    #expect(experiment.execute(script).map(\.description) == [])
    #expect(experiment.output.lines == ["true", "true", "2", folder + "/board"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/board").count == 2)
    let problem = experiment.session.evaluate("export(trainer, \"\(folder)/h.xls\")").diagnostics.first?.description
    #expect(problem?.contains("does not say what to write") == true)
    let list = experiment.session.evaluate("export([1], \"\(folder)/h.csv\")").diagnostics.first?.description
    #expect(list?.contains("there is no table in it") == true)
    let steps = experiment.session.evaluate("export([(a: 1)], \"\(folder)/b\")").diagnostics.first?.description
    #expect(steps?.contains("TensorBoard wants a column \"step\"") == true)
    #expect(!FileManager.default.fileExists(atPath: folder + "/b"))
  }
}
