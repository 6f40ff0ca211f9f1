import Primitives
import Testing

struct StatisticsTests {
  @Test func `deviation divides by n minus one`() {
    // Binary rewards, one success of eight: mean 1/8, unbiased deviation √(1/8).
    #expect(abs(Statistics.deviation([1, 0, 0, 0, 0, 0, 0, 0]) - 0.125.squareRoot()) < 1e-12)
    #expect(Statistics.deviation([3]) == 0)
  }

  /// Wilson's interval for 8 of 10, worked by hand from the formula: 0.4902…0.9433.
  @Test func `wilson interval of eight in ten`() {
    let interval = Statistics.wilson(successes: 8, trials: 10)
    #expect(abs(interval.low - 0.49016) < 1e-4)
    #expect(abs(interval.high - 0.94331) < 1e-4)
    #expect(Statistics.wilson(successes: 0, trials: 20).high > 0.1)
  }

  @Test func `quantiles interpolate`() {
    #expect(Statistics.quantile(0.5, sorted: [1, 2, 3, 4]) == 2.5)
    #expect(Statistics.quantile(1, sorted: [1, 2]) == 2)
    #expect(Statistics.quantile(0.5, sorted: []).isNaN)
  }

  @Test func `bootstrap interval agrees with the closed form`() {
    // Two tasks of 100 prompts at rates 0.5 and 0.2: variance of the macro mean is (0.25/100 + 0.16/100) / 4.
    let strata = [0.5, 0.2].map { rate in (0..<100).map { Double($0) < rate * 100 ? 1.0 : 0.0 } }
    let estimate = Statistics.bootstrap(strata: strata, resamples: 4_000, seed: 1)
    let half = 1.96 * ((0.25 / 100 + 0.16 / 100) / 4).squareRoot()
    #expect(abs(estimate.value - 0.35) < 1e-12)
    #expect(abs((estimate.high - estimate.low) / 2 - half) < 0.1 * half)
    #expect(
      Statistics.bootstrap(strata: strata, resamples: 500, seed: 1).low
        == Statistics.bootstrap(strata: strata, resamples: 500, seed: 1).low)
  }
}
