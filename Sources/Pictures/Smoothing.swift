/// Moving averages of noisy curves.
enum Smoothing {
  /// An exponential moving average without the pull towards zero at its start: s ← a·s + (1 − a)·x, shown s / (1 − aᵗ).
  ///
  /// Source: the bias correction of D. P. Kingma, J. Ba, *Adam*, 2014 (arXiv 1412.6980), section 3.
  ///
  /// - Parameters:
  ///   - values: the curve; a value that is not finite gives NaN and leaves the average as it was.
  ///   - factor: a, 0 (no smoothing) to below 1.
  /// - Returns: one value for each given.
  static func average(_ values: [Double], factor: Double) -> [Double] {
    let a = min(max(factor, 0), 0.9999)
    var (sum, missing) = (0.0, 1.0)
    return values.map { value in
      guard value.isFinite else { return .nan }
      sum = a * sum + (1 - a) * value
      missing *= a
      return sum / (1 - missing)
    }
  }
}
