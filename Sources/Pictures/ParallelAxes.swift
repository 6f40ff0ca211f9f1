import Foundation

/// The rows of a table as lines over upright axes, one a column, coloured by the last.
public enum ParallelAxes {
  /// One column.
  public struct Axis: Sendable {
    /// What it is.
    public var name: String
    /// Its numbers, one a row; where the values are no numbers, their places among ``names``.
    public var values: [Double]
    /// The values' names, where they are no numbers.
    public var names: [String]
    /// Whether it is on a logarithmic scale.
    public var isLogarithmic: Bool

    /// A column.
    ///
    /// - Parameters:
    ///   - name: what it is.
    ///   - values: its numbers, one a row; where the values are no numbers, their places among `names`.
    ///   - names: the values' names, where they are no numbers.
    ///   - isLogarithmic: whether it is on a logarithmic scale.
    public init(name: String, values: [Double], names: [String] = [], isLogarithmic: Bool = false) {
      (self.name, self.values, self.names, self.isLogarithmic) = (name, values, names, isLogarithmic)
    }

    private var range: ClosedRange<Double> {
      if !names.isEmpty { return 0...Double(max(names.count - 1, 1)) }
      let finite = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
      return (finite.min() ?? 0)...(finite.max() ?? 1)
    }

    fileprivate func share(_ value: Double) -> Double {
      if names.count == 1 { return 0.5 }
      return range.share(of: value, isLogarithmic: isLogarithmic)
    }

    /// Few values stand where they are; of many only the ends and the middle.
    fileprivate var ticks: [Figure.Panel.Tick] {
      if !names.isEmpty { return names.indices.map { .init(share(Double($0)), names[$0]) } }
      let distinct = Set(values.filter(\.isFinite)).sorted()
      let range = range
      let middle =
        isLogarithmic
        ? (range.lowerBound * range.upperBound).squareRoot() : range.lowerBound / 2 + range.upperBound / 2
      let shown = distinct.count <= 6 ? distinct : [range.lowerBound, middle, range.upperBound]
      return shown.map { .init(share($0), Number.brief($0)) }
    }
  }

  /// The panel of some columns, as many rows each.
  ///
  /// - Parameters:
  ///   - label: what stands above.
  ///   - axes: the columns from left to right; the last colours the lines.
  public static func panel(label: String, axes: [Axis]) -> Figure.Panel {
    let result = axes.last
    let rows = axes.map(\.values.count).min() ?? 0
    // The best lie above the others.
    let order = (0..<rows).sorted { left, right in
      let values = (result?.values[left] ?? 0, result?.values[right] ?? 0)
      return values.0 == values.1 || values.0.isNaN || values.1.isNaN ? left < right : values.0 < values.1
    }
    let lines = order.map { row in
      Figure.Line(
        name: "", x: axes.indices.map(Double.init), y: axes.map { $0.share($0.values[row]) }, marks: .plain,
        share: result.map { $0.share($0.values[row]) })
    }
    var panel = Figure.Panel(label: label, xLabel: "", lines: lines)
    panel.uprights = axes.map(\.ticks)
    panel.names = axes.enumerated().map { .init(Double($0), $1.name) }
    return panel
  }
}
