import Foundation

/// What few runs of an experiment say, computed in `Double` in index order.
///
/// Source: R. Agarwal, M. Schwarzer, P. Castro, A. Courville, M. Bellemare, *Deep reinforcement learning at the edge of
/// the statistical precipice*, NeurIPS 2021 (arXiv 2108.13264).
extension Statistics {
  /// With fewer runs than this a bootstrap says nothing: resamples of three values have ten different means.
  public static let fewestRuns = 5

  /// The mean of the middle half of the values, or NaN of nothing: ⌊n/4⌋ values are left out at either end.
  public static func interquartileMean(_ values: [Double]) -> Double {
    let cut = values.count / 4
    return mean(Array(values.sorted().dropFirst(cut).dropLast(cut)))
  }

  /// The interquartile mean of all strata's values together, with a stratified bootstrap interval of percentiles.
  ///
  /// The runs of each stratum, such as a task, are resampled with replacement inside it.
  ///
  /// - Parameters:
  ///   - strata: one list of values a stratum; a value is one run's. Empty strata are left out.
  ///   - share: how often the interval is to hold the true value, 0..<1.
  ///   - resamples: how many resamples are drawn.
  ///   - seed: the seed of the resampling.
  public static func interquartileMean(
    strata: [[Double]], share: Double = 0.95, resamples: Int = 2_000, seed: Int = 0
  ) -> Estimate {
    interval(strata: strata, share: share, resamples: resamples, seed: seed) { interquartileMean($0) }
  }

  /// The mean of differences, with a bootstrap interval of percentiles.
  ///
  /// - Parameters:
  ///   - differences: one for each pair of runs.
  ///   - share: how often the interval is to hold the true value, 0..<1.
  ///   - resamples: how many resamples are drawn.
  ///   - seed: the seed of the resampling.
  public static func pairedMean(
    _ differences: [Double], share: Double = 0.95, resamples: Int = 2_000, seed: Int = 0
  ) -> Estimate {
    interval(strata: [differences], share: share, resamples: resamples, seed: seed) { mean($0) }
  }

  private static func interval(
    strata: [[Double]], share: Double, resamples: Int, seed: Int, of figure: ([Double]) -> Double
  ) -> Estimate {
    let strata = strata.filter { !$0.isEmpty }
    let all = strata.flatMap { $0 }
    guard !all.isEmpty else { return Estimate(value: .nan, low: .nan, high: .nan) }
    let stream = RandomStream(seed: seed, purpose: "bootstrap.runs")
    var figures: [Double] = []
    figures.reserveCapacity(resamples)
    for resample in 0..<resamples {
      var generator = stream.generator(step: resample)
      var drawn: [Double] = []
      drawn.reserveCapacity(all.count)
      for values in strata { for _ in values.indices { drawn.append(values[generator.below(values.count)]) } }
      figures.append(figure(drawn))
    }
    figures.sort()
    let tail = (1 - share) / 2
    return Estimate(
      value: figure(all), low: quantile(tail, sorted: figures), high: quantile(1 - tail, sorted: figures))
  }

  /// The share of the variance that the main effect of a factor explains: between the means of its levels, over all
  /// (η² of a one-way analysis of variance). On a full grid the shares of all factors add up to at most 1; what is
  /// missing are interactions and noise.
  ///
  /// - Parameters:
  ///   - values: one for each run.
  ///   - levels: the level of the factor in each run.
  /// - Returns: 0…1; NaN of values that do not differ.
  public static func mainEffect<Level: Hashable>(_ values: [Double], levels: [Level]) -> Double {
    let center = mean(values)
    let total = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    var order: [Level] = []
    var groups: [Level: [Double]] = [:]
    for (value, level) in zip(values, levels) {
      if groups[level] == nil { order.append(level) }
      groups[level, default: []].append(value)
    }
    let between = order.reduce(0.0) { sum, level in
      let group = groups[level] ?? []
      let distance = mean(group) - center
      return sum + Double(group.count) * distance * distance
    }
    return total > 0 ? between / total : .nan
  }
}
