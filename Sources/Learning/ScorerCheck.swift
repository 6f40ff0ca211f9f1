public import Models
import Tensors

/// The check that sampler and scorer agree: the ratio of a policy to itself is 1.
public enum ScorerCheck {
  /// The largest difference that float32 rounding explains, nats.
  public static let tolerance: Float = 1e-5

  /// Compares what the sampler recorded with what a scorer says.
  ///
  /// - Parameters:
  ///   - samples: as they were drawn, with the weights that the scorer reads.
  ///   - scored: `[M]`, the scorer's log-probabilities of all response tokens in order, nats.
  ///   - tolerance: the largest difference allowed, nats.
  /// - Returns: the largest difference over tokens that were drawn, 0 without any.
  /// - Throws: ``LearningError/disagreement(gap:sample:token:)`` at the largest difference if it is too large
  ///   or NaN.
  @discardableResult
  public static func verify(
    _ samples: [Sample], scored: [Float], tolerance: Float = tolerance
  ) throws -> Float {
    var worst: (gap: Float, sample: Int, token: Int) = (0, 0, 0)
    var place = 0
    for (number, sample) in samples.enumerated() {
      for (token, recorded) in sample.logProbabilities.enumerated() {
        defer { place += 1 }
        guard !sample.isForced[token] else { continue }
        let gap = scored.indices.contains(place) ? abs(scored[place] - recorded) : .infinity
        if gap.isNaN { throw LearningError.disagreement(gap: gap, sample: number, token: token) }
        if gap > worst.gap { worst = (gap, number, token) }
      }
    }
    guard worst.gap <= tolerance else {
      throw LearningError.disagreement(gap: worst.gap, sample: worst.sample, token: worst.token)
    }
    return worst.gap
  }

  /// Scores samples with the present weights and compares.
  ///
  /// - Throws: as ``verify(_:scored:tolerance:)``.
  @discardableResult
  public static func verify(_ samples: [Sample], model: Janus, tolerance: Float = tolerance) throws -> Float {
    guard !samples.isEmpty else { return 0 }
    return try verify(samples, scored: model.score(samples, tape: nil).logProbability.array(), tolerance: tolerance)
  }
}
