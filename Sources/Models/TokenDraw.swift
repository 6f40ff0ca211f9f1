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
    guard options.topK != nil || options.topP < 1 else {
      return token(among: probabilities.indices, probabilities, uniform)
    }
    return token(among: kept(probabilities, options), probabilities, uniform)
  }

  private static func token(
    among candidates: some BidirectionalCollection<Int>, _ probabilities: UnsafeBufferPointer<Float>, _ uniform: Float
  ) -> Int32? {
    var total = 0.0
    for token in candidates { total += Double(probabilities[token]) }
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
    var ranking = Ranking(probabilities)
    let most = min(options.topK ?? probabilities.count, probabilities.count)
    guard options.topP < 1 else { return (0..<most).map { _ in ranking.next() }.sorted() }
    // The share is one of what topK left, as in the usual order of the two filters.
    var (ranked, whole) = ([Int](), 0.0)
    if options.topK == nil {
      for probability in probabilities { whole += Double(probability) }
    } else {
      ranked = (0..<most).map { _ in ranking.next() }
      for token in ranked { whole += Double(probabilities[token]) }
    }
    var (sum, size) = (0.0, 0)
    while size < most, size == 0 || sum < Double(options.topP) * whole {
      if size == ranked.count { ranked.append(ranking.next()) }
      sum += Double(probabilities[ranked[size]])
      size += 1
    }
    return ranked.prefix(size).sorted()
  }

  /// Tokens from the likeliest on: a heap, since few of many are asked for.
  private struct Ranking {
    private let probabilities: UnsafeBufferPointer<Float>
    private var heap: [Int]

    init(_ probabilities: UnsafeBufferPointer<Float>) {
      self.probabilities = probabilities
      heap = Array(probabilities.indices)
      for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(place) }
    }

    private func precedes(_ first: Int, _ second: Int) -> Bool {
      let (a, b) = (probabilities[first], probabilities[second])
      return a == b ? first < second : a > b
    }

    private mutating func sink(_ start: Int) {
      var place = start
      while true {
        var best = place
        for child in [2 * place + 1, 2 * place + 2] where child < heap.count && precedes(heap[child], heap[best]) {
          best = child
        }
        guard best != place else { return }
        heap.swapAt(place, best)
        place = best
      }
    }

    /// Takes the likeliest that is left; there must be one.
    mutating func next() -> Int {
      heap.swapAt(0, heap.count - 1)
      let token = heap.removeLast()
      sink(0)
      return token
    }
  }
}
