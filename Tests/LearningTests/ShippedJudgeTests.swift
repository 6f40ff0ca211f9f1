import Models
import Primitives
import Shapes
import Testing

@testable import Learning

/// A build that was made before the judge's weights has nothing to test.
@Suite("The judge that ships", .enabled(if: (try? Janus.tinyJudge()) != nil)) struct ShippedJudgeTests {
  /// Pictures that the shipped painter paints of prompts that no training has seen, right and wrong ones.
  private static let samples: Result<[Sample], any Error> = Result {
    let prompts = PromptGrammar.random(128, split: .evaluation, seed: 5).map(\.text)
    return try Sampler(try Janus.tiny()).sample(prompts, count: 1, options: SamplingOptions(think: false), seed: 5)
  }

  @Test func `it agrees with the oracle on pictures that a policy painted, and its probabilities mean what they say`()
    throws
  {
    let samples = try Self.samples.get()
    let judge = try JudgeReward(try Janus.tinyJudge(), name: "tiny-vlm", isGraded: true)
    let check = try JudgeCheck(judge, on: samples)
    #expect(check.failures == 0)
    // Neither answer alone would do: about half of the pictures are as asked.
    #expect((0.3...0.7).contains(Double(check.cases.count { $0.isTrue }) / 128))
    #expect(check.agreement >= 0.93, "\(check.agreement)")
    #expect(check.calibrationError() <= 0.06, "\(check.calibrationError())")
    #expect(check.cases.allSatisfy { (0...1).contains($0.score ?? -1) })
  }

  @Test func `its answers are words, the same bits alone as among others`() throws {
    let samples = Array(try Self.samples.get().prefix(40))
    let model = try Janus.tinyJudge()
    let questions = samples.map { JudgeQuestion.text($0.prompt) }
    let answers = try model.ask(questions, about: samples.map(\.image))
    #expect(Set(answers.map(\.text)) == [JudgeQuestion.yes, JudgeQuestion.no])
    for index in [0, 17, 39] {
      let alone = try model.ask([questions[index]], about: [samples[index].image])
      #expect(alone.map(\.text) == [answers[index].text])
      #expect(alone.first?.probability(of: "yes") == answers[index].probability(of: "yes"))
      // What is said as a reward is what is said as text.
      let judgement = try JudgeReward(model, name: "tiny-vlm").judge([samples[index]])
      #expect(judgement == [JudgementText.yesOrNo(answers[index].text)])
    }
  }

  @Test func `it describes a true picture`() throws {
    let scene = Scene(
      [SceneObject(.star, .red, .large, at: .topLeft), SceneObject(.ring, .blue, .large, at: .bottom)])
    let answer = try Janus.tinyJudge().ask([JudgeQuestion.description], about: [Renderer.draw(scene)])
    #expect(Rationale.read(answer.first?.text ?? "") == scene)
  }
}
