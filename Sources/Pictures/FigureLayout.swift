import Foundation

/// Where the parts of a figure lie, in pixels from the top left, and the ranges of its axes.
struct FigureLayout {
  /// A panel's axes.
  struct Axes: Equatable {
    /// The area inside the axes, in pixels.
    var left: Int, right: Int, top: Int, bottom: Int
    /// The ends of the axes.
    var x: ClosedRange<Double>, y: ClosedRange<Double>
  }

  let width: Int
  let height: Int
  let panels: [Axes]

  /// End labels longer than this are cut, in characters.
  static let longestLabel = 22
  /// More lines than this have a key beside them instead of labels at their ends.
  static let mostEndLabels = 5
  /// The width of a key's bit of line, in pixels.
  static let keySample = 48

  init(_ figure: Figure) {
    let count = figure.panels.count
    let columns = count <= 3 ? max(count, 1) : count == 4 ? 2 : 3
    let rows = max((count + columns - 1) / columns, 1)
    width = columns == 1 ? 640 : columns == 2 ? 1200 : 1560
    let head = figure.note.isEmpty ? 44 : 66
    let tall = columns == 1 ? 368 : 424
    let high = head + rows * tall
    let cell = width / columns
    height = high
    panels = figure.panels.enumerated().map { index, panel in
      let (left, top) = (index % columns * cell, head + index / columns * tall)
      return Axes(
        left: left + 74, right: left + cell - 14 - FigureLayout.labelWidth(panel), top: top + 30,
        bottom: top + tall - 66, x: FigureLayout.xRange(panel), y: FigureLayout.yRange(panel))
    }
  }

  /// Room for the labels at the lines' ends or for the key, in pixels.
  ///
  /// 7.5 px is a wide mean of DejaVu Sans 11's letters at 96 dpi.
  private static func labelWidth(_ panel: Figure.Panel) -> Int {
    guard panel.lines.contains(where: { !$0.name.isEmpty }) else { return 0 }
    let letters = panel.lines.map { endLabel($0).count }.max() ?? 0
    return 12 + 15 * letters / 2 + (hasEndLabels(panel) ? 0 : FigureLayout.keySample)
  }

  static func hasEndLabels(_ panel: Figure.Panel) -> Bool {
    panel.lines.count <= mostEndLabels && panel.lines.contains { !$0.name.isEmpty }
  }

  static func endLabel(_ line: Figure.Line) -> String {
    line.name.count <= longestLabel ? line.name : line.name.prefix(longestLabel - 1) + "…"
  }

  /// From the first point to the last; one point alone stands in the middle.
  private static func xRange(_ panel: Figure.Panel) -> ClosedRange<Double> {
    let all = panel.lines.flatMap { line in line.x.indices.filter { panel.shows(line, $0) }.map { line.x[$0] } }
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    return low < high ? low...high : (low - max(abs(low) / 2, 0.5))...(high + max(abs(high) / 2, 0.5))
  }

  /// All that is drawn, and a twentieth of it on both sides.
  private static func yRange(_ panel: Figure.Panel) -> ClosedRange<Double> {
    var all = panel.mustShow
    for line in panel.lines { all += line.y + (line.low ?? []) + (line.high ?? []) }
    all = all.filter { $0.isFinite && (!panel.isLogarithmic || $0 > 0) }
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    if panel.isLogarithmic {
      let factor = low < high ? pow(high / low, 0.05) : 10
      return max(low / factor, .leastNormalMagnitude)...min(high * factor, .greatestFiniteMagnitude)
    }
    let pad = low < high ? (high / 20 - low / 20) : max(abs(low) / 2, 0.5)
    return max(low - pad, -.greatestFiniteMagnitude)...min(high + pad, .greatestFiniteMagnitude)
  }

  /// How high a value stands in its panel, 0 at the bottom to 1 at the top.
  static func share(of value: Double, in range: ClosedRange<Double>, isLogarithmic: Bool) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    let share =
      isLogarithmic
      ? (log(value) - log(low)) / (log(high) - log(low)) : (value / 2 - low / 2) / (high / 2 - low / 2)
    return min(max(share, 0), 1)
  }

  /// Moves places apart until none are closer than `distance`, keeping their order, at 1 at most.
  static func spread(_ places: [Double], distance: Double) -> [Double] {
    let order = places.indices.sorted { (places[$0], $0) < (places[$1], $1) }
    var result = places
    var lowest = -Double.infinity
    for index in order {
      result[index] = max(result[index], lowest)
      lowest = result[index] + distance
    }
    var highest = 1.0
    for index in order.reversed() {
      result[index] = min(result[index], highest)
      highest = result[index] - distance
    }
    return result
  }
}
