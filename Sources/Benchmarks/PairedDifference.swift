public import Primitives

/// How two models differ on the same prompts.
public struct PairedDifference: Sendable, Hashable, CustomStringConvertible {
  /// The difference of the headlines with its 95 % interval: a bootstrap over prompts, each with its own difference.
  public let estimate: Estimate
  /// The share of prompts on which the first model does better.
  public let won: Double
  /// The share of prompts on which it does worse.
  public let lost: Double
  /// The share of prompts on which both do the same.
  public let tied: Double
  /// The two-sided sign test: how likely so uneven a split of won and lost prompts is if neither model were better.
  public let signTest: Double

  /// Sums up differences.
  ///
  /// - Parameters:
  ///   - strata: for each task one difference a prompt, −1…1.
  ///   - images: pictures of each prompt.
  init(_ strata: [[Double]], images: Int) {
    estimate = MacroMean.estimate(strata, images: images, range: -1...1)
    let all = strata.flatMap { $0 }
    let (wins, losses) = (all.count { $0 > 0 }, all.count { $0 < 0 })
    let total = Double(max(all.count, 1))
    (won, lost) = (Double(wins) / total, Double(losses) / total)
    tied = Double(all.count - wins - losses) / total
    signTest = Self.signTest(wins, losses)
  }

  /// Whether the interval excludes no difference.
  public var isSignificant: Bool { estimate.low > 0 || estimate.high < 0 }

  /// One line, such as `+0.180 (+0.112…+0.247), won 0.31, lost 0.12, tied 0.57`.
  public var description: String {
    func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + Scorecard.fixed(value) }
    return "\(signed(estimate.value)) (\(signed(estimate.low))…\(signed(estimate.high))), "
      + "won \(Scorecard.fixed(won)), lost \(Scorecard.fixed(lost)), tied \(Scorecard.fixed(tied))"
  }

  /// 2 P(X ≤ min) for X binomial with n = wins + losses and p = 1/2, at most 1.
  static func signTest(_ wins: Int, _ losses: Int) -> Double {
    let count = wins + losses
    // Terms C(n, k) are kept relative to the largest, so that no power of two overflows.
    var term = 1.0
    var (tail, total) = (0.0, 0.0)
    for k in 0...count {
      total += term
      if k <= min(wins, losses) { tail += term }
      term *= Double(count - k) / Double(k + 1)
      if total > 1e200 { (term, tail, total) = (term * 1e-200, tail * 1e-200, total * 1e-200) }
    }
    return min(2 * tail / total, 1)
  }
}
