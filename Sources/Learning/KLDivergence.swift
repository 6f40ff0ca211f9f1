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
