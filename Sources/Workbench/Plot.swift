import Foundation
import Pictures
import Primitives
import Script

/// What a call of `plot` asks for, and the figure of it.
struct Plot {
  let table: PlotTable
  let kind: Plotting.Kind
  /// What is drawn, what runs along the bottom, what makes lines, what makes panels.
  let y: [String], x: String?, by: [String], panels: [String]
  let band: String?
  let bins: Int?
  let frontier: Frontier?
  let title: String
  let smoothing: Double
  /// The columns on a logarithmic scale; `nil` for those that are where they span two decades.
  private let logarithmic: [String]?
  let arguments: Arguments

  init(_ arguments: Arguments, _ context: Context) throws {
    self.arguments = arguments
    table = PlotTable(table: try arguments["table"])
    let word: String = try arguments["kind"]
    kind = Plotting.Kind(rawValue: word) ?? .curves
    y = try arguments.names("y")
    by = try arguments.names("by")
    panels = try arguments.names("panels")
    band = try arguments["band"]
    bins = try arguments["bins"]
    frontier = try (arguments["frontier"] as String?).flatMap(Frontier.init)
    x = try Plot.bottom(arguments, table.table, kind)
    let words = y.map(PlotTable.words).joined(separator: ", ")
    title =
      try arguments["title"]
      ?? (by.isEmpty ? words : words + " by " + by.map(PlotTable.words).joined(separator: " and "))
    smoothing = try arguments["smooth"] ?? (kind == .curves && x == "step" ? 0.9 : 0)
    switch arguments.value("log") {
    case .none: logarithmic = nil
    case .bool(let all): logarithmic = all ? table.table.names : []
    default: logarithmic = try arguments.names("log")
    }
    try check()
  }

  /// The column along the bottom, for kinds that have one.
  private static func bottom(_ arguments: Arguments, _ table: Table, _ kind: Plotting.Kind) throws -> String? {
    let given: String? = try arguments["x"]
    guard kind != .histogram, kind != .parallel else {
      guard given == nil else {
        throw arguments.problem(
          "x", "a \(kind.rawValue) plot has no 'x': y alone says what is drawn", fix: "leave it out")
      }
      return nil
    }
    if let given { return given }
    guard let usual = ["step", "position", "epoch"].first(where: { table[$0] != nil }), kind == .curves else {
      throw arguments.problem(
        "table",
        "what runs along the bottom is not said: the table's columns are \(table.names.joined(separator: ", "))",
        fix: "add x: with one of them")
    }
    return usual
  }

  /// What the declaration of `plot` cannot say.
  private func check() throws {
    for name in y + (x.map { [$0] } ?? []) + by + panels + (band.map { [$0] } ?? []) { _ = try table.values(name) }
    guard !y.isEmpty else { throw arguments.problem("y", "no column is named", fix: "name one") }
    if case .bool = arguments.value("log") {} else { for name in logarithmic ?? [] { _ = try table.values(name) } }
    func only(_ name: String, _ kinds: [Plotting.Kind]) throws {
      guard arguments.has(name), !kinds.contains(kind) else { return }
      let words = kinds.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
      throw arguments.problem(
        name, "'\(name)' belongs to kind: \(words), not to \"\(kind.rawValue)\"",
        fix: "leave it out, or change the kind")
    }
    try only("band", [.curves])
    try only("smooth", [.curves])
    try only("bins", [.histogram])
    try only("frontier", [.scatter])
    try only("panels", [.curves, .histogram, .scatter, .heatmap])
    if kind == .parallel {
      try only("by", [.curves, .histogram, .scatter, .heatmap])
      guard y.count > 1 else {
        throw arguments.problem("y", "parallel axes need at least two columns", fix: "name several, the result last")
      }
    }
    if kind == .heatmap, by.isEmpty {
      throw arguments.problem("kind", "a heat map needs a column for its rows", fix: "add by: with its name")
    }
    guard panels.isEmpty || y.count == 1 else {
      throw arguments.problem("y", "with 'panels' one column is drawn, not \(y.count)", fix: "name one")
    }
    guard panels.count <= 2 else {
      throw arguments.problem("panels", "panels are made of one column or two, not of \(panels.count)")
    }
  }

  /// Whether some numbers of a column are on a logarithmic scale.
  func isLogarithmic(_ column: String, _ values: [Double]) -> Bool {
    let seen = values.filter(\.isFinite)
    guard let low = seen.min(), let high = seen.max(), high > 0 else { return false }
    if let logarithmic { return logarithmic.contains(column) }
    return (column == "lr" || column == "kl" || column.hasPrefix("kl_")) && low > 0 && high / low >= 99.9
  }

  // MARK: - The figure

  func figure() throws -> Figure {
    if kind == .parallel { return try parallel() }
    guard !panels.isEmpty else {
      return Figure(
        title: title, note: try note, panels: try y.map { try panel($0, rows: table.rows, label: PlotTable.words($0)) },
        smoothing: smoothing)
    }
    return try multiples()
  }

  /// A panel a value of one column, or a row and a column of panels for two.
  private func multiples() throws -> Figure {
    let inner = try table.groups(table.rows, by: [panels[panels.count - 1]])
    let outer =
      panels.count == 1 ? [PlotTable.Group(name: "", rows: table.rows)] : try table.groups(table.rows, by: [panels[0]])
    guard inner.count * outer.count <= Figure.maximumPanels else {
      throw arguments.problem(
        "panels",
        "these would be \(inner.count * outer.count) panels, but a figure has \(Figure.maximumPanels) at most",
        fix: "choose columns with fewer values, or some rows with .where")
    }
    let drawn = try outer.flatMap { row in
      let members = Set(row.rows)
      return try inner.map { column in
        try panel(
          y[0], rows: column.rows.filter(members.contains),
          label: [row.name, column.name].filter { !$0.isEmpty }.joined(separator: ", "))
      }
    }
    let columns =
      panels.count == 2
      ? inner.count : drawn.count <= 4 ? drawn.count : Int(Double(drawn.count).squareRoot().rounded(.up))
    return Figure(
      title: title, note: try note, panels: Plot.alike(drawn), smoothing: smoothing, multiples: min(columns, 6))
  }

  /// Small multiples have the same scale of heights, and of colours.
  private static func alike(_ panels: [Figure.Panel]) -> [Figure.Panel] {
    let (isLogarithmic, isLogarithmicX) = (
      panels.contains(where: \.isLogarithmic), panels.contains(where: \.isLogarithmicX)
    )
    let scales = panels.compactMap(\.scale)
    return panels.map { panel in
      var panel = panel
      (panel.isLogarithmic, panel.isLogarithmicX) = (isLogarithmic, isLogarithmicX)
      if panel.map != nil, let low = scales.map(\.lowerBound).min(), let high = scales.map(\.upperBound).max() {
        panel.scale = low...high
      }
      return panel
    }
  }

  private func panel(_ column: String, rows: [Int], label: String) throws -> Figure.Panel {
    switch kind {
    case .curves, .parallel: try curves(column, rows: rows, label: label)
    case .histogram: try histogram(column, rows: rows, label: label)
    case .heatmap: try heatMap(column, rows: rows, label: label)
    case .scatter: try cloud(column, rows: rows, label: label)
    }
  }

  /// What the lines, bands and cells are.
  private var note: String {
    get throws {
      var words: [String] = []
      if !panels.isEmpty { words.append(PlotTable.words(y[0])) }
      if let band {
        let counts = try bandKind().counts
        let number =
          counts.lowerBound == counts.upperBound
          ? "\(counts.upperBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
        words.append("mean over \(number) values of \(PlotTable.words(band)); \(try bandKind().kind.words)")
        if smoothing > 0 { words.append("each smoothed before the mean, factor \(smoothing)") }
      } else if kind == .curves {
        words.append(Figure.explanation(smoothing: smoothing))
      }
      if kind == .heatmap, let x {
        let most = try table.groups(table.rows, by: by + panels + [x]).map(\.rows.count).max() ?? 1
        if most > 1 { words.append("a cell is the mean of up to \(most) rows") }
      }
      if let frontier {
        words.append("dashed: no other point is better in both directions; \(frontier.rawValue) is best")
      }
      return words.filter { !$0.isEmpty }.joined(separator: "; ")
    }
  }

  /// The kind of all bands of the figure, and how many repetitions a line has.
  func bandKind() throws -> (kind: SeedBand.Kind, counts: ClosedRange<Int>) {
    guard let band else { return (.extremes, 1...1) }
    let counts = try table.groups(table.rows, by: by + panels).map { group in
      try table.groups(group.rows, by: [band]).count
    }
    let (least, most) = (counts.min() ?? 1, counts.max() ?? 1)
    return (SeedBand.Kind(seeds: least), least...most)
  }
}
