import Learning
import Testing

struct SupervisedLossTests {
  @Test func `the published weights agree with automatic differentiation`() throws {
    let kinds = try LearningFixture.supervisedKinds.map { try #require(TokenKind(rawValue: $0)) }
    let loss = SupervisedLoss(
      logProbabilities: LearningFixture.supervisedLogProbabilities, kinds: kinds, weights: .reference)
    #expect(abs(loss.loss - LearningFixture.supervisedLoss) < 1e-12)
    #expect(loss.gradient.count == kinds.count)
    for (ours, theirs) in zip(loss.gradient, LearningFixture.supervisedGradient) {
      #expect(abs(Double(ours) - theirs) < 1e-8)
    }
    for (index, mean) in LearningFixture.supervisedMeans.enumerated() {
      #expect(abs(loss.sums[index] / Double(loss.counts[index]) - mean) < 1e-12)
    }
  }

  @Test func `the start of the image counts in the denominator though it weighs nothing`() {
    // By hand: (2 · 1 + 0 · 5 + 1 · 3) / 3.
    let loss = SupervisedLoss(
      logProbabilities: [-1, -5, -3], kinds: [.text, .imageStart, .image], weights: .reference)
    // Three divisions instead of one.
    #expect(abs(loss.loss - 5.0 / 3) < 1e-15)
    #expect(loss.sums == [1, 3, 5])
    #expect(loss.counts == [1, 1, 1])
  }

  @Test func `a token without weight may be impossible`() {
    let loss = SupervisedLoss(
      logProbabilities: [-1, -.infinity], kinds: [.text, .imageStart], weights: .reference)
    #expect(loss.loss == 1)
    #expect(loss.gradient == [-1, 0])
  }

  @Test func `nothing gives zero`() {
    let loss = SupervisedLoss(logProbabilities: [], kinds: [], weights: .reference)
    #expect(loss.loss == 0)
    #expect(loss.gradient == [])
  }

  @Test func `the default teaches the end of a thought`() {
    #expect(TokenWeights()(.imageStart) == TokenWeights()(.text))
    #expect(TokenKind.allCases.map { TokenWeights.reference($0) } == [2, 1, 0])
  }
}
