import Foundation

/// The policy loss of one mini-batch, with its gradient by every token's log-probability.
///
/// With ρ = exp(log π − log π_old), the ratio of a token or of its sequence (``ratio``), and A the advantage, a token's
/// loss is by ``bound``
/// - `clip`: max(−A ρ, −A clip(ρ, 1 − ε, 1 + ε′));
/// - `weight`: −A w log π, with w = clip(ρ, 1 − ε, 1 + ε′) held constant;
/// - `free`: −A ρ;
///
/// plus β KL where the divergence belongs to the loss. ``aggregation`` makes one number of them, over the tokens that
/// ``credit`` names. The parts that published methods choose are those of ``PolicyMethod``.
///
/// It works on plain numbers: a trainer hands the gradient to the tape as constants that multiply the
/// log-probabilities, which gives the same derivative of every parameter, and the formula can be read and tested
/// without a model.
///
/// Source: J. Schulman et al., *Proximal policy optimization*, 2017, arXiv 1707.06347, equation 7; token mean as in
/// ReasonGen-R1 (arXiv 2505.24875), but over the whole mini-batch instead of each micro-batch apart, so that how a
/// batch is cut up for memory does not change the result.
public struct PolicyLoss: Sendable, Hashable, Codable {
  /// What one ratio belongs to.
  public enum Ratio: String, Sendable, Hashable, Codable, CaseIterable {
    /// Each token has its own.
    case token
    /// All tokens of a sequence share the geometric mean of theirs: ρ = exp(mean of log π − log π_old).
    ///
    /// Source: C. Zheng et al., *Group sequence policy optimization*, 2025, arXiv 2507.18071, section 4.
    case sequence
  }

  /// What keeps a ratio from mattering too much.
  public enum Bound: String, Sendable, Hashable, Codable, CaseIterable {
    /// A ratio beyond the bound, on the side that the advantage favours, has no gradient.
    case clip
    /// Every token keeps its gradient, weighted by the bounded ratio (CISPO).
    ///
    /// Source: MiniMax, *MiniMax-M1*, 2025, arXiv 2506.13585, section 3.1.
    case weight
    /// Nothing.
    case free
  }

  /// Which tokens are praised and blamed.
  public enum Credit: String, Sendable, Hashable, Codable, CaseIterable {
    /// Words, and the start of the image where it was drawn.
    case text
    /// Image codes.
    case image
    /// All that were drawn.
    case both

    /// Whether a token of a modality counts.
    public func counts(isImage: Bool) -> Bool { self == .both || (self == .image) == isImage }
  }

  /// What one ratio belongs to.
  public var ratio = Ratio.token
  /// What bounds it.
  public var bound = Bound.clip
  /// ε: how far the ratio may fall below 1, and rise above unless ``clipHigh`` is given.
  public var clip: Double
  /// ε′: how far the ratio may rise above 1; `nil` is symmetric. A wider one than ε is DAPO's (arXiv 2503.14476, section
  /// 3.1).
  public var clipHigh: Double?
  /// How the losses of tokens become one.
  public var aggregation = Aggregation.token
  /// Which tokens count.
  public var credit = Credit.both
  /// β: the weight of the divergence from the reference; 0 needs no reference.
  public var klWeight: Double
  /// How the divergence is estimated.
  public var klDivergence: KLDivergence
  /// What it is taken from; in the reward it has no part in this loss.
  public var klPlace = KLDivergence.Place.loss

  /// A loss with the ratio of tokens and the token mean.
  public init(
    clip: Double = 0.2, clipHigh: Double? = nil, klWeight: Double = 0, klDivergence: KLDivergence = .k3
  ) {
    (self.clip, self.clipHigh) = (clip, clipHigh)
    (self.klWeight, self.klDivergence) = (klWeight, klDivergence)
  }

  func check() throws {
    try require("the clip", clip, clip > 0 && clip <= 1, "above 0 and at most 1")
    if let high = clipHigh { try require("the upper clip", high, high > 0 && high.isFinite, "above 0") }
    try require("the weight of the divergence", klWeight, klWeight >= 0 && klWeight.isFinite, "at least 0")
  }

  /// What the loss reads: four numbers and two flags for each of `M` response tokens.
  public struct Tokens: Sendable {
    /// `[M]`: log π of the policy that is trained, nats.
    public var logProbabilities: [Float]
    /// `[M]`: log π of the policy that drew the tokens, nats.
    public var old: [Float]
    /// `[M]`: log π of the reference, nats; `nil` without one.
    public var reference: [Float]?
    /// `[M]`: the advantage of each token.
    public var advantages: [Float]
    /// `[M]`: whether a token counts. Forced tokens were not chosen by the policy and do not.
    public var counts: [Bool]
    /// `[M]`: whether a token is an image code; `nil` if none is.
    public var isImage: [Bool]?
    /// Where each sequence begins, and M at the end; `nil` is one sequence.
    public var offsets: [Int]?

    /// Tokens of a batch; all lists are of one length.
    public init(
      logProbabilities: [Float], old: [Float], reference: [Float]? = nil, advantages: [Float], counts: [Bool],
      isImage: [Bool]? = nil, offsets: [Int]? = nil
    ) {
      (self.logProbabilities, self.old, self.reference) = (logProbabilities, old, reference)
      (self.advantages, self.counts, self.isImage, self.offsets) = (advantages, counts, isImage, offsets)
    }

    /// The tokens of each sequence.
    var sequences: [Range<Int>] {
      let offsets = offsets ?? [0, counts.count]
      return zip(offsets, offsets.dropFirst()).map { $0..<$1 }
    }
  }

  /// What there is to tell about tokens that count. Sums can be added over micro-batches.
  public struct Tally: Sendable, Hashable {
    /// How many there are.
    public var count = 0
    /// The sum of ρ.
    public var ratioSum = 0.0
    /// The largest ρ; 0 without tokens.
    public var ratioMaximum = 0.0
    /// How many lost their gradient to the clip, or had their weight bounded.
    public var clipped = 0
    /// The sum of the estimated divergence, nats.
    public var klSum = 0.0

    mutating func add(ratio: Double, isHeld: Bool, kl: Double) {
      count += 1
      ratioSum += ratio
      ratioMaximum = max(ratioMaximum, ratio)
      if isHeld { clipped += 1 }
      klSum += kl
    }

    mutating func add(_ other: Tally) {
      count += other.count
      ratioSum += other.ratioSum
      ratioMaximum = max(ratioMaximum, other.ratioMaximum)
      clipped += other.clipped
      klSum += other.klSum
    }
  }

  /// A loss, its gradient, and what there is to tell about it.
  public struct Result: Sendable, Hashable {
    /// The loss: this batch's share of the whole.
    public var loss = 0.0
    /// `[M]`: ∂loss/∂log π, 0 where a token does not count.
    public var gradient: [Float] = []
    /// All tokens that count.
    public var all = Tally()
    /// Words among them.
    public var text = Tally()
    /// Image codes among them.
    public var image = Tally()
    /// The largest |log π − log π_old| of a token that counts, nats.
    public var gap = 0.0
  }

  /// The loss of tokens.
  ///
  /// - Parameters:
  ///   - tokens: `[M]` each.
  ///   - denominator: what the sum is divided by when these are only a part, see
  ///     ``Aggregation/denominator(counts:offsets:longest:)``; by default that of these tokens. Nothing that counts
  ///     gives 0.
  /// - Returns: the loss and its gradient. A NaN among the inputs of a counted token ends up in
  ///   ``Result/loss``.
  public func callAsFunction(_ tokens: Tokens, denominator: Double? = nil) -> Result {
    var result = Result()
    result.gradient = [Float](repeating: 0, count: tokens.logProbabilities.count)
    let total = denominator ?? aggregation.denominator(of: tokens)
    var sum = 0.0
    for sequence in tokens.sequences {
      let counted = sequence.filter { tokens.counts[$0] }
      let weight = aggregation == .sequence ? 1 / Double(counted.count) : 1
      func difference(_ index: Int) -> Double {
        Double(tokens.logProbabilities[index]) - Double(tokens.old[index])
      }
      let shared = ratio == .token ? nil : counted.reduce(0) { $0 + difference($1) } / Double(counted.count)
      for index in counted {
        let ratio = exp(shared ?? difference(index))
        let logProbability = Double(tokens.logProbabilities[index])
        var term = term(ratio, advantage: Double(tokens.advantages[index]), logProbability: logProbability)
        sum += weight * term.value
        let kl = tokens.reference.map { klDivergence(logProbability - Double($0[index])) }
        if let kl, klPlace == .loss, klWeight != 0 {
          sum += weight * klWeight * kl.value
          term.slope += klWeight * kl.slope
        }
        result.gradient[index] = Float(weight * term.slope / total)
        result.gap = max(result.gap, abs(difference(index)))
        result.all.add(ratio: ratio, isHeld: term.isHeld, kl: kl?.value ?? 0)
        if tokens.isImage?[index] == true {
          result.image.add(ratio: ratio, isHeld: term.isHeld, kl: kl?.value ?? 0)
        } else {
          result.text.add(ratio: ratio, isHeld: term.isHeld, kl: kl?.value ?? 0)
        }
      }
    }
    result.loss = sum / total
    return result
  }

  /// A token's loss and its derivative by log π, of which ρ has the derivative ρ.
  ///
  /// For the ratio of a sequence that holds as well: each token is taken to move it as its own would, and since tokens
  /// of a sequence share advantage and weight, the sum over them is the derivative of the sequence's loss (arXiv
  /// 2507.18071, section 4.3).
  private func term(
    _ ratio: Double, advantage: Double, logProbability: Double
  ) -> (value: Double, slope: Double, isHeld: Bool) {
    let bounded = min(max(ratio, 1 - clip), 1 + (clipHigh ?? clip))
    let (free, held) = (-advantage * ratio, -advantage * bounded)
    switch bound {
    case .clip: return held > free ? (held, 0, true) : (free, free, false)
    case .weight: return (held * logProbability, held, bounded != ratio)
    case .free: return (free, free, false)
    }
  }
}
