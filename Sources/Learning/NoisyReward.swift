public import Models
import Primitives

/// A judge that errs at known rates, to see what a policy makes of it.
///
/// Whether it errs on a picture depends on picture and prompt alone, as with a real judge: asked twice, it errs twice, and
/// a policy that has found the error can exploit it.
public struct NoisyReward: Reward {
  /// The judge without errors.
  public let reward: any Reward
  /// How often a no becomes a yes, 0…1.
  public let falsePositive: Double
  /// How often a yes becomes a no, 0…1.
  public let falseNegative: Double
  private let stream: RandomStream

  /// An erring judge.
  ///
  /// - Parameters:
  ///   - reward: whose scores of at least 0.5 count as yes.
  ///   - falsePositive: how often a no becomes a yes, 0…1.
  ///   - falseNegative: how often a yes becomes a no, 0…1.
  ///   - seed: of the errors.
  /// - Throws: ``LearningError/setting(_:value:expected:)``.
  public init(_ reward: any Reward, falsePositive: Double, falseNegative: Double, seed: Int = 0) throws {
    try require("false_positive", falsePositive, (0...1).contains(falsePositive), "between 0 and 1")
    try require("false_negative", falseNegative, (0...1).contains(falseNegative), "between 0 and 1")
    (self.reward, self.falsePositive, self.falseNegative) = (reward, falsePositive, falseNegative)
    stream = RandomStream(seed: seed, purpose: "reward.noise")
  }

  /// Its name, with its rates.
  public var name: String { "\(reward.name) with \(falsePositive) false yes and \(falseNegative) false no" }

  /// The judgements with errors: a score r becomes 1 − r.
  public func judge(_ samples: [Sample]) throws -> [Judgement] {
    let judgements = try reward.checkedJudgements(samples, step: 0)
    return zip(samples, judgements).map { sample, judgement in
      guard let score = judgement.score else { return judgement }
      var (prompt, picture) = (Fingerprint(), Fingerprint())
      prompt.combine(sample.prompt)
      picture.combine(bytes: sample.image.bytes)
      let draw = stream.uniform(
        step: Int(truncatingIfNeeded: prompt.value >> 32), sample: Int(truncatingIfNeeded: picture.value >> 32),
        position: Int(truncatingIfNeeded: picture.value & 0xFFFF_FFFF))
      let errs = Double(draw) < (score >= 0.5 ? falseNegative : falsePositive)
      return errs ? Judgement(1 - score, parts: judgement.parts) : judgement
    }
  }
}
