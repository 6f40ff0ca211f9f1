import Learning
import Tensors
import TestSupport
import Testing

/// Each published loss and its gradient down to the logits, against PyTorch.
struct PolicyMethodTests {
  typealias Fixture = PolicyFixture

  /// The loss of the fixture's tokens and its gradient by their logits, by way of the scorer's operators.
  private static func differentiated(
    _ loss: PolicyLoss, constant longest: Int? = nil, entropy: [Float]? = nil
  ) -> (loss: Double, gradient: [Float]) {
    let count = Fixture.targets.count
    let logits = Parameter("logits", Tensor(Fixture.logits, shape: [count, Fixture.vocabulary]))
    let tape = Tape()
    let scores = tokenScores(logits.tensor(on: tape), targets: Fixture.targets, temperature: 1)
    let tokens = PolicyLoss.Tokens(
      logProbabilities: scores.logProbability.array(), old: Fixture.old, reference: Fixture.reference,
      advantages: Fixture.advantages,
      counts: zip(Fixture.isDrawn, Fixture.isImage).map { $0 && loss.credit.counts(isImage: $1) },
      isImage: Fixture.isImage, offsets: Fixture.offsets)
    let denominator = longest.map {
      loss.aggregation.denominator(counts: tokens.counts, offsets: Fixture.offsets, longest: $0)
    }
    let result = loss(tokens, denominator: denominator)
    var surrogate = sum(scores.logProbability * Tensor(result.gradient, shape: [count]))
    if let entropy { surrogate = surrogate + sum(scores.entropy * Tensor(entropy, shape: [count])) }
    tape.backward(surrogate)
    return (result.loss, logits.gradient?.array() ?? [])
  }

  private static func expect(
    _ result: (loss: Double, gradient: [Float]), _ expected: Fixture.Case,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    // The softmax is in float32, the rest in float64.
    #expect(abs(result.loss - expected.loss) < 2e-6, sourceLocation: sourceLocation)
    #expect(result.gradient.count == expected.gradient.count, sourceLocation: sourceLocation)
    for (ours, theirs) in zip(result.gradient, expected.gradient) {
      #expect(abs(Double(ours) - theirs) < 1e-6, sourceLocation: sourceLocation)
    }
  }

  private static func loss(of method: PolicyMethod) -> PolicyLoss {
    var settings = PolicySettings()
    method.apply(to: &settings)
    return settings.loss
  }

  @Test(
    arguments: [
      (.grpo, Fixture.grpo), (.drGRPO, Fixture.drGRPO), (.dapo, Fixture.dapo), (.gspo, Fixture.gspo),
      (.cispo, Fixture.cispo), (.rloo, Fixture.rloo), (.reinforcePlusPlus, Fixture.grpo),
    ] as [(PolicyMethod, Fixture.Case)])
  func `the loss of each method and its gradient agree with automatic differentiation`(
    method: PolicyMethod, expected: Fixture.Case
  ) {
    Self.expect(Self.differentiated(Self.loss(of: method), constant: Fixture.longest), expected)
  }

  @Test func `parts that are set alone agree with automatic differentiation`() {
    var loss = PolicyLoss(klWeight: 0.1)
    loss.aggregation = .sequence
    Self.expect(Self.differentiated(loss), Fixture.sequenceGRPO)
    loss = Self.loss(of: .gspo)
    (loss.clip, loss.clipHigh) = (0.2, nil)
    Self.expect(Self.differentiated(loss), Fixture.wideGSPO)
    loss = PolicyLoss()
    loss.bound = .weight
    Self.expect(Self.differentiated(loss), Fixture.narrowCISPO)
  }

  @Test func `credit for words or for codes alone leaves the others out of loss and gradient`() {
    var loss = PolicyLoss()
    loss.credit = .text
    Self.expect(Self.differentiated(loss), Fixture.textOnly)
    loss.credit = .image
    Self.expect(Self.differentiated(loss), Fixture.imageOnly)
  }

  @Test func `entropies of both modalities enter the gradient with their own coefficients`() {
    let counts = [false, true].map { image in
      zip(Fixture.isDrawn, Fixture.isImage).count { $0 && $1 == image }
    }
    let weights = zip(Fixture.isDrawn, Fixture.isImage).map { isDrawn, isImage -> Float in
      !isDrawn ? 0 : isImage ? -0.02 / Float(counts[1]) : 0.03 / Float(counts[0])
    }
    let result = Self.differentiated(PolicyLoss(), entropy: weights)
    for (ours, theirs) in zip(result.gradient, Fixture.withEntropy) { #expect(abs(Double(ours) - theirs) < 1e-6) }
  }

  @Test func `the gradient through guided logits at another temperature reaches both branches`() {
    let pairs = Parameter("pairs", Tensor(Fixture.pairs, shape: [8, Fixture.vocabulary]))
    let tape = Tape()
    let scores = tokenScores(
      extrapolatedPairs(pairs.tensor(on: tape), by: 3), targets: Fixture.guidedTargets, temperature: 0.7)
    let result = PolicyLoss()(
      .init(
        logProbabilities: scores.logProbability.array(), old: Fixture.guidedOld,
        advantages: Fixture.guidedAdvantages, counts: [true, true, true, true]))
    tape.backward(sum(scores.logProbability * Tensor(result.gradient, shape: [4])))
    let gradient = pairs.gradient?.array() ?? []
    #expect(gradient.count == Fixture.guidedGradient.count)
    for (ours, theirs) in zip(gradient, Fixture.guidedGradient) { #expect(abs(Double(ours) - theirs) < 2e-6) }
  }

  @Test func `a method sets its parts, keeps what is not part of it, and grpo is the default`() {
    var settings = PolicySettings()
    PolicyMethod.grpo.apply(to: &settings)
    #expect(settings == PolicySettings())
    settings.loss.klWeight = 0.04
    settings.loss.credit = .image
    settings.group = 5
    PolicyMethod.rloo.apply(to: &settings)
    #expect(settings.loss.klWeight == 0.04)
    #expect(settings.loss.credit == .image)
    #expect(settings.group == 5)
    #expect(settings.loss.klPlace == .reward)
    #expect(settings.advantage == .leaveOneOut)
    PolicyMethod.reinforcePlusPlus.apply(to: &settings)
    #expect(!settings.dynamicSampling.dropsUniform)
  }

  @Test func `tallies tell words from codes`() {
    var loss = PolicyLoss()
    loss.credit = .both
    let result = loss(
      .init(
        logProbabilities: [0.5, 0, -0.5], old: [0, 0, 0], reference: [0, 0, 0.5], advantages: [1, 1, 1],
        counts: [true, true, true], isImage: [false, false, true]))
    // The first ratio, e^½, is above 1.2; k3 at −1 is e − 2.
    #expect(result.text.count == 2 && result.image.count == 1 && result.all.count == 3)
    #expect(result.text.clipped == 1 && result.image.clipped == 0)
    #expect(abs(result.image.klSum - 0.718_281_828) < 1e-6)
    #expect(abs(result.text.ratioMaximum - 1.648_721_27) < 1e-6)
  }
}
