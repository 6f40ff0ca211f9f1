import Primitives

/// The curves of several seeds as one: their mean, and a band that shows how far they differ.
///
/// Each seed is smoothed before the mean is taken, and the band is that of the smoothed seeds: a band that is smoothed
/// itself says nothing about the seeds.
public enum SeedBand {
  /// What a band shows.
  public enum Kind: Sendable, Equatable {
    /// From the least seed to the greatest: all that fewer than five seeds can say.
    case extremes
    /// The interval that holds the mean of many seeds 95 times in 100, by resampling the seeds.
    case interval

    /// The kind for a number of seeds.
    public init(seeds: Int) { self = seeds >= 5 ? .interval : .extremes }

    /// The kind in words.
    public var words: String {
      switch self {
      case .extremes: "band: least to greatest, for fewer than five"
      case .interval: "band: 95 % interval of the mean, by resampling"
      }
    }
  }

  /// How often the seeds are resampled.
  static let resamples = 1000

  /// Several seeds as one curve with its band.
  ///
  /// - Parameters:
  ///   - name: what stands at the curve's end.
  ///   - seeds: for each seed its places, ascending, and its heights.
  ///   - smoothing: the factor of the moving average; 0 for none.
  ///   - kind: what the band shows.
  /// - Returns: a curve with a point wherever a seed has one; the mean there is that of the seeds that have one.
  public static func line(
    name: String, seeds: [(x: [Double], y: [Double])], smoothing: Double, kind: Kind
  ) -> Figure.Line {
    let places = Set(seeds.flatMap(\.x)).filter(\.isFinite).sorted()
    let index = Dictionary(places.enumerated().map { ($1, $0) }) { first, _ in first }
    var raw = Array(repeating: [Double](), count: places.count)
    var smooth = raw
    for seed in seeds {
      let average = smoothing > 0 ? Smoothing.average(seed.y, factor: smoothing) : seed.y
      for (place, (x, y)) in zip(seed.x, seed.y).enumerated() where y.isFinite {
        guard let at = index[x] else { continue }
        raw[at].append(y)
        smooth[at].append(average[place])
      }
    }
    let draws = kind == .interval ? resampled(most: seeds.count) : []
    let bands = smooth.map { band($0, kind: kind, draws: draws) }
    return Figure.Line(
      name: name, x: places, y: raw.map(Statistics.mean), low: bands.map(\.low), high: bands.map(\.high),
      smooth: smoothing > 0 ? smooth.map(Statistics.mean) : nil)
  }

  private static func band(_ values: [Double], kind: Kind, draws: [[UInt64]]) -> (low: Double, high: Double) {
    let (low, high) = (values.min() ?? .nan, values.max() ?? .nan)
    guard kind == .interval, values.count > 1, low < high else { return (low, high) }
    let count = UInt64(values.count)
    let means = draws.map { draw in
      draw.prefix(values.count).reduce(0) { $0 + values[Int($1 % count)] } / Double(values.count)
    }.sorted()
    return (Statistics.quantile(0.025, sorted: means), Statistics.quantile(0.975, sorted: means))
  }

  /// The draws of all resamples: the same at every place, so that a band is as smooth as its seeds.
  private static func resampled(most count: Int) -> [[UInt64]] {
    let stream = RandomStream(seed: 0, purpose: "band")
    return (0..<resamples).map { resample in
      var generator = stream.generator(step: resample)
      return (0..<count).map { _ in generator.next() }
    }
  }
}
