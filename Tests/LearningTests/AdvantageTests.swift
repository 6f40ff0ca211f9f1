import Learning
import Testing

struct AdvantageTests {
  /// Binary rewards, eight samples, k successes: mean k/8, unbiased .
  @Test(arguments: [
    (1, 2.475, -0.354), (2, 1.620, -0.540), (4, 0.935, -0.935), (6, 0.540, -1.620), (7, 0.354, -2.475),
  ])
  func `binary rewards of a group of eight give the published table`(successes: Int, high: Double, low: Double) {
    let rewards = (0..<8).map { $0 < successes ? 1.0 : 0 }
    let advantages = Advantage.normalized(rewards)
    #expect(advantages.count == 8)
    for (reward, advantage) in zip(rewards, advantages) {
      // The table has three decimals.
      #expect(abs(advantage - (reward == 1 ? high : low)) < 5e-4)
    }
  }

  @Test func `a group without spread has advantage zero`() {
    #expect(Advantage.normalized([0.25, 0.25, 0.25]) == [0, 0, 0])
  }

  @Test func `a group of one counts as mean zero and deviation one`() {
    #expect(Advantage.normalized([3]) == [3 / (1 + 1e-6)])
    #expect(Advantage.normalized([]) == [])
  }

  @Test func `advantages do not depend on the order of the group`() {
    let rewards = [0.1, 0.9, 0.4, 0.7]
    let forward = Advantage.normalized(rewards)
    let backward = Advantage.normalized(rewards.reversed())
    for (a, b) in zip(forward, backward.reversed()) { #expect(abs(a - b) < 1e-12) }
  }

  @Test(
    arguments: [
      (.group, PolicyFixture.groupAdvantages), (.groupMean, PolicyFixture.groupMeanAdvantages),
      (.leaveOneOut, PolicyFixture.leaveOneOutAdvantages), (.batch, PolicyFixture.batchAdvantages),
      (.groupBatch, PolicyFixture.groupBatchAdvantages), (.none, PolicyFixture.rewards),
    ] as [(Advantage, [[Double]])])
  func `advantages of three groups agree with PyTorch`(advantage: Advantage, expected: [[Double]]) {
    let advantages = advantage(PolicyFixture.rewards)
    #expect(advantages.map(\.count) == expected.map(\.count))
    for (ours, theirs) in zip(advantages.flatMap { $0 }, expected.flatMap { $0 }) {
      #expect(abs(ours - theirs) < 1e-12)
    }
  }

  @Test func `a sample alone is measured by nothing`() {
    for advantage in [Advantage.groupMean, .leaveOneOut, .none] { #expect(advantage([[0.5]]) == [[0.5]]) }
    for advantage in Advantage.allCases { #expect(advantage([]) == []) }
  }
}
