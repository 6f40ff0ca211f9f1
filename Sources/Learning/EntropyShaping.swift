/// Advantages that depend on how open a choice was: a token of high entropy gets a bonus, one of low entropy no
/// advantage at all (so that only a divergence term moves it).
///
/// A′ = (A + min(c |A|, c H / H_max)) for tokens whose entropy H is at or above the quantile ``high`` of their
/// sequence's tokens of that modality, 0 for those below the quantile ``low``, and A for the rest.
///
/// Source: the published code of EG-GRPO (entropy-guided GRPO for Janus-type image generators), where the paper sets
/// the size of the bonus by a budget of the batch. Deviation: quantiles are over drawn tokens alone; there they count
/// padding after the end of a text.
public struct EntropyShaping: Sendable, Hashable, Codable {
  /// c: the bonus as a share of the advantage, and of the entropy's share of the largest.
  public var bonus: Double
  /// The quantile at and above which a token gets the bonus, 0…1.
  public var high: Double
  /// The quantile below which a token has no advantage, 0…1.
  public var low: Double

  /// A shaping; the defaults are the published values.
  public init(bonus: Double = 0.3, high: Double = 0.5, low: Double = 0.2) {
    (self.bonus, self.high, self.low) = (bonus, high, low)
  }

  func check() throws {
    try require("the entropy bonus", bonus, bonus >= 0 && bonus.isFinite, "at least 0")
    for quantile in [high, low] {
      try require("a quantile of entropies", quantile, (0...1).contains(quantile), "between 0 and 1")
    }
  }

  /// The advantages of a sequence's tokens of one modality.
  ///
  /// - Parameters:
  ///   - advantage: A, that of the sequence.
  ///   - entropies: those of its drawn tokens of the modality, nats.
  ///   - largest: the largest possible entropy, nats.
  /// - Returns: one advantage a token.
  public func callAsFunction(_ advantage: Double, entropies: [Double], largest: Double) -> [Double] {
    let sorted = entropies.sorted()
    let (top, bottom) = (Self.quantile(high, of: sorted), Self.quantile(low, of: sorted))
    return entropies.map { entropy in
      if entropy < bottom { return 0 }
      return entropy >= top ? advantage + min(bonus * abs(advantage), bonus * entropy / largest) : advantage
    }
  }

  /// A quantile by linear interpolation between neighbours; 0 of nothing.
  static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}
