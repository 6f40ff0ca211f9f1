import Foundation

/// How different the pictures of one prompt are, from their codes.
public enum Diversity {
  /// The most pictures that are compared with each other.
  static let most = 64

  /// The share of pictures that no earlier one equals, code for code; NaN without pictures.
  public static func distinct(_ pictures: [[Int32]]) -> Double {
    pictures.isEmpty ? .nan : Double(Set(pictures).count) / Double(pictures.count)
  }

  /// The Vendi score: how many entirely different pictures would be as diverse, 1…n; NaN without pictures.
  ///
  /// exp(−Σ λ ln λ) over the eigenvalues of K / n. The kernel K is the share of places of the grid at which two pictures
  /// have the same code: 1 for equal pictures, and never with a negative eigenvalue, being a mean of equality kernels.
  /// Of more than 64 pictures the first 64 are taken.
  ///
  /// Source: D. Friedman and A. B. Dieng, *The Vendi score*, 2023, arXiv 2210.02410, definition 3.1.
  ///
  /// - Parameter pictures: codes, all of one length.
  public static func vendi(_ pictures: [[Int32]]) -> Double {
    let pictures = Array(pictures.prefix(most))
    guard let places = pictures.first?.count, places > 0 else { return .nan }
    let scale = 1 / Double(places * pictures.count)
    let kernel = pictures.map { first in
      pictures.map { second in Double(zip(first, second).count { $0 == $1 }) * scale }
    }
    let entropy = eigenvalues(kernel).filter { $0 > 1e-12 }.reduce(0) { $0 - $1 * log($1) }
    return exp(entropy)
  }

  /// The eigenvalues of a symmetric matrix, by Jacobi's rotations.
  static func eigenvalues(_ matrix: [[Double]]) -> [Double] {
    var matrix = matrix
    let size = matrix.count
    // Convergence is quadratic; ten sweeps suffice for sizes like these.
    for _ in 0..<30 {
      var rest = 0.0
      for row in 0..<size {
        for column in 0..<row { rest += matrix[row][column] * matrix[row][column] }
      }
      if rest < 1e-28 { break }
      for row in 1..<max(size, 1) {
        for column in 0..<row { rotate(&matrix, row, column) }
      }
    }
    return matrix.indices.map { matrix[$0][$0] }
  }

  /// Turns two axes so that the element between them becomes 0.
  private static func rotate(_ matrix: inout [[Double]], _ row: Int, _ column: Int) {
    let between = matrix[row][column]
    guard between != 0 else { return }
    let ratio = (matrix[column][column] - matrix[row][row]) / (2 * between)
    let tangent = (ratio >= 0 ? 1.0 : -1.0) / (abs(ratio) + (ratio * ratio + 1).squareRoot())
    let cosine = 1 / (tangent * tangent + 1).squareRoot()
    let sine = tangent * cosine
    for other in matrix.indices {
      let (a, b) = (matrix[other][row], matrix[other][column])
      (matrix[other][row], matrix[other][column]) = (cosine * a - sine * b, sine * a + cosine * b)
    }
    for other in matrix.indices {
      let (a, b) = (matrix[row][other], matrix[column][other])
      (matrix[row][other], matrix[column][other]) = (cosine * a - sine * b, sine * a + cosine * b)
    }
  }
}
