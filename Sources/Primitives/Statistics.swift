/// A number with its 95 % interval.
public struct Estimate: Sendable, Hashable, Codable {
  /// The estimate.
  public let value: Double
  /// The lower end of the interval.
  public let low: Double
  /// The upper end of the interval.
  public let high: Double

  /// An estimate and its interval.
  public init(value: Double, low: Double, high: Double) {
    (self.value, self.low, self.high) = (value, low, high)
  }
}

/// Summaries of samples, computed in `Double` in index order.
public enum Statistics {
  /// The mean, or NaN of nothing.
  public static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
  }

  /// The unbiased standard deviation (divisor n − 1), 0 of fewer than two values.
  public static func deviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let center = mean(values)
    let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// The value below which a share of the sorted values lies, interpolated linearly; NaN of nothing.
  ///
  /// - Parameters:
  ///   - share: 0…1; 0.5 is the median.
  ///   - sorted: values in ascending order.
  public static func quantile(_ share: Double, sorted: [Double]) -> Double {
    guard let last = sorted.last else { return .nan }
    let place = min(max(share, 0), 1) * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
  }

  /// Wilson's score interval for a proportion at 95 % confidence.
  ///
  /// Source: E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, JASA 1927.
  ///
  /// - Parameters:
  ///   - successes: a count, or an effective count, 0…`trials`.
  ///   - trials: the number of trials; 0 gives the interval 0…1.
  public static func wilson(successes: Double, trials: Double) -> Estimate {
    guard trials > 0 else { return Estimate(value: .nan, low: 0, high: 1) }
    let z = 1.959963984540054
    let p = successes / trials
    let denominator = 1 + z * z / trials
    let center = (p + z * z / (2 * trials)) / denominator
    let half = z / denominator * (p * (1 - p) / trials + z * z / (4 * trials * trials)).squareRoot()
    return Estimate(value: p, low: max(center - half, 0), high: min(center + half, 1))
  }

  /// The mean of the strata's means with a stratified bootstrap interval (percentiles 2.5 and 97.5).
  ///
  /// Values of one stratum are resampled with replacement inside it, so that a headline that is the unweighted mean of
  /// task scores keeps its tasks' weights. Empty strata are left out.
  ///
  /// - Parameters:
  ///   - strata: one list of values a stratum; a value is what one independent unit (a prompt) scored.
  ///   - resamples: how many resamples are drawn.
  ///   - seed: the seed of the resampling.
  public static func bootstrap(strata: [[Double]], resamples: Int = 10_000, seed: Int) -> Estimate {
    let strata = strata.filter { !$0.isEmpty }
    guard !strata.isEmpty else { return Estimate(value: .nan, low: .nan, high: .nan) }
    let stream = RandomStream(seed: seed, purpose: "bootstrap")
    var means: [Double] = []
    means.reserveCapacity(resamples)
    for resample in 0..<resamples {
      var generator = stream.generator(step: resample)
      var total = 0.0
      for values in strata {
        var sum = 0.0
        for _ in values.indices { sum += values[generator.below(values.count)] }
        total += sum / Double(values.count)
      }
      means.append(total / Double(strata.count))
    }
    means.sort()
    return Estimate(
      value: mean(strata.map(mean)), low: quantile(0.025, sorted: means), high: quantile(0.975, sorted: means))
  }
}
