public import Models
import Shapes

/// What a rationale is worth by its form alone, whatever the picture shows.
public struct FormatReward: Reward {
  /// What is looked at.
  public enum Rule: Sendable, Hashable {
    /// 1 if the thought came to its end by itself and is a plan that the world can read, else 0.
    case plan
    /// 0 up to `limit − slack` words, −1 beyond `limit`, and in between on the line that joins them.
    ///
    /// Source: Q. Yu et al., *DAPO*, 2025, arXiv 2503.14476, equation 13.
    case length(limit: Int, slack: Int)
  }

  /// What is looked at.
  public let rule: Rule

  /// A reward for form.
  ///
  /// - Throws: ``LearningError/setting(_:value:expected:)``.
  public init(_ rule: Rule) throws {
    if case .length(let limit, let slack) = rule {
      try require("the limit", limit, limit >= 1, "at least 1")
      try require("the slack", slack, (0...limit).contains(slack), "from 0 to the limit \(limit)")
    }
    self.rule = rule
  }

  /// "format" or "length".
  public var name: String { if case .plan = rule { "format" } else { "length" } }

  /// The worth of each rationale.
  public func judge(_ samples: [Sample]) -> [Judgement] {
    samples.map { sample in
      let response = sample.sequence.isImage.dropFirst(sample.sequence.promptCount)
      // IMAGE_START, the last token before the picture, is no word.
      let words = max(response.prefix { !$0 }.count - 1, 0)
      switch rule {
      case .plan:
        let isWhole = sample.isForced.indices.contains(words) && !sample.isForced[words]
        return Judgement(isWhole && Rationale.read(sample.rationale) != nil ? 1 : 0)
      case .length(let limit, let slack):
        if words > limit { return Judgement(-1) }
        return Judgement(min(0, Double(limit - slack - words) / Double(max(slack, 1))))
      }
    }
  }
}
