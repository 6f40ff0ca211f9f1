import Foundation

extension Figure {
  /// One pair of axes with what it shows.
  public struct Panel: Sendable, Equatable {
    /// A place on an axis, and what stands there.
    public struct Tick: Sendable, Equatable {
      /// Where it is.
      public var place: Double
      /// What stands there.
      public var text: String

      /// A place on an axis, and what stands there.
      public init(_ place: Double, _ text: String) { (self.place, self.text) = (place, text) }
    }

    /// What the panel shows, above it; the heights' name and unit.
    public var label: String
    /// What runs along the bottom, with its unit.
    public var xLabel: String
    /// Whether heights are on a logarithmic scale; heights of 0 and below are then gaps.
    public var isLogarithmic: Bool
    /// Whether places along the bottom are; those of 0 and below are then gaps.
    public var isLogarithmicX = false
    /// The heights that must be seen, besides those of the curves; such as 0 and 1 for a rate.
    public var mustShow: [Double]
    /// The curves, in the order of the colours.
    public var lines: [Line]
    /// The names of the places along the bottom, where they are no numbers.
    public var names: [Tick]?
    /// Upright axes with their own ticks, 0…1 from the bottom to the top, at 0, 1, 2 and so on; empty for a plain pair.
    public var uprights: [[Tick]] = []
    /// A map of coloured cells, instead of lines.
    public var map: HeatMap?
    /// What the colours of the heat scale mean, if they mean something: the numbers at its ends.
    public var scale: ClosedRange<Double>?

    /// A pair of axes with its curves.
    public init(
      label: String, xLabel: String = "optimizer step", isLogarithmic: Bool = false, mustShow: [Double] = [],
      lines: [Line]
    ) {
      (self.label, self.xLabel, self.isLogarithmic) = (label, xLabel, isLogarithmic)
      (self.mustShow, self.lines) = (mustShow, lines)
    }

    /// A map of coloured cells.
    ///
    /// - Parameters:
    ///   - label: what the colours show, with its unit.
    ///   - xLabel: what runs along the bottom.
    ///   - map: the cells.
    public init(label: String, xLabel: String, map: HeatMap) {
      self.init(label: label, xLabel: xLabel, lines: [])
      (self.map, scale) = (map, map.range)
    }

    /// Whether nothing can be seen.
    var isEmpty: Bool { !lines.contains(where: shows) && map?.range == nil }

    /// Whether anything of a line can be seen.
    func shows(_ line: Line) -> Bool { line.y.indices.contains { shows(line, $0) } }

    /// Whether a point of a line can be seen.
    func shows(_ line: Line, _ index: Int) -> Bool {
      line.x[index].isFinite && line.y[index].isFinite && (!isLogarithmic || line.y[index] > 0)
        && (!isLogarithmicX || line.x[index] > 0)
    }

    /// From the first point to the last; one point alone stands in the middle.
    var xRange: ClosedRange<Double> {
      if let map { return -0.5...(Double(map.columns.count) - 0.5) }
      if let names { return -0.3...(max(Double(names.count) - 1, 0) + 0.3) }
      if !uprights.isEmpty { return 0...Double(max(uprights.count - 1, 1)) }
      var all: [Double] = []
      var isCloud = false
      for line in lines {
        var margin = 0.0
        if case .bars(let width) = line.marks { margin = width / 2 }
        if line.marks == .dots { isCloud = true }
        for index in line.x.indices where shows(line, index) {
          all += margin == 0 ? [line.x[index]] : [line.x[index] - margin, line.x[index] + margin]
        }
      }
      if isCloud { return Panel.padded(all, isLogarithmic: isLogarithmicX) }
      let (low, high) = (all.min() ?? 0, all.max() ?? 1)
      if low < high { return low...high }
      return isLogarithmicX
        ? (low / 10)...(high * 10) : (low - max(abs(low) / 2, 0.5))...(high + max(abs(high) / 2, 0.5))
    }

    /// All that is drawn, and a twentieth of it on both sides; bars stand on zero.
    var yRange: ClosedRange<Double> {
      if let map { return -0.5...(Double(map.rows.count) - 0.5) }
      if !uprights.isEmpty { return 0...1 }
      var all = mustShow
      var hasBars = false
      for line in lines {
        all += line.y + (line.low ?? []) + (line.high ?? [])
        if case .bars = line.marks { hasBars = true }
      }
      let range = Panel.padded(all, isLogarithmic: isLogarithmic)
      return hasBars && !isLogarithmic && range.lowerBound < range.upperBound && range.upperBound > 0
        ? 0...range.upperBound : range
    }

    /// The numbers that are finite, and a twentieth of their range on both sides.
    private static func padded(_ numbers: [Double], isLogarithmic: Bool) -> ClosedRange<Double> {
      let all = numbers.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
      let (low, high) = (all.min() ?? 0, all.max() ?? 1)
      if isLogarithmic {
        let factor = low < high ? pow(high / low, 0.05) : 10
        return max(low / factor, .leastNormalMagnitude)...min(high * factor, .greatestFiniteMagnitude)
      }
      let pad = low < high ? (high / 20 - low / 20) : max(abs(low) / 2, 0.5)
      return max(low - pad, -.greatestFiniteMagnitude)...min(high + pad, .greatestFiniteMagnitude)
    }
  }
}

extension ClosedRange<Double> {
  /// How far along a number stands, 0…1.
  func share(of value: Double, isLogarithmic: Bool = false) -> Double {
    guard lowerBound < upperBound else { return 0.5 }
    let share =
      isLogarithmic
      ? (log(value) - log(lowerBound)) / (log(upperBound) - log(lowerBound))
      : (value / 2 - lowerBound / 2) / (upperBound / 2 - lowerBound / 2)
    return share.isNaN ? share : Swift.min(Swift.max(share, 0), 1)
  }
}
