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
public enum TokenKind: Int, Sendable, Hashable, CaseIterable {
  /// A word, or the end of an image or sequence.
  case text
  /// An image code.
  case image
  /// The token that starts the image.
  case imageStart
}

/// The weighted cross-entropy of supervised training, with its gradient by every token's log-probability.
///
/// L = Σ w_t CE_t / M over the M response tokens. Tokens of weight 0 count in M, as in the published code, so
/// that the weights scale the loss and not the mean. Means by kind are without weights.
public struct SupervisedLoss: Sendable, Hashable {
  /// The loss: this part's share of the mean.
  public private(set) var loss = 0.0
  /// `[M]`: ∂loss/∂log π.
  public private(set) var gradient: [Float] = []
  /// The sum of the cross-entropy of each kind, nats, by ``TokenKind``'s raw value.
  public private(set) var sums = [0.0, 0.0, 0.0]
  /// How many tokens of each kind there are.
  public private(set) var counts = [0, 0, 0]

  /// The loss of tokens.
  ///
  /// - Parameters:
  ///   - logProbabilities: `[M]`, nats.
  ///   - kinds: `[M]`.
  ///   - weights: the weight of each kind.
  ///   - denominator: how many tokens the mean is over when these are only a part; by default `M`. Nothing
  ///     gives 0.
  public init(logProbabilities: [Float], kinds: [TokenKind], weights: TokenWeights, denominator: Int? = nil) {
    let total = Double(max(denominator ?? kinds.count, 1))
    gradient.reserveCapacity(kinds.count)
    for (logProbability, kind) in zip(logProbabilities, kinds) {
      let weight = weights(kind) / total
      // A weight of 0 must not turn an infinite cross-entropy into NaN.
      if weight != 0 { loss -= weight * Double(logProbability) }
      gradient.append(Float(-weight))
      sums[kind.rawValue] -= Double(logProbability)
      counts[kind.rawValue] += 1
    }
  }
}
