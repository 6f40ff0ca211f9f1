import Pictures
import Primitives
import Script

/// The panels of each kind of figure.
extension Plot {
  /// The groups of some rows that make a line each, all groups of the table in the same order.
  private func lines(of rows: [Int]) throws -> [PlotTable.Group] {
    guard !by.isEmpty else { return [PlotTable.Group(name: "", rows: rows)] }
    let members = Set(rows)
    return try table.groups(table.rows, by: by).map { group in
      PlotTable.Group(name: group.name, rows: group.rows.filter(members.contains))
    }
  }

  // MARK: Curves

  func curves(_ column: String, rows: [Int], label: String) throws -> Figure.Panel {
    let bottom = x ?? "step"
    let isNamed = try table.isNamed(bottom)
    let ticks = isNamed ? try table.groups(table.rows, by: [bottom]) : []
    var places = try table.numbers(bottom)
    for (place, tick) in ticks.enumerated() { for row in tick.rows { places[row] = Double(place) } }
    let heights = try table.numbers(column)
    let halves = try table.table[column + " ±"] == nil ? nil : table.numbers(column + " ±")
    let kind = try bandKind().kind
    let lines = try lines(of: rows).map { group -> Figure.Line in
      let name = group.name.isEmpty && panels.isEmpty ? PlotTable.words(column) : group.name
      if let band {
        let seeds = try table.groups(group.rows, by: [band]).map { seed in
          let rows = try ascending(seed.rows, places, bottom)
          return (x: rows.map { places[$0] }, y: rows.map { heights[$0] })
        }
        return SeedBand.line(name: name, seeds: seeds, smoothing: smoothing, kind: kind)
      }
      let rows = try ascending(group.rows, places, bottom)
      return Figure.Line(
        name: name, x: rows.map { places[$0] }, y: rows.map { heights[$0] },
        low: halves.map { halves in rows.map { heights[$0] - (halves[$0].isFinite ? halves[$0] : 0) } },
        high: halves.map { halves in rows.map { heights[$0] + (halves[$0].isFinite ? halves[$0] : 0) } })
    }
    var panel = Figure.Panel(label: label, xLabel: PlotTable.words(bottom), lines: lines)
    panel.isLogarithmic = isLogarithmic(column, lines.flatMap { $0.y })
    panel.isLogarithmicX = !isNamed && isLogarithmic(bottom, rows.map { places[$0] })
    if isNamed { panel.names = ticks.enumerated().map { .init(Double($0), $1.value) } }
    return panel
  }

  /// Rows in the order of their places, which must differ.
  private func ascending(_ rows: [Int], _ places: [Double], _ bottom: String) throws -> [Int] {
    let sorted = rows.filter { places[$0].isFinite }.sorted { (places[$0], $0) < (places[$1], $1) }
    if let twice = zip(sorted, sorted.dropFirst()).first(where: { places[$0] == places[$1] }) {
      let value = try table.values(bottom)[twice.0].text
      throw arguments.problem(
        "table", "several rows of one line have \(bottom) \(value)",
        fix: "add by: with the columns that make a line each, or band: with the one that tells repetitions apart")
    }
    return sorted
  }

  // MARK: Histograms

  func histogram(_ column: String, rows: [Int], label: String) throws -> Figure.Panel {
    let values = try table.numbers(column)
    let words = PlotTable.words(column)
    guard let bars = Histogram(table.rows.map { values[$0] }, bins: bins) else {
      return Figure.Panel(label: label, xLabel: words, lines: [])
    }
    // Groups of different sizes are compared by shares.
    let isShare = !by.isEmpty
    let lines = try lines(of: rows).map { group in
      let counts = bars.counts(group.rows.map { values[$0] })
      let total = Double(max(counts.reduce(0, +), 1))
      return Figure.Line(
        name: group.name, x: bars.centers, y: counts.map { isShare ? Double($0) / total : Double($0) },
        marks: .bars(width: bars.width))
    }
    let heights = isShare ? "share of rows" : "rows"
    return Figure.Panel(label: panels.isEmpty ? heights : label, xLabel: words, lines: lines)
  }

  // MARK: Heat maps

  func heatMap(_ column: String, rows: [Int], label: String) throws -> Figure.Panel {
    let bottom = x ?? ""
    let values = try table.numbers(column)
    let columns = try table.groups(table.rows, by: [bottom])
    let lines = try table.groups(table.rows, by: by)
    let limit = 256
    guard columns.count <= limit, lines.count <= limit else {
      throw arguments.problem(
        "kind", "the map would have \(lines.count) rows and \(columns.count) columns, but \(limit) at most can be seen",
        fix: "choose columns with fewer values")
    }
    let (members, across) = (Set(rows), columns.map { Set($0.rows) })
    let cells = lines.map { line in
      across.map { column in
        Statistics.mean(
          line.rows.filter { members.contains($0) && column.contains($0) }.map { values[$0] }.filter(\.isFinite))
      }
    }
    let map = Figure.HeatMap(
      columns: columns.map(\.value), rows: lines.map(\.value),
      rowLabel: by.map(PlotTable.words).joined(separator: ", "), values: cells)
    return Figure.Panel(label: label, xLabel: PlotTable.words(bottom), map: map)
  }

  // MARK: Clouds

  func cloud(_ column: String, rows: [Int], label: String) throws -> Figure.Panel {
    let bottom = x ?? ""
    if try table.isNamed(bottom) {
      throw arguments.problem("x", "a cloud needs numbers along the bottom, but \"\(bottom)\" has others")
    }
    let (places, heights) = (try table.numbers(bottom), try table.numbers(column))
    var lines = try lines(of: rows).map { group in
      Figure.Line(
        name: group.name, x: group.rows.map { places[$0] }, y: group.rows.map { heights[$0] }, marks: .dots)
    }
    if let frontier { lines.append(frontier.line(x: rows.map { places[$0] }, y: rows.map { heights[$0] })) }
    var panel = Figure.Panel(label: label, xLabel: PlotTable.words(bottom), lines: lines)
    panel.isLogarithmic = isLogarithmic(column, rows.map { heights[$0] })
    panel.isLogarithmicX = isLogarithmic(bottom, rows.map { places[$0] })
    return panel
  }

  // MARK: Parallel axes

  func parallel() throws -> Figure {
    let limit = 1000
    guard table.table.rowCount <= limit else {
      throw arguments.problem("table", "\(table.table.rowCount) lines cannot be told apart; \(limit) at most are drawn")
    }
    let axes = try y.map { column -> ParallelAxes.Axis in
      guard try table.isNamed(column) else {
        let values = try table.numbers(column)
        return .init(name: PlotTable.words(column), values: values, isLogarithmic: isLogarithmic(column, values))
      }
      let groups = try table.groups(table.rows, by: [column])
      var places = Array(repeating: Double.nan, count: table.table.rowCount)
      for (place, group) in groups.enumerated() { for row in group.rows { places[row] = Double(place) } }
      return .init(
        name: PlotTable.words(column), values: places, names: groups.map(\.value))
    }
    let last = PlotTable.words(y[y.count - 1])
    return Figure(
      title: title, note: "a line is a row of the table; bright is much \(last)",
      panels: [ParallelAxes.panel(label: "", axes: axes)], smoothing: 0)
  }
}
