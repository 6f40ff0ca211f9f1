import Learning
import Testing

struct PolicyLossTests {
  private static func tokens(reference: Bool) -> PolicyLoss.Tokens {
    PolicyLoss.Tokens(
      logProbabilities: LearningFixture.logProbabilities, old: LearningFixture.old,
      reference: reference ? LearningFixture.reference : nil, advantages: LearningFixture.advantages,
      counts: LearningFixture.counts)
  }

  /// Inputs are the same float32 on both sides and the arithmetic is float64; the gradient is rounded to float32 once.
  private static func expect(
    _ result: PolicyLoss.Result, loss: Double, gradient: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(abs(result.loss - loss) < 1e-12, sourceLocation: sourceLocation)
    #expect(result.gradient.count == gradient.count, sourceLocation: sourceLocation)
    for (ours, theirs) in zip(result.gradient, gradient) {
      #expect(abs(Double(ours) - theirs) <= 1e-8 + 1e-7 * abs(theirs), sourceLocation: sourceLocation)
    }
  }

  @Test func `the symmetric clip agrees with automatic differentiation`() {
    Self.expect(
      PolicyLoss()(Self.tokens(reference: false)), loss: LearningFixture.symmetricLoss,
      gradient: LearningFixture.symmetricGradient)
  }

  @Test func `the wider upper bound agrees with automatic differentiation`() {
    Self.expect(
      PolicyLoss(clipHigh: 0.28)(Self.tokens(reference: false)), loss: LearningFixture.higherLoss,
      gradient: LearningFixture.higherGradient)
  }

  @Test func `the three divergences agree with automatic differentiation`() {
    for (form, loss, gradient) in [
      (KLDivergence.k1, LearningFixture.withK1Loss, LearningFixture.withK1Gradient),
      (.k2, LearningFixture.withK2Loss, LearningFixture.withK2Gradient),
      (.k3, LearningFixture.withK3Loss, LearningFixture.withK3Gradient),
    ] {
      Self.expect(
        PolicyLoss(klWeight: 0.1, klDivergence: form)(Self.tokens(reference: true)), loss: loss, gradient: gradient)
    }
  }

  @Test func `the clip binds where the ratio has moved in the advantage's favour and only there`() {
    // Ratios 2, 2, ½, ½ with advantages 1, −1, 1, −1: by hand −1.2, 2, −½, 0.8.
    let two = Float(0.693_147_18)
    let result = PolicyLoss(clip: 0.2)(
      .init(
        logProbabilities: [two, two, -two, -two], old: [0, 0, 0, 0], advantages: [1, -1, 1, -1],
        counts: [true, true, true, true]))
    #expect(abs(result.loss - (-1.2 + 2 - 0.5 + 0.8) / 4) < 1e-6)
    #expect(result.gradient[0] == 0)
    #expect(result.gradient[3] == 0)
    #expect(abs(result.gradient[1] - 0.5) < 1e-6)
    #expect(abs(result.gradient[2] + 0.125) < 1e-6)
    #expect(result.all.clipped == 2)
    #expect(abs(result.all.ratioMaximum - 2) < 1e-6)
  }

  @Test func `nothing that counts gives zero`() {
    let result = PolicyLoss()(
      .init(logProbabilities: [-1, .nan], old: [-2, 0], advantages: [1, 1], counts: [false, false]))
    #expect(result.loss == 0)
    #expect(result.gradient == [0, 0])
    #expect(result.all.count == 0)
    #expect(PolicyLoss()(.init(logProbabilities: [], old: [], advantages: [], counts: [])).loss == 0)
  }

  @Test func `forced tokens change neither loss nor gradient of the others`() {
    let with = PolicyLoss()(
      .init(logProbabilities: [-1, -9], old: [-1.1, -2], advantages: [1, 1], counts: [true, false]))
    let without = PolicyLoss()(.init(logProbabilities: [-1], old: [-1.1], advantages: [1], counts: [true]))
    #expect(with.loss == without.loss)
    #expect(with.gradient == without.gradient + [0])
  }

  @Test func `parts with a common denominator sum to the whole`() {
    let all = Self.tokens(reference: false)
    let whole = PolicyLoss()(all)
    var loss = 0.0
    var gradient: [Float] = []
    for range in [0..<7, 7..<8, 8..<24] {
      let part = PolicyLoss()(
        .init(
          logProbabilities: Array(all.logProbabilities[range]), old: Array(all.old[range]),
          advantages: Array(all.advantages[range]), counts: Array(all.counts[range])),
        denominator: Double(whole.all.count))
      loss += part.loss
      gradient += part.gradient
    }
    #expect(abs(loss - whole.loss) < 1e-12)
    #expect(gradient == whole.gradient)
  }

  @Test func `a number that is not finite shows in the loss`() {
    let result = PolicyLoss()(.init(logProbabilities: [.nan], old: [0], advantages: [1], counts: [true]))
    #expect(!result.loss.isFinite)
  }

  @Test func `the third divergence is bounded at ten and has no slope there`() {
    let (value, slope) = KLDivergence.k3(-5)
    #expect(value == 10)
    #expect(slope == 0)
    #expect(KLDivergence.k3(0).value == 0)
    #expect(KLDivergence.k1(-0.5).value == -0.5)
    #expect(KLDivergence.k2(-0.5).value == 0.125)
  }
}
