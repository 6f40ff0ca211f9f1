import Learning
import Models
import Primitives
import Testing

@Suite("Rewards") struct RewardTests {
  static func sample(_ prompt: String, index: Int = 0) -> Sample {
    Sample(
      prompt: prompt, sequence: TokenSequence(ids: [1], isImage: [false], promptCount: 1), isForced: [],
      logProbabilities: [], entropies: [], rationale: "", codes: [], image: Bitmap(width: 1, height: 1), index: index,
      temperature: 1, guidance: 1)
  }

  @Test func `a failed judgement is counted, and takes the mean of its prompt instead of 0`() {
    let samples = ["a", "a", "a", "b", "c"].map { Self.sample($0) }
    let judgements = [
      Judgement(1), Judgement(failure: "no answer"), Judgement(0.5), Judgement(failure: "no answer"), Judgement(0.25),
    ]
    #expect(judgements.failures == 2)
    #expect(judgements.scores(of: samples) == [1, 0.75, 0.5, 0, 0.25])
  }

  @Test func `a function that gives nothing has failed, not given 0`() throws {
    let reward = ClosureReward(name: "mine") { $0.index == 0 ? nil : 1 }
    let judgements = try reward.checkedJudgements([Self.sample("a"), Self.sample("a", index: 1)], step: 0)
    #expect(judgements == [Judgement(failure: "'mine' gave no number"), Judgement(1)])
  }

  @Test func `a number that is not finite stops the step and names the sample`() {
    let reward = ClosureReward(name: "mine") { $0.index == 1 ? .infinity : 1 }
    let samples = [Self.sample("a"), Self.sample("b", index: 1)]
    let expected = LearningError.notFinite("the reward 'mine' of sample 1 ('b')", step: 3)
    #expect(throws: expected) { try reward.checkedScore(samples, step: 3) }
  }
}
