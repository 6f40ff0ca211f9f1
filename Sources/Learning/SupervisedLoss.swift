/// How much the prediction of each kind of token weighs in supervised training.
///
/// The published weights are ``reference``: 2 for text, 1 for image codes, 0 for the token that starts the
/// image. They work for a base model that has long learned to end a caption (its end of sequence is then
/// relabelled as the start of the image). A decoder trained from nothing never learns to end a thought if
/// that ending has weight 0: after the last word its distribution is whatever the untrained row of the head
/// says, and only the budget ends the thought, behind words that no training sequence has. The start of the
/// image is the last word of a thought, so by default it weighs what words do.
public struct TokenWeights: Sendable, Hashable, Codable {
  /// Weight of words, of the end of the image and of the end of the sequence.
  public var text: Double
  /// Weight of image codes.
  public var image: Double
  /// Weight of the start of the image where the model chooses it (after a thought).
  public var imageStart: Double

  /// Weights, none negative.
  public init(text: Double = 2, image: Double = 1, imageStart: Double = 2) {
    (self.text, self.image, self.imageStart) = (text, image, imageStart)
  }

  /// The published weights 2, 1, 0 (ReasonGen-R1, arXiv 2505.24875).
  public static var reference: TokenWeights { TokenWeights(text: 2, image: 1, imageStart: 0) }

  /// The weights at a point of a training.
  ///
  /// - Parameters:
  ///   - ramp: what grows; `nil` for nothing.
  ///   - progress: the share of the steps that was taken, 0…1.
  public func ramped(_ ramp: WeightRamp?, at progress: Double) -> TokenWeights {
    guard let ramp else { return self }
    func weight(_ kind: TokenKind) -> Double {
      ramp.kinds.contains(kind) ? self(kind) * ramp.factor(at: progress) : self(kind)
    }
    return TokenWeights(text: weight(.text), image: weight(.image), imageStart: weight(.imageStart))
  }

  /// The weight of a kind.
  public func callAsFunction(_ kind: TokenKind) -> Double {
    switch kind {
    case .text: text
    case .image: image
    case .imageStart: imageStart
    }
  }
}

/// What a response token is.
public enum TokenKind: Int, Sendable, Hashable, Codable, CaseIterable {
  /// A word, or the end of an image or sequence.
  case text
  /// An image code.
  case image
  /// The token that starts the image.
  case imageStart
}

/// A weight that grows over a training: 0 until a share of its steps, whole from a later one on, linear in between.
///
/// Source: ReasonGen-R1 (arXiv 2505.24875), `gradual_increase_key` and `gradual_increase_interval` of its published code.
public struct WeightRamp: Sendable, Hashable, Codable {
  /// The kinds of tokens whose weights grow.
  public var kinds: [TokenKind]
  /// The share of the steps at which they begin to grow, 0…1.
  public var start: Double
  /// The share of the steps at which they are whole, above ``start``.
  public var end: Double

  /// A ramp.
  public init(_ kinds: [TokenKind], from start: Double = 0, to end: Double) {
    (self.kinds, self.start, self.end) = (kinds, start, end)
  }

  /// The share of their weights that the kinds have.
  ///
  /// - Parameter progress: the share of the steps that was taken, 0…1.
  public func factor(at progress: Double) -> Double { min(max((progress - start) / (end - start), 0), 1) }
}

/// The weighted cross-entropy of supervised training, with its gradient by every token's log-probability.
///
/// In one sequence, L = Σ w_t CE_t / M over the M response tokens: tokens of weight 0 count in M, as in the published code, so
/// that the weights scale the loss and not the mean. In two stages, L = Σ_kind w_kind · mean of CE over the tokens of that kind.
/// A divergence from a reference is added as β Σ k3_t / M. It is taken at the data's tokens and not at the policy's own, so it
/// holds the policy back where the data are and is no estimate of the whole divergence. Means by kind are without weights.
public struct SupervisedLoss: Sendable, Hashable {
  /// How many tokens the means are over.
  public struct Denominators: Sendable, Hashable {
    /// By ``TokenKind``'s raw value, for the cross-entropy.
    var kinds: [Int]
    /// For the divergence.
    var all: Int

    /// Those of some tokens.
    ///
    /// - Parameters:
    ///   - kinds: what the tokens are.
    ///   - isByKind: whether each kind has a mean of its own.
    public init(_ kinds: [TokenKind], isByKind: Bool = false) {
      all = kinds.count
      let total = all
      self.kinds = TokenKind.allCases.map { kind in isByKind ? kinds.count { $0 == kind } : total }
    }
  }

  /// The loss: this part's share of the mean.
  public private(set) var loss = 0.0
  /// `[M]`: ∂loss/∂log π.
  public private(set) var gradient: [Float] = []
  /// The sum of the cross-entropy of each kind, nats, by ``TokenKind``'s raw value.
  public private(set) var sums = [0.0, 0.0, 0.0]
  /// How many tokens of each kind there are.
  public private(set) var counts = [0, 0, 0]
  /// The sum of the divergence from the reference, nats.
  public private(set) var klSum = 0.0

  /// The loss of tokens.
  ///
  /// - Parameters:
  ///   - logProbabilities: `[M]`, nats.
  ///   - kinds: `[M]`.
  ///   - weights: the weight of each kind.
  ///   - denominators: what the means are over when these tokens are only a part; by default `M`. Nothing gives 0.
  ///   - reference: `[M]`: log π of the reference, nats; `nil` for none.
  ///   - klWeight: β.
  public init(
    logProbabilities: [Float], kinds: [TokenKind], weights: TokenWeights, denominators: Denominators? = nil,
    reference: [Float]? = nil, klWeight: Double = 0
  ) {
    let denominators = denominators ?? Denominators(kinds)
    gradient.reserveCapacity(kinds.count)
    for (index, (logProbability, kind)) in zip(logProbabilities, kinds).enumerated() {
      let weight = weights(kind) / Double(max(denominators.kinds[kind.rawValue], 1))
      var slope = -weight
      // A weight of 0 must not turn an infinite cross-entropy into NaN.
      if weight != 0 { loss -= weight * Double(logProbability) }
      if let reference, klWeight != 0 {
        let kl = KLDivergence.k3(Double(logProbability) - Double(reference[index]))
        loss += klWeight * kl.value / Double(max(denominators.all, 1))
        slope += klWeight * kl.slope / Double(max(denominators.all, 1))
        klSum += kl.value
      }
      gradient.append(Float(slope))
      sums[kind.rawValue] -= Double(logProbability)
      counts[kind.rawValue] += 1
    }
  }
}
