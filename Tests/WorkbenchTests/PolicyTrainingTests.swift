import Script
import Testing

/// Reinforcement training as the language spells it.
struct PolicyTrainingTests {
  /// A trainer that took one step of a model that knows nothing, with these arguments.
  private static func step(_ arguments: String) -> Experiment {
    let experiment = Experiment()
    let script = """
      seed(11)
      trainer = grpo(janus("untrained"), prompts: shapes().prompts(20), reward: { s in s.rationale.count }, group: 2,
        batch: 2, \(arguments))
      trainer.run(steps: 1)
      """
    #expect(experiment.execute(script).isEmpty, "\(arguments)")
    return experiment
  }

  @Test(arguments: [
    "loss: \"gspo\", updates: 2", "loss: \"reinforce++\", kl: 0.1",
    "loss: \"rloo\", clip: 0.3, bound: \"clip\", aggregation: \"sequence\", advantage: \"group_batch\", credit: \"text\"",
    "entropy: adaptive(text: 17%, image: 2nats, rule: \"reasongen\")",
    "reference: [\"relabelled_start\", \"last_metrics\"], refills: 1, shortage: \"pad\"",
  ])
  func `every spelling takes a step`(arguments: String) {
    let experiment = Self.step(arguments)
    #expect(experiment.session.evaluate("trainer.steps").value == .int(1))
    #expect(experiment.session.evaluate("trainer.history.rows[0].rollouts >= 4").value == .bool(true))
  }

  @Test func `times are beside the history, not in it`() {
    let experiment = Self.step("loss: \"dapo\"")
    let script = "trainer.times.sample > 0 and trainer.times.update > 0 and trainer.times.judge >= 0"
    #expect(experiment.session.evaluate(script).value == .bool(true))
    #expect(experiment.session.evaluate("trainer.history.rows[0].times").diagnostics.count == 1)
  }

  @Test(arguments: [
    ("adaptive(text: 0.17, image: 0.72)", "entropy control: text 0.17 of the maximum, image 0.72 of the maximum"),
    ("adaptive(text: 17%, image: 2nats)", "entropy control: text 0.17 of the maximum, image 2.0 nats"),
    ("entropy_bonus(text: 0.5)", "entropy control: text coefficient -0.5, image free"),
    (
      "entropy_shaped(high: 80%)",
      "advantages shaped by entropy: up to 0.3 more from the quantile 0.8 on, none below 0.2"
    ),
  ])
  func `entropy control says what it aims at`(script: String, summary: String) {
    let experiment = Experiment()
    #expect(experiment.execute("print(\(script))").isEmpty)
    #expect(experiment.output.lines.last == summary)
  }

  @Test(arguments: [
    ("adaptive(text: 120%)", "'text' is 120%, but the maximum is 100%"),
    ("adaptive(text: 2)", "but must be 0 to 1"),
    ("adaptive(text: 3px)", "3px"),
    (
      "grpo(janus(\"untrained\"), prompts: shapes().prompts(4), reward: reward.oracle(), reference: \"flat\")",
      "there is no oddity 'flat'"
    ),
    (
      "grpo(janus(\"untrained\"), prompts: shapes().prompts(4), reward: reward.oracle(), loss: \"ppo\")",
      "one of: grpo, dr_grpo, dapo, gspo, cispo, rloo, reinforce++"
    ),
  ])
  func `what cannot be is refused in the user's words`(script: String, words: String) {
    let diagnostics = Experiment().execute(script)
    #expect(diagnostics.first?.description.contains(words) == true, "\(diagnostics)")
  }
}
