import CKernels

/// The distributions of next tokens, for drawing from them.
///
/// *Numerics*: log-probabilities and entropies have the bits of ``tokenScores(_:targets:temperature:)``.
public struct TokenDistributions {
  /// `[N, V]`: softmax(logits / temperature).
  public let probabilities: Tensor
  private let logits: Tensor
  private let inverse: Float
  /// `[N, 3]`: what is taken from a logit, the logarithm of the sum, the entropy.
  private let summary: Tensor

  /// The distributions of logits.
  ///
  /// - Parameters:
  ///   - logits: `[N, V]`.
  ///   - temperature: the logits are divided by it; above 0.
  public init(_ logits: Tensor, temperature: Float) {
    let (width, count) = (logits.width, logits.rowCount)
    probabilities = Tensor(unwritten: logits.shape)
    summary = Tensor(unwritten: [count, 3])
    (self.logits, inverse) = (logits, 1 / temperature)
    let (source, target, three) = (logits.pointer, probabilities.target, summary.target)
    inChunks(of: rowChunk(width: width), count: count) {
      let at = $0.lowerBound
      ckernels_token_distribution(
        source + at * width, temperature, target + at * width, three + at * 3, $0.count, width)
    }
  }

  /// The log-probability of a token of one row, in nats.
  public func logProbability(row: Int, token: Int) -> Float {
    invariant(
      (0..<logits.rowCount).contains(row) && (0..<logits.width).contains(token), "no token \(token) in row \(row)")
    return logits.pointer[row * logits.width + token] * inverse - summary.pointer[row * 3]
      - summary.pointer[row * 3 + 1]
  }

  /// The entropy of one row, in nats.
  public func entropy(row: Int) -> Float {
    invariant((0..<logits.rowCount).contains(row), "no row \(row)")
    return summary.pointer[row * 3 + 2]
  }
}
