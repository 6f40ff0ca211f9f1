import Foundation

/// The clipped policy loss of one mini-batch, with its gradient by every token's log-probability.
///
/// L = mean over counted tokens of max(−A ρ, −A clip(ρ, 1 − ε, 1 + ε′)) + β KL, with ρ = exp(log π − log
/// π_old). It works on plain numbers: a trainer hands the gradient to the tape as constants that multiply the
/// log-probabilities, which gives the same derivative of every parameter, and the formula can be read and
/// tested without a model.
///
/// Source: J. Schulman et al., *Proximal policy optimization*, 2017, arXiv 1707.06347, equation 7; token mean
/// as in ReasonGen-R1 (arXiv 2505.24875), but over the whole mini-batch instead of each micro-batch apart, so
/// that how a batch is cut up for memory does not change the result. The upper bound may be wider (DAPO,
/// arXiv 2503.14476, section 3.1).
public struct PolicyLoss: Sendable, Hashable, Codable {
  /// ε: how far the ratio may fall below 1, and rise above unless ``clipHigh`` is given.
  public var clip: Double
  /// ε′: how far the ratio may rise above 1; `nil` is symmetric.
  public var clipHigh: Double?
  /// β: the weight of the divergence from the reference; 0 needs no reference.
  public var klWeight: Double
  /// How the divergence is estimated.
  public var klDivergence: KLDivergence

  /// A loss.
  public init(
    clip: Double = 0.2, clipHigh: Double? = nil, klWeight: Double = 0, klDivergence: KLDivergence = .k3
  ) {
    (self.clip, self.clipHigh) = (clip, clipHigh)
    (self.klWeight, self.klDivergence) = (klWeight, klDivergence)
  }

  /// What the loss reads: four numbers and a flag for each of `M` response tokens.
  public struct Tokens: Sendable {
    /// `[M]`: log π of the policy that is trained, nats.
    public var logProbabilities: [Float]
    /// `[M]`: log π of the policy that drew the tokens, nats.
    public var old: [Float]
    /// `[M]`: log π of the reference, nats; `nil` when the divergence has no weight.
    public var reference: [Float]?
    /// `[M]`: the advantage of each token's sample.
    public var advantages: [Float]
    /// `[M]`: whether a token counts. Forced tokens were not chosen by the policy and do not.
    public var counts: [Bool]

    /// Tokens of a batch; all lists are of one length.
    public init(
      logProbabilities: [Float], old: [Float], reference: [Float]? = nil, advantages: [Float], counts: [Bool]
    ) {
      (self.logProbabilities, self.old, self.reference) = (logProbabilities, old, reference)
      (self.advantages, self.counts) = (advantages, counts)
    }
  }

  /// A loss, its gradient, and what there is to tell about it. Sums can be added over micro-batches.
  public struct Result: Sendable, Hashable {
    /// The loss: this batch's share of the mean.
    public var loss = 0.0
    /// `[M]`: ∂loss/∂log π, 0 where a token does not count.
    public var gradient: [Float] = []
    /// How many tokens count.
    public var count = 0
    /// The sum of ρ over tokens that count.
    public var ratioSum = 0.0
    /// The largest ρ of a token that counts; 0 if none does.
    public var ratioMaximum = 0.0
    /// How many tokens lost their gradient to the clip.
    public var clipped = 0
    /// The sum of the estimated divergence, nats.
    public var klSum = 0.0
    /// The largest |log π − log π_old| of a token that counts, nats.
    public var gap = 0.0
  }

  /// The loss of tokens.
  ///
  /// - Parameters:
  ///   - tokens: `[M]` each.
  ///   - denominator: how many tokens the mean is over when these are only a part; by default those here that
  ///     count. Nothing that counts gives 0.
  /// - Returns: the loss and its gradient. A NaN among the inputs of a counted token ends up in
  ///   ``Result/loss``.
  public func callAsFunction(_ tokens: Tokens, denominator: Int? = nil) -> Result {
    var result = Result()
    result.gradient = [Float](repeating: 0, count: tokens.logProbabilities.count)
    let total = Double(max(denominator ?? tokens.counts.count { $0 }, 1))
    var sum = 0.0
    for index in tokens.counts.indices where tokens.counts[index] {
      let difference = Double(tokens.logProbabilities[index]) - Double(tokens.old[index])
      let ratio = exp(difference)
      let advantage = Double(tokens.advantages[index])
      let bounded = min(max(ratio, 1 - clip), 1 + (clipHigh ?? clip))
      let (free, held) = (-advantage * ratio, -advantage * bounded)
      let isHeld = held > free
      var slope = isHeld ? 0 : free
      sum += isHeld ? held : free
      if klWeight != 0, let reference = tokens.reference {
        let kl = klDivergence(Double(tokens.logProbabilities[index]) - Double(reference[index]))
        sum += klWeight * kl.value
        slope += klWeight * kl.slope
        result.klSum += kl.value
      }
      result.gradient[index] = Float(slope / total)
      result.count += 1
      result.ratioSum += ratio
      result.ratioMaximum = max(result.ratioMaximum, ratio)
      result.gap = max(result.gap, abs(difference))
      if isHeld { result.clipped += 1 }
    }
    result.loss = sum / total
    return result
  }
}
