/// The choice of a token from a distribution.
enum TokenDraw {
  /// Draws by inverting the cumulative distribution of the tokens that are kept, in the order of their numbers.
  ///
  /// - Parameters:
  ///   - probabilities: of each token, summing to 1 but for rounding.
  ///   - uniform: a number in (0, 1).
  ///   - options: topK, then topP among what is left.
  /// - Returns: a token, or `nil` if the probabilities are not finite.
  static func token(
    _ probabilities: UnsafeBufferPointer<Float>, uniform: Float, options: SamplingOptions
  ) -> Int32? {
    let candidates = kept(probabilities, options)
    let total = candidates.reduce(0.0) { $0 + Double(probabilities[$1]) }
    guard total.isFinite, total > 0 else { return nil }
    let target = Double(uniform) * total
    var sum = 0.0
    for token in candidates {
      sum += Double(probabilities[token])
      if sum > target { return Int32(token) }
    }
    return candidates.last.map { Int32($0) }
  }

  /// The tokens that topK and topP leave, in ascending order; of equally likely ones the lower number is preferred.
  private static func kept(_ probabilities: UnsafeBufferPointer<Float>, _ options: SamplingOptions) -> [Int] {
    let everything = Array(probabilities.indices)
    guard options.topK != nil || options.topP < 1 else { return everything }
    var ranked = everything.sorted {
      probabilities[$0] == probabilities[$1] ? $0 < $1 : probabilities[$0] > probabilities[$1]
    }
    if let topK = options.topK { ranked = Array(ranked.prefix(topK)) }
    guard options.topP < 1 else { return ranked.sorted() }
    // The share is one of what topK left, as in the usual order of the two filters.
    let whole = ranked.reduce(0.0) { $0 + Double(probabilities[$1]) }
    var (sum, size) = (0.0, 0)
    while size < ranked.count, size == 0 || sum < Double(options.topP) * whole {
      sum += Double(probabilities[ranked[size]])
      size += 1
    }
    return ranked.prefix(size).sorted()
  }
}
