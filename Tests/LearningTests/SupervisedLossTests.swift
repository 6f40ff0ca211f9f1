import Learning
import TestSupport
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

  private static let weights = TokenWeights(text: 2, image: 1, imageStart: 0.5)

  private static func loss(isByKind: Bool = false, klWeight: Double = 0) throws -> SupervisedLoss {
    let kinds = try SupervisedFixture.kinds.map { try #require(TokenKind(rawValue: $0)) }
    return SupervisedLoss(
      logProbabilities: SupervisedFixture.logProbabilities, kinds: kinds, weights: weights,
      denominators: .init(kinds, isByKind: isByKind), reference: SupervisedFixture.reference, klWeight: klWeight)
  }

  @Test func `with a divergence, and in two stages, it agrees with automatic differentiation`() throws {
    for (loss, value, gradient) in [
      (try Self.loss(), SupervisedFixture.oneSequenceLoss, SupervisedFixture.oneSequenceGradient),
      (try Self.loss(klWeight: 0.3), SupervisedFixture.divergenceLoss, SupervisedFixture.divergenceGradient),
      (try Self.loss(isByKind: true), SupervisedFixture.twoStagesLoss, SupervisedFixture.twoStagesGradient),
    ] {
      #expect(abs(loss.loss - value) < 1e-12)
      expectClose(loss.gradient.map(Double.init), gradient, absolute: 1e-8, relative: 1e-7)
    }
    #expect(try Self.loss().klSum == 0)
    #expect(try Self.loss(klWeight: 0.3).klSum > 0)
  }

  @Test func `a ramp is 0 before its start, whole after its end, and linear in between`() {
    let ramp = WeightRamp([.text], from: 0.2, to: 0.6)
    // Of ten steps: at 0.4 half of the way is gone.
    let factors = (0..<10).map { ramp.factor(at: Double($0) / 10) }
    expectClose(factors, [0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1], absolute: 1e-12)
    #expect(
      TokenWeights(text: 2, image: 1, imageStart: 4).ramped(WeightRamp([.text], from: 0.25, to: 0.75), at: 0.5)
        == TokenWeights(text: 1, image: 1, imageStart: 4))
    #expect(TokenWeights().ramped(nil, at: 0) == TokenWeights())
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
