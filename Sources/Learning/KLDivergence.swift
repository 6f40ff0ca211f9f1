import Foundation

/// An estimate of the divergence between the policy and a reference, from the sampled tokens alone.
///
/// With d = log π − log π_ref at a token drawn from π. Source: J. Schulman, *Approximating KL divergence*,
/// 2020.
public enum KLDivergence: String, Sendable, Hashable, Codable, CaseIterable {
  /// d: without bias, of high variance, of either sign.
  case k1
  /// d² / 2: biased, of low variance, its gradient in expectation that of the divergence.
  case k2
  /// exp(−d) + d − 1, held inside −10…10: without bias before the bound, never negative.
  case k3

  /// What the divergence is taken from.
  public enum Place: String, Sendable, Hashable, Codable, CaseIterable {
    /// It is added to the loss of each token and has a gradient of its own (GRPO, arXiv 2402.03300, equation 3).
    case loss
    /// Its sum over a sample's tokens, at the policy that drew them, is taken from the sample's reward before
    /// advantages are made (L. Ouyang et al., *Training language models to follow instructions*, 2022, arXiv
    /// 2203.02155; RLOO, arXiv 2402.14740).
    case reward
  }

  /// The estimate at one token and its derivative by log π.
  ///
  /// - Parameter difference: d, in nats.
  public func callAsFunction(_ difference: Double) -> (value: Double, slope: Double) {
    switch self {
    case .k1: return (difference, 1)
    case .k2: return (difference * difference / 2, difference)
    case .k3:
      let ratio = exp(-difference)
      let value = ratio + difference - 1
      return value > 10 ? (10, 0) : (value, 1 - ratio)
    }
  }
}
