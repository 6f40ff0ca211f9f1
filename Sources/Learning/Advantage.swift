/// How much better a sample did than its group.
public enum Advantage {
  /// Added to the deviation, so that a group without spread divides by something.
  public static let floor = 1e-6

  /// Rewards of one group as z-scores: (r − mean) / (deviation + 10⁻⁶), with the unbiased deviation (divisor
  /// G − 1).
  ///
  /// A group of one has nothing to be compared with and counts as mean 0, deviation 1. A group without spread
  /// gives 0.
  ///
  /// Source: Z. Shao et al., *DeepSeekMath*, 2024, arXiv 2402.03300, section 4.1.2; the deviation and the
  /// floor as in ReasonGen-R1 (arXiv 2505.24875).
  ///
  /// - Parameter rewards: `[G]`, the rewards of all samples of one prompt.
  /// - Returns: `[G]`, one advantage a sample.
  public static func normalized(_ rewards: [Double]) -> [Double] {
    guard rewards.count > 1 else { return rewards.map { $0 / (1 + floor) } }
    let count = Double(rewards.count)
    let mean = rewards.reduce(0, +) / count
    let squares = rewards.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / (count - 1)).squareRoot()
    return rewards.map { ($0 - mean) / (deviation + floor) }
  }
}
