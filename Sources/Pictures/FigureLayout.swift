import Foundation

/// Where the parts of a figure lie, in pixels from the top left, and the ranges of its axes.
struct FigureLayout {
  /// A panel's axes.
  struct Axes: Equatable {
    /// The area inside the axes, in pixels.
    var left: Int, right: Int, top: Int, bottom: Int
    /// The ends of the axes.
    var x: ClosedRange<Double>, y: ClosedRange<Double>
    /// Whether the heights' numbers and what runs along the bottom are written; small multiples share them.
    var hasLeft = true, hasBottom = true
    /// Whether the names along the bottom stand aslant, because they are too long for their places.
    var isAslant = false
  }

  let width: Int
  let height: Int
  let panels: [Axes]
  /// The title and the note in lines that fit the width.
  let title: [String], note: [String]
  /// What small multiples have instead of a key each: the lines' names and their left edges.
  let key: [(name: String, x: Int)]

  /// End labels longer than this are cut, in characters.
  static let longestLabel = 30
  /// More lines than this have a key beside them instead of labels at their ends.
  static let mostEndLabels = 5
  /// The width of a key's bit of line, in pixels.
  static let keySample = 48
  /// The room for a heat scale with its numbers, in pixels.
  static let scaleWidth = 76
  /// The height of a line of the title and of the note, in pixels.
  static let titleLine = 24, noteLine = 16

  init(_ figure: Figure) {
    let count = figure.panels.count
    let columns = max(figure.multiples.map { min($0, count) } ?? (count <= 3 ? count : count == 4 ? 2 : 3), 1)
    let rows = max((count + columns - 1) / columns, 1)
    let isShared = figure.multiples != nil
    let wide = isShared ? [1: 640, 2: 900, 3: 1200, 4: 1440][columns] ?? min(1560 + 240 * (columns - 5), 2400) : 1560
    let uprights = figure.panels.map(\.uprights.count).max() ?? 0
    // Long labels make one panel wider, not its axes narrower.
    let labels = max((figure.panels.first.map(FigureLayout.labelWidth) ?? 0) - 120, 0)
    width = isShared ? wide : columns == 1 ? max(640 + labels, min(150 * uprights, 1560)) : columns == 2 ? 1200 : 1560
    title = FigureLayout.lines(figure.title, width: width - 40, letter: 11)
    note = figure.note.isEmpty ? [] : FigureLayout.lines(figure.note, width: width - 40, letter: 6.6)
    key = isShared ? FigureLayout.sharedKey(figure) : []
    let head =
      44 + (title.count - 1) * Self.titleLine + (note.isEmpty ? 0 : 6 + note.count * Self.noteLine)
      + (key.isEmpty ? 0 : 24)
    let frame = Frame(figure, head: head, width: width, columns: columns, rows: rows)
    height = head + rows * frame.tall + (isShared ? frame.foot : 0)
    panels = figure.panels.enumerated().map { index, panel in
      isShared ? frame.multiple(panel, index) : frame.single(panel, index)
    }
  }

  /// What all panels agree in.
  private struct Frame {
    let head: Int, tall: Int, cell: Int, columns: Int, rows: Int, count: Int
    let x: ClosedRange<Double>, y: ClosedRange<Double>
    /// The room of small multiples left, right and below of all.
    let left: Int, side: Int, foot: Int

    init(_ figure: Figure, head: Int, width: Int, columns: Int, rows: Int) {
      (self.head, self.columns, self.rows, count) = (head, columns, rows, figure.panels.count)
      let isShared = figure.multiples != nil
      let seen = figure.panels.filter { !$0.isEmpty }
      x = FigureLayout.union(seen.map(\.xRange))
      y = FigureLayout.union(seen.map(\.yRange))
      left = max(74, figure.panels.map(FigureLayout.leftWidth).max() ?? 0)
      side = 20 + (figure.panels.contains { $0.scale != nil } ? FigureLayout.scaleWidth : 0)
      let cell = isShared ? (width - left - side) / columns : width / columns
      self.cell = cell
      foot = 44
      let slant = figure.panels.map { FigureLayout.slant($0, width: cell - 40) }.max() ?? 0
      let rowsOfMap = figure.panels.compactMap(\.map).map { $0.rows.count * 26 + 110 }.max() ?? 0
      tall = max(isShared ? 224 : columns == 1 ? 368 : 424, min(rowsOfMap, 900)) + slant
    }

    func single(_ panel: Figure.Panel, _ index: Int) -> Axes {
      let (left, top) = (index % columns * cell, head + index / columns * tall)
      let right = left + cell - 14 - FigureLayout.labelWidth(panel)
      let from = left + FigureLayout.leftWidth(panel)
      let slant = FigureLayout.slant(panel, width: right - from)
      return Axes(
        left: from, right: right, top: top + 30, bottom: top + tall - 66 - slant, x: panel.xRange, y: panel.yRange,
        isAslant: slant > 0)
    }

    func multiple(_ panel: Figure.Panel, _ index: Int) -> Axes {
      let (row, column) = (index / columns, index % columns)
      let from = left + column * cell
      let slant = FigureLayout.slant(panel, width: cell - 20)
      let top = head + row * tall
      // The last panel of a column that others do not reach has what runs along the bottom as well.
      return Axes(
        left: from, right: from + cell - 20, top: top + 28, bottom: top + tall - 30 - slant, x: x, y: y,
        hasLeft: column == 0, hasBottom: index + columns >= count, isAslant: slant > 0)
    }
  }

  private static func union(_ ranges: [ClosedRange<Double>]) -> ClosedRange<Double> {
    let (low, high) = (ranges.map(\.lowerBound).min() ?? 0, ranges.map(\.upperBound).max() ?? 1)
    return low...high
  }

  /// A text in lines of about so many pixels; a letter is so wide on average.
  static func lines(_ text: String, width: Int, letter: Double) -> [String] {
    let room = max(Int(Double(width) / letter), 8)
    guard text.count > room else { return [text] }
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty || last.count + 1 + word.count <= room {
        lines[lines.count - 1] = last.isEmpty ? String(word) : last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    let limit = 4
    lines = lines.map { $0.count <= room ? $0 : $0.prefix(room - 1) + "…" }
    return lines.count <= limit ? lines : lines.prefix(limit - 1) + [lines[limit - 1].prefix(room - 1) + "…"]
  }

  private static func sharedKey(_ figure: Figure) -> [(name: String, x: Int)] {
    guard let panel = figure.panels.max(by: { $0.lines.count < $1.lines.count }),
      panel.lines.contains(where: { !$0.name.isEmpty })
    else { return [] }
    var x = 20
    return panel.lines.map { line in
      defer { x += 46 + 8 * endLabel(line).count }
      return (endLabel(line), x)
    }
  }

  /// Room for the labels at the lines' ends, for the key or for the heat scale, in pixels.
  ///
  /// 7.5 px is a wide mean of DejaVu Sans 11's letters at 96 dpi.
  private static func labelWidth(_ panel: Figure.Panel) -> Int {
    if panel.scale != nil { return scaleWidth }
    if !panel.uprights.isEmpty {
      let letters = panel.uprights.last?.map(\.text.count).max() ?? 0
      return 24 + 15 * letters / 2
    }
    guard panel.lines.contains(where: { !$0.name.isEmpty }) else { return 0 }
    let letters = panel.lines.map { endLabel($0).count }.max() ?? 0
    return 12 + 15 * letters / 2 + (hasEndLabels(panel) ? 0 : keySample)
  }

  /// Room for the numbers of the heights, or for the names of a map's rows, in pixels.
  static func leftWidth(_ panel: Figure.Panel) -> Int {
    if let map = panel.map {
      let letters = map.rows.map { min($0.count, longestLabel) }.max() ?? 0
      return max(74, 44 + 8 * letters)
    }
    guard panel.uprights.isEmpty else { return 40 }
    // A first name that stands aslant reaches to the left of its place.
    guard let names = panel.names, let first = names.first, slant(panel, width: 400) > 0 else { return 74 }
    return max(74, 13 * min(first.text.count, longestLabel) / 2)
  }

  /// Room for names along the bottom that stand aslant, in pixels; 0 if they fit as they are.
  static func slant(_ panel: Figure.Panel, width: Int) -> Int {
    let names = panel.map?.columns ?? panel.names?.map(\.text) ?? []
    guard names.count > 1, panel.uprights.isEmpty else { return 0 }
    let longest = longest(names)
    // Short names, such as numbers, stand upright, and some are left out if there are many.
    guard longest > 6 else { return 0 }
    let room = panel.map.map { map in width / max(map.columns.count, 1) } ?? width / max(names.count, 1)
    return 8 * longest + 6 <= room ? 0 : 4 + 4 * longest
  }

  /// The letters of the longest name, as it is written.
  static func longest(_ names: [String]) -> Int { names.map { min($0.count, longestLabel) }.max() ?? 0 }

  static func hasEndLabels(_ panel: Figure.Panel) -> Bool {
    panel.lines.count <= mostEndLabels && panel.lines.contains { !$0.name.isEmpty }
      && panel.lines.allSatisfy { $0.marks == .curve || $0.marks == .plain }
  }

  static func endLabel(_ line: Figure.Line) -> String { cut(line.name) }

  /// A name at most so long as a label can be.
  static func cut(_ name: String) -> String {
    name.count <= longestLabel ? name : name.prefix(longestLabel - 1) + "…"
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
