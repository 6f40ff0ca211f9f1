public import Models

/// A reward in units of its own spread: its mean is taken away and it is divided by its deviation, so that rewards of
/// different scales weigh alike in a sum.
///
/// Over a prompt's samples it is the normalisation of GDPO, which does it for each reward before they are added:
/// S.-Y. Liu et al., *GDPO*, 2026, arXiv 2601.05242. Over all samples of a step it leaves differences between prompts.
public struct NormalizedReward: Reward {
  /// Over which samples mean and deviation are taken.
  public enum Scope: String, Sendable, Hashable, CaseIterable {
    /// All samples that are judged together.
    case batch
    /// The samples of one prompt.
    case group
  }

  /// What is normalised.
  public let reward: any Reward
  /// Over which samples.
  public let scope: Scope

  /// A normalised reward.
  public init(_ reward: any Reward, over scope: Scope) { (self.reward, self.scope) = (reward, scope) }

  /// Its name.
  public var name: String { "\(reward.name) by \(scope.rawValue)" }

  /// (r − mean) / (deviation + 10⁻⁶), with the unbiased deviation; 0 where all are the same. Failures stay failures and
  /// count for nothing.
  public func judge(_ samples: [Sample]) throws -> [Judgement] {
    let judgements = try reward.checkedJudgements(samples, step: 0)
    var members: [String: [Int]] = [:]
    for (index, sample) in samples.enumerated() where judgements[index].score != nil {
      members[scope == .group ? sample.prompt : "", default: []].append(index)
    }
    var result = judgements
    for indices in members.values {
      let advantages = Advantage.normalized(indices.compactMap { judgements[$0].score })
      for (index, advantage) in zip(indices, advantages) {
        result[index] = Judgement(advantage, parts: judgements[index].parts)
      }
    }
    return result
  }
}
