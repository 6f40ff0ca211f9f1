public import Primitives
public import Tensors

extension ImageTokenizer {
  /// The unit vectors that stand for codes.
  ///
  /// Training moves them by following the features, not by gradients: each goes towards the mean of the
  /// features that it is nearest to.
  public final class Codebook {
    /// `[K, codeWidth]`, rows of length 1.
    public let vectors: Parameter

    init(_ configuration: Configuration, _ initialization: Initialization) {
      vectors = initialization.parameter(
        WeightNames.imageTokenizer + ".quantize.embedding.weight", [configuration.codes, configuration.codeWidth],
        bound: 1)
      vectors.value = l2Normalized(vectors.value)
    }

    /// How many codes there are.
    public var count: Int { vectors.value.shape[0] }

    /// The code whose vector is nearest; of equally near ones the first.
    ///
    /// - Parameter features: `[N, codeWidth]`, rows of length 1.
    /// - Returns: N codes.
    public func nearest(to features: Tensor) -> [Int32] {
      // Between unit vectors the nearest is the one of the largest product.
      let products = linear(features.detached, vectors.value)
      return products.withUnsafeBufferPointer { products in
        (0..<features.rowCount).map { row in
          let start = row * count
          var best = 0
          for code in 1..<max(count, 1) where products[start + code] > products[start + best] { best = code }
          return Int32(best)
        }
      }
    }

    /// Moves the vectors towards the features that they stand for.
    ///
    /// A code that n features chose keeps the share decayⁿ of its old vector, as if the features had come one
    /// by one.
    ///
    /// Source: A. van den Oord et al., 2017, arXiv 1711.00937, appendix A.1, with the counts of the batch in
    /// place of running ones, so that there is nothing to remember but the vectors.
    ///
    /// - Parameters:
    ///   - features: `[N, codeWidth]`.
    ///   - codes: the N codes that they chose.
    ///   - decay: the share that is kept of a vector that one feature chose, 0…1.
    public func follow(_ features: Tensor, codes: [Int32], decay: Float) {
      let width = features.width
      var sums = [Float](repeating: 0, count: count * width)
      var counts = [Int](repeating: 0, count: count)
      let values = features.array()
      for (row, code) in codes.enumerated() {
        counts[Int(code)] += 1
        for index in 0..<width { sums[Int(code) * width + index] += values[row * width + index] }
      }
      var book = vectors.value.array()
      for code in 0..<count where counts[code] > 0 {
        var kept: Float = 1
        // 0.99⁵⁰⁰ is 0.7 %: more features change nothing.
        for _ in 0..<min(counts[code], 500) { kept *= decay }
        let share = (1 - kept) / Float(counts[code])
        for index in (code * width)..<((code + 1) * width) { book[index] = kept * book[index] + share * sums[index] }
      }
      vectors.value = l2Normalized(Tensor(book, shape: vectors.value.shape))
    }

    /// Puts codes that nothing chooses where features are badly served.
    ///
    /// A new place is the place of a feature, drawn in proportion to its squared distance from the nearest
    /// vector; each draw sees those before it.
    ///
    /// Source: D. Arthur, S. Vassilvitskii, *k-means++*, SODA 2007, section 2.2.
    ///
    /// - Parameters:
    ///   - unused: the codes to move.
    ///   - features: `[N, codeWidth]`.
    ///   - codes: the N codes that they chose.
    ///   - generator: decides which features.
    public func reseed(
      _ unused: [Int], features: Tensor, codes: [Int32], with generator: inout RandomGenerator
    ) {
      let (width, values) = (features.width, features.array())
      var book = vectors.value.array()
      func distance(_ row: Int, _ code: Int) -> Float {
        var sum: Float = 0
        for index in 0..<width {
          let difference = values[row * width + index] - book[code * width + index]
          sum += difference * difference
        }
        return sum
      }
      var distances = codes.enumerated().map { distance($0.offset, Int($0.element)) }
      for code in unused {
        guard let row = Self.draw(distances, generator.uniform()) else { break }
        for index in 0..<width { book[code * width + index] = values[row * width + index] }
        for row in distances.indices { distances[row] = min(distances[row], distance(row, code)) }
      }
      vectors.value = Tensor(book, shape: vectors.value.shape)
    }

    /// An index drawn in proportion to weights, or `nil` if all are 0.
    private static func draw(_ weights: [Float], _ uniform: Float) -> Int? {
      var rest = uniform * weights.reduce(0, +)
      var last: Int?
      for (index, weight) in weights.enumerated() where weight > 0 {
        last = index
        rest -= weight
        if rest <= 0 { break }
      }
      return last
    }
  }
}
