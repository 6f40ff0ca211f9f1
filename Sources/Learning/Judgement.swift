public import Models

/// What a reward says of one sample: a score, or why there is none.
///
/// An answer that cannot be read, or a judge that did not answer, is a failure. It is never a score of 0: a
/// model would learn from it that good pictures are bad.
public struct Judgement: Sendable, Hashable {
  /// The score, 1 for full success; `nil` if the judgement failed.
  public let score: Double?
  /// Why there is no score, in words; `nil` if there is one.
  public let failure: String?
  /// What the score was made of, for those who want to see it: the terms of a sum, the judges of an ensemble.
  public let parts: [Metric]

  /// A score, and what it was made of.
  public init(_ score: Double, parts: [Metric] = []) { (self.score, failure, self.parts) = (score, nil, parts) }

  /// A judgement that failed.
  ///
  /// - Parameters:
  ///   - failure: why, in words.
  ///   - parts: what was judged before it failed.
  public init(failure: String, parts: [Metric] = []) {
    (score, self.failure, self.parts) = (nil, failure, parts)
  }
}

extension [Judgement] {
  /// How many failed.
  public var failures: Int { count { $0.score == nil } }

  /// The scores, where those that failed take the mean of the others of the same prompt.
  ///
  /// In a group of which some failed, those have no advantage over the others and the mean is that of the
  /// others. Where all of a prompt failed, all are 0, which teaches nothing.
  ///
  /// - Parameter samples: what was judged, in order.
  /// - Returns: one number for each.
  public func scores(of samples: [Sample]) -> [Double] {
    guard failures > 0 else { return compactMap(\.score) }
    var sums: [String: (sum: Double, count: Int)] = [:]
    for (judgement, sample) in zip(self, samples) {
      guard let score = judgement.score else { continue }
      let before = sums[sample.prompt] ?? (0, 0)
      sums[sample.prompt] = (before.sum + score, before.count + 1)
    }
    return zip(self, samples).map { judgement, sample in
      judgement.score ?? sums[sample.prompt].map { $0.sum / Double($0.count) } ?? 0
    }
  }
}
