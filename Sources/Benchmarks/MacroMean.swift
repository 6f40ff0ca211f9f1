import Primitives

/// Means of task means with intervals that stay honest where a task never or always succeeds.
enum MacroMean {
  /// The correlation of pictures of one prompt that is assumed where none can be measured.
  private static let correlation = 0.5

  /// The unweighted mean of the strata's means with a 95 % interval.
  ///
  /// The interval is a stratified bootstrap over prompts. A stratum whose values are all the same would count as
  /// certain; the width of Wilson's interval for it is added in squares, with n·k / (1 + (k − 1) ρ) independent pictures.
  ///
  /// - Parameters:
  ///   - strata: one value a prompt, by task.
  ///   - images: pictures of each prompt.
  ///   - range: what the mean can be.
  static func estimate(_ strata: [[Double]], images: Int, range: ClosedRange<Double>) -> Estimate {
    let strata = strata.filter { !$0.isEmpty }
    let sampled = Statistics.bootstrap(strata: strata, seed: 0)
    guard !strata.isEmpty else { return sampled }
    var extra = 0.0
    for values in strata where values.allSatisfy({ $0 == values[0] }) {
      let trials = Double(values.count * images) / (1 + Double(images - 1) * correlation)
      let width = Statistics.wilson(successes: 0, trials: trials).high / Double(strata.count)
      extra += width * width
    }
    func widened(_ end: Double) -> Double {
      ((sampled.value - end) * (sampled.value - end) + extra).squareRoot()
    }
    return Estimate(
      value: sampled.value, low: max(sampled.value - widened(sampled.low), range.lowerBound),
      high: min(sampled.value + widened(sampled.high), range.upperBound))
  }
}
