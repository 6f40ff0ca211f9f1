import Foundation
import Script
import Testing
import Workbench

/// What the weights that ship promise, and that the notebooks are in order.
struct ShippedModelTests {
  @Test func `the oracle accepts at least 97 in 100 reconstructions of held-out scenes`() throws {
    let experiment = Experiment()
    let outcome = experiment.session.evaluate("geneval(shapes(), prompts: 600).ceiling(janus(\"tiny\")).value")
    #expect(outcome.diagnostics.isEmpty)
    guard case .float(let share) = outcome.value else {
      Issue.record("the ceiling is \(outcome.value)")
      return
    }
    #expect(share >= 0.97)
  }

  @Test func `the base model paints a single object as asked, mostly, and says what it drew`() {
    let experiment = Experiment()
    let script = """
      seed(1)
      samples = janus("tiny").paint("a star", n: 20, think: false)
      print(samples.filter { s in s.success }.count >= 15)
      t = samples[0].tokens
      print(t.where { row in row.kind == "image" }.count)
      print(t.where { row in row.forced }.rows.map { row in row.token })
      """
    #expect(experiment.execute(script).isEmpty)
    #expect(experiment.output.lines == ["true", "64", "[\"<image_end>\", \"<eos>\"]"])
  }

  @Test(arguments: ["reasongen", "seeds", "pretrain"])
  func `every notebook passes its check`(name: String) {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = folder.appendingPathComponent("notebooks/\(name).easel").path
    #expect(Experiment().session.check(file: path).map(\.description) == [])
  }
}
