/// How the losses of a mini-batch's tokens become one number.
public enum Aggregation: String, Sendable, Hashable, Codable, CaseIterable {
  /// The mean over all tokens that count: a long thought weighs more than a short one (DAPO, arXiv 2503.14476, section
  /// 3.3; ReasonGen-R1).
  case token
  /// The mean over sequences of each one's mean: a token of a long thought weighs less (GRPO as first published,
  /// arXiv 2402.03300, equation 3).
  case sequence
  /// The sum over sequences and the longest possible response: every token weighs the same in every step, so that
  /// length has no bias (Z. Liu et al., *Understanding R1-zero-like training*, 2025, arXiv 2503.20783, section 3).
  case constant
  /// The mean over micro-batches of each one's token mean, as in the published code of ReasonGen-R1: a token of a
  /// shorter micro-batch weighs more, so memory decides over the result.
  case microBatch = "micro_batch"

  /// What the weighted sum over tokens is divided by; 1 if none counts.
  ///
  /// - Parameters:
  ///   - counts: `[M]`, whether each token of the mini-batch counts.
  ///   - offsets: where each sequence begins, and M at the end.
  ///   - longest: the most tokens that a response can have.
  public func denominator(counts: [Bool], offsets: [Int], longest: Int) -> Double {
    let number: Int
    switch self {
    case .token, .microBatch: number = counts.count { $0 }
    case .sequence: number = zip(offsets, offsets.dropFirst()).count { counts[$0..<$1].contains(true) }
    case .constant: number = (offsets.count - 1) * longest
    }
    return Double(max(number, 1))
  }

  /// The denominator when there are no other tokens than these, and no response can be longer than the longest here.
  func denominator(of tokens: PolicyLoss.Tokens) -> Double {
    denominator(
      counts: tokens.counts, offsets: tokens.offsets ?? [0, tokens.counts.count],
      longest: tokens.sequences.map(\.count).max() ?? 0)
  }
}
