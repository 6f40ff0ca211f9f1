public import Models

/// Rewards put together to one: a weighted sum, a product, or an ensemble of judges.
///
/// Each part's score stands in the judgement's ``Judgement/parts``. Where a part has failed, so has a sum, a product or
/// unanimity; a mean or a majority is that of those that did not fail.
public struct RewardCombination: Reward {
  /// How scores become one.
  public enum Rule: Sendable, Hashable {
    /// Σ wᵢ rᵢ.
    case sum(weights: [Double])
    /// Π rᵢ: all of them, or little.
    case product
    /// The mean of the judges.
    case mean
    /// 1 if more than half of the judges give at least 0.5, else 0.
    case majority
    /// 1 if every judge gives at least 0.5, else 0.
    case unanimity
  }

  /// The parts.
  public private(set) var parts: [any Reward]
  /// How their scores become one.
  public private(set) var rule: Rule
  /// What it is called in tables and messages.
  public let name: String
  private let labels: [String]

  /// A combination.
  ///
  /// - Parameters:
  ///   - parts: at least one.
  ///   - rule: how scores become one; a sum has a weight for each part. A sum among the parts of a sum is taken apart, so
  ///     that `a + 0.5 * (b + c)` has three parts.
  /// - Throws: ``LearningError/nothing(_:fix:)`` or ``LearningError/setting(_:value:expected:)``.
  public init(_ parts: [any Reward], by rule: Rule) throws {
    guard !parts.isEmpty else {
      throw LearningError.nothing("the list of rewards", fix: "give at least one reward")
    }
    (self.parts, self.rule) = (parts, rule)
    if case .sum(let weights) = rule {
      try require("the number of weights", weights.count, weights.count == parts.count, "\(parts.count), one a reward")
      let terms = zip(parts, weights).flatMap { part, weight in
        Self.terms(of: part).map { (reward: $0.reward, weight: $0.weight * weight) }
      }
      for term in terms { try require("a reward's weight", term.weight, term.weight.isFinite, "finite") }
      (self.parts, self.rule) = (terms.map(\.reward), .sum(weights: terms.map(\.weight)))
    }
    let names = self.parts.map(\.name)
    name =
      switch self.rule {
      case .sum(let weights): zip(weights, names).map { $0 == 1 ? $1 : "\($0) \($1)" }.joined(separator: " + ")
      case .product: names.map { $0.contains(" + ") ? "(\($0))" : $0 }.joined(separator: " × ")
      case .mean: "mean of " + names.joined(separator: ", ")
      case .majority: "majority of " + names.joined(separator: ", ")
      case .unanimity: "all of " + names.joined(separator: ", ")
      }
    // Two judges of one name are told apart by their place.
    labels = names.enumerated().map { place, name in
      names.count { $0 == name } > 1 ? "\(name) \(place + 1)" : name
    }
  }

  private static func terms(of reward: any Reward) -> [(reward: any Reward, weight: Double)] {
    guard let whole = reward as? RewardCombination, case .sum(let weights) = whole.rule else { return [(reward, 1)] }
    return zip(whole.parts, weights).map { ($0, $1) }
  }

  /// The combined judgements.
  public func judge(_ samples: [Sample]) throws -> [Judgement] {
    let columns = try parts.map { part in
      let judgements = try part.judge(samples)
      guard judgements.count == samples.count else {
        throw LearningError.rewardCount(name: part.name, scores: judgements.count, samples: samples.count)
      }
      return judgements
    }
    return samples.indices.map { index in combined(columns.map { $0[index] }) }
  }

  private func combined(_ judgements: [Judgement]) -> Judgement {
    let parts = zip(labels, judgements).map { Metric($0, $1.score ?? .nan) }
    let scores = judgements.compactMap(\.score)
    let mayMiss = rule == .mean || rule == .majority
    guard scores.count == judgements.count || (mayMiss && !scores.isEmpty) else {
      let failures = zip(labels, judgements).compactMap { label, judgement in
        judgement.failure.map { "\(label): \($0)" }
      }
      return Judgement(failure: failures.joined(separator: "; "), parts: parts)
    }
    let positive = scores.count { $0 >= 0.5 }
    let score: Double =
      switch rule {
      case .sum(let weights): zip(weights, scores).reduce(0) { $0 + $1.0 * $1.1 }
      case .product: scores.reduce(1, *)
      case .mean: scores.reduce(0, +) / Double(scores.count)
      case .majority: 2 * positive > scores.count ? 1 : 0
      case .unanimity: positive == scores.count ? 1 : 0
      }
    return Judgement(score, parts: parts)
  }
}
