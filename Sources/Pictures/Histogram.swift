import Foundation
import Primitives

/// How often numbers lie where.
public struct Histogram: Sendable, Equatable {
  /// Where the first bin begins.
  public let start: Double
  /// The bins' width.
  public let width: Double
  /// How many bins there are.
  public let count: Int

  /// The most bins.
  public static let maximumBins = 200

  /// Bins for some numbers.
  ///
  /// Source: D. Freedman, P. Diaconis, *On the histogram as a density estimator*, 1981, rounded to 1, 2 or 5 times a power
  /// of ten and to 60 bins at most.
  ///
  /// - Parameters:
  ///   - values: the numbers of all groups; those that are not finite are left out.
  ///   - bins: how many bins there are to be, or `nil` for as many as the numbers suggest.
  /// - Returns: `nil` if there is no finite number.
  public init?(_ values: [Double], bins: Int? = nil) {
    let sorted = values.filter(\.isFinite).sorted()
    guard let low = sorted.first, let high = sorted.last else { return nil }
    let range = high - low
    guard range > 0, range.isFinite else {
      let width = max(abs(low) / 10, 0.1)
      (start, self.width, count) = (low - width / 2, width, 1)
      return
    }
    if let bins {
      (start, width, count) = (low, range / Double(max(bins, 1)), max(bins, 1))
      return
    }
    let quartiles = Statistics.quantile(0.75, sorted: sorted) - Statistics.quantile(0.25, sorted: sorted)
    let wanted = 2 * quartiles / cbrt(Double(sorted.count))
    let width = Histogram.round(max(wanted > 0 ? wanted : range / 20, range / 60))
    // Whole numbers stand in the middle of their bins.
    let isWhole = range < 60 && sorted.allSatisfy { $0 == $0.rounded() }
    let step = isWhole ? 1 : width
    let start = isWhole ? low - 0.5 : (low / step).rounded(.down) * step
    (self.start, self.width) = (start, step)
    count = min(max(Int(((high - start) / step).rounded(.down)) + 1, 1), Histogram.maximumBins)
  }

  /// The next of 1, 2, 5 times a power of ten.
  private static func round(_ width: Double) -> Double {
    let power = pow(10, log10(width).rounded(.down))
    return ([1, 2, 5].first { $0 * power >= width * 0.9999 } ?? 10) * power
  }

  /// How many of some numbers lie in each bin; the last bin has its upper end.
  public func counts(_ values: [Double]) -> [Int] {
    var counts = Array(repeating: 0, count: count)
    for value in values where value.isFinite {
      let bin = Int(((value - start) / width).rounded(.down))
      counts[min(max(bin, 0), count - 1)] += 1
    }
    return counts
  }

  /// The middles of the bins.
  public var centers: [Double] { (0..<count).map { start + (Double($0) + 0.5) * width } }
}
