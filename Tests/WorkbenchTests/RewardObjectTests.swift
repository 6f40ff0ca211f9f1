import Script
import Testing

@testable import Workbench

@Suite("Rewards in the language") struct RewardObjectTests {
  private func lines(_ script: String) -> [String] {
    let experiment = Experiment()
    let problems = experiment.execute("samples = janus(\"untrained\").paint(\"a star\", n: 3, think: false)\n" + script)
    return problems.map(\.description) + experiment.output.lines
  }

  @Test func `rewards add up, multiply and show their parts`() {
    let script = """
      one = reward.sum([{ s in 1 }], weights: [0.5])
      both = 2 * one + reward.oracle() * 3
      print(both.name)
      print(both.score(samples).mean)
      print((reward.oracle() * one).score(samples).mean)
      print(both.judge(samples).columns)
      print(reward.ensemble([{ s in 1 }, { s in 0 }, { s in 1 }], by: "majority").score(samples).mean)
      """
    #expect(
      lines(script) == [
        "function + 3.0 oracle", "1.0", "0.0", "[\"prompt\", \"score\", \"failure\", \"function\", \"oracle\"]", "1.0",
      ])
  }

  @Test func `what errs on purpose errs, and a function that gives nothing fails in words`() {
    let script = """
      print(reward.noisy(reward.oracle(), false_positive: 1).score(samples).mean)
      print(reward.blind(reward.oracle(), to: "color").name)
      table = reward.sum([{ s in none }]).judge(samples)
      print(table.rows[0].failure)
      check = reward.noisy(reward.oracle(), false_positive: 1).check(samples)
      print(check.agreement, check.false_positive, check.tasks.rows[0].n)
      """
    #expect(
      lines(script) == [
        "1.0", "oracle blind to color", "function: 'function' gave no number", "0.0 1.0 3",
      ])
  }

  @Test func `a model that looks answers in words, and one that paints says what it lacks`() {
    let script = """
      picture = shapes().draw("a red star")
      answer = janus("untrained-vlm").ask(picture, "does this show a red star?")
      print(answer == answer.lower)
      print(try reward.judge(janus("untrained")) else "refused")
      print(try reward.judge("no such folder") else "not found")
      janus("untrained").ask(picture, "a star")
      """
    let found = lines(script)
    #expect(found.contains("true") && found.contains("refused") && found.contains("not found"))
    #expect(found.first?.contains("the model's vision encoder is missing") == true)
  }

  @Test func `rewards put together are the same in another session`() throws {
    let experiment = Experiment()
    let outcome = experiment.session.evaluate(
      """
      half = { s in 0.5 }
      reward.ensemble([0.5 * reward.oracle(graded: true) + 2 * reward.sum([half]) * reward.length(9, slack: 3), half])
      """)
    #expect(outcome.diagnostics.map(\.description) == [])
    let folder = experiment.folder + "/archive"
    try Archive.write(outcome.value, to: folder, experiment.session.context)
    let other = Experiment()
    guard case .object(let first) = outcome.value,
      case .object(let second) = try Archive.read(folder, other.session.context).value
    else {
      Issue.record("no rewards")
      return
    }
    #expect(second.summary == first.summary)
    #expect(second.summary.contains("0.5 graded oracle + 2.0 function × length"), "\(second.summary)")
  }
}
