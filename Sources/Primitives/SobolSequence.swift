/// Points that fill the unit cube more evenly than random ones do, each of which can be computed alone.
///
/// Points come in the order of the Gray code, as in SciPy and PyTorch; the first is the origin. A power of two of them
/// is the most even.
///
/// Source: S. Joe, F. Kuo, *Constructing Sobol sequences with better two-dimensional projections*, SIAM J. Sci. Comput.
/// 2008, direction numbers `new-joe-kuo-6.21201`; I. Antonov, V. Saleev, 1979, for the order.
public enum SobolSequence {
  /// How many dimensions there are numbers for.
  public static let mostDimensions = polynomials.count + 1
  /// The bits of a coordinate; so many points, and no more, differ.
  private static let bits = 30

  /// The degree of each dimension's primitive polynomial, its inner coefficients, and the first direction numbers. The
  /// first dimension has none: it is van der Corput's sequence.
  private static let polynomials: [(degree: Int, inner: UInt32, first: [UInt32])] = [
    (1, 0, [1]),
    (2, 1, [1, 3]),
    (3, 1, [1, 3, 1]),
    (3, 2, [1, 1, 1]),
    (4, 1, [1, 1, 3, 3]),
    (4, 4, [1, 3, 5, 13]),
    (5, 2, [1, 1, 5, 5, 17]),
    (5, 4, [1, 1, 5, 5, 5]),
    (5, 7, [1, 1, 7, 11, 19]),
    (5, 11, [1, 1, 5, 1, 1]),
    (5, 13, [1, 1, 1, 3, 11]),
    (5, 14, [1, 3, 5, 5, 31]),
    (6, 1, [1, 3, 3, 9, 7, 49]),
    (6, 13, [1, 1, 1, 15, 21, 21]),
    (6, 16, [1, 3, 1, 13, 27, 49]),
    (6, 19, [1, 1, 1, 15, 7, 5]),
    (6, 22, [1, 3, 1, 15, 13, 25]),
    (6, 25, [1, 1, 5, 5, 19, 61]),
    (7, 1, [1, 3, 7, 11, 23, 15, 103]),
    (7, 4, [1, 3, 7, 13, 13, 15, 69]),
  ]

  /// One coordinate of a point.
  ///
  /// - Parameters:
  ///   - index: the point, from 0; taken modulo 2³⁰.
  ///   - dimension: 0 up to ``mostDimensions``; further ones repeat.
  /// - Returns: a multiple of 2⁻³⁰ in 0..<1.
  public static func coordinate(_ index: Int, dimension: Int) -> Double {
    let numbers = directions(max(dimension, 0) % mostDimensions)
    var rest = UInt32(truncatingIfNeeded: index) & (1 << UInt32(bits) - 1)
    rest ^= rest >> 1
    var value: UInt32 = 0
    for number in numbers {
      if rest & 1 == 1 { value ^= number }
      rest >>= 1
    }
    return Double(value) / Double(1 << bits)
  }

  /// The direction numbers of a dimension, the one of the lowest bit first.
  private static func directions(_ dimension: Int) -> [UInt32] {
    guard dimension > 0 else { return (1...bits).map { 1 << UInt32(bits - $0) } }
    let (degree, inner, first) = polynomials[dimension - 1]
    var numbers = first.enumerated().map { $1 << UInt32(bits - 1 - $0) }
    for place in degree..<bits {
      var number = numbers[place - degree] ^ (numbers[place - degree] >> UInt32(degree))
      for term in 1..<max(degree, 1) where (inner >> UInt32(degree - 1 - term)) & 1 == 1 {
        number ^= numbers[place - term]
      }
      numbers.append(number)
    }
    return numbers
  }
}
