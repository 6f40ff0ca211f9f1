import Foundation
import Primitives
import Testing

/// Samples and statistics of sweeps against SciPy; `scripts/fixtures/sweeps.py` wrote the numbers.
struct SweepStatisticsTests {
  private struct Fixture: Decodable {
    struct Mean: Decodable {
      var values: [Double]
      var mean: Double
    }
    var sobol: [[Double]]
    var means: [Mean]
    var runs: [Double]
    var low: Double
    var high: Double
    var tasks: [[Double]]
    var stratified: [Double]
    var scores: [Double]
    var levels: [String: [Int]]
    var shares: [String: Double]
  }

  private func fixture() throws -> Fixture {
    let file = try #require(Bundle.module.url(forResource: "Fixtures/sweeps", withExtension: "json"))
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }

  @Test func `points of Sobol's sequence are SciPy's in every dimension`() throws {
    let points = try fixture().sobol
    #expect(points.count == 70 && points[0].count == SobolSequence.mostDimensions)
    for (index, point) in points.enumerated() {
      #expect(point.indices.map { SobolSequence.coordinate(index, dimension: $0) } == point)
    }
  }

  @Test func `the interquartile mean is SciPy's trimmed mean`() throws {
    for mean in try fixture().means {
      #expect(abs(Statistics.interquartileMean(mean.values) - mean.mean) < 1e-12)
    }
    // By hand: of 1, 2, 3, 4, 5, 6, 7, 100 two are left out at either end.
    #expect(Statistics.interquartileMean([100, 1, 2, 3, 4, 5, 6, 7]) == 4.5)
    #expect(Statistics.interquartileMean([]).isNaN)
  }

  @Test func `bootstrap intervals agree with SciPy's, with strata and without`() throws {
    let fixture = try fixture()
    // 20 000 resamples know a percentile to about a hundredth of the interval's width.
    let one = Statistics.interquartileMean(strata: [fixture.runs], resamples: 20_000, seed: 1)
    let width = fixture.high - fixture.low
    #expect(abs(one.low - fixture.low) < 0.03 * width && abs(one.high - fixture.high) < 0.03 * width)
    let two = Statistics.interquartileMean(strata: fixture.tasks, resamples: 20_000, seed: 1)
    let span = fixture.stratified[1] - fixture.stratified[0]
    #expect(abs(two.low - fixture.stratified[0]) < 0.03 * span && abs(two.high - fixture.stratified[1]) < 0.03 * span)
    #expect(two == Statistics.interquartileMean(strata: fixture.tasks, resamples: 20_000, seed: 1))
  }

  @Test func `shares of variance are those of the layout`() throws {
    let fixture = try fixture()
    for (name, share) in fixture.shares {
      #expect(abs(Statistics.mainEffect(fixture.scores, levels: try #require(fixture.levels[name])) - share) < 1e-12)
    }
    // By hand: levels 1, 1, 3, 3 of values 0, 2, 4, 6 have means 1 and 5 about 3: 16 of 20.
    #expect(abs(Statistics.mainEffect([0, 2, 4, 6], levels: [1, 1, 3, 3]) - 0.8) < 1e-12)
    #expect(Statistics.mainEffect([1, 1], levels: [0, 1]).isNaN)
  }
}
