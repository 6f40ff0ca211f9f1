/// One panel of a ``FigurePreview``.
struct PanelPreview {
  typealias Piece = FigurePreview.Piece

  /// The lines of the panel, each as pieces.
  let lines: [[Piece]]

  init(_ panel: Figure.Panel, of figure: Figure, width: Int, rows: Int) {
    let label = PanelPreview.plain(panel.label)
    let head = label.isEmpty || label == figure.title ? [] : [[Piece(PanelPreview.cut(label, width))]]
    lines =
      head
      + (panel.map.map { PanelPreview.map($0, width: width, label: panel.xLabel) }
        ?? PanelPreview.plot(panel, of: figure, width: width, rows: rows))
  }

  // MARK: Lines, points, bars

  private static func plot(_ panel: Figure.Panel, of figure: Figure, width: Int, rows: Int) -> [[Piece]] {
    let (x, y) = (panel.xRange, panel.yRange)
    let isParallel = !panel.uprights.isEmpty
    let middle =
      panel.isLogarithmic ? (y.lowerBound * y.upperBound).squareRoot() : y.lowerBound / 2 + y.upperBound / 2
    let numbers = isParallel ? ["", "", ""] : [y.upperBound, middle, y.lowerBound].map { Number.brief($0) }
    let left = numbers.map(\.count).max() ?? 0
    let names = width < 36 ? [:] : ends(panel, of: figure, y: y, rows: rows)
    let right = names.isEmpty ? 0 : min(names.values.map { $0.text.count }.max() ?? 0, width / 3) + 1
    var grid = BrailleGrid(columns: max(width - left - 1 - right, 8), rows: rows)
    func place(_ line: Figure.Line, _ index: Int, _ height: Double) -> (x: Int, y: Int)? {
      guard panel.shows(line, index), height.isFinite, !panel.isLogarithmic || height > 0 else { return nil }
      let across = x.share(of: line.x[index], isLogarithmic: panel.isLogarithmicX)
      let up = y.share(of: height, isLogarithmic: panel.isLogarithmic)
      return (
        Int((across * Double(grid.width - 1)).rounded()), Int(((1 - up) * Double(grid.height - 1)).rounded())
      )
    }
    for (owner, line) in panel.lines.enumerated() {
      let heights = figure.smoothed(line) ?? line.y
      var last: (x: Int, y: Int)?
      for index in heights.indices {
        let point = place(line, index, heights[index])
        defer { last = point }
        guard let point else { continue }
        switch line.marks {
        case .dots: dot(point, on: &grid, owner: owner)
        case .bars(let width): bar(point, width: width, of: x, on: &grid, owner: owner)
        case .curve, .plain, .steps: grid.line(from: last ?? point, to: point, owner: owner)
        }
      }
    }
    var result: [[Piece]] = []
    for row in 0..<rows {
      let number = row == 0 ? numbers[0] : row == rows / 2 ? numbers[1] : row == rows - 1 ? numbers[2] : ""
      let edge = number.isEmpty ? "│" : "┤"
      var pieces = [Piece(String(repeating: " ", count: left - number.count) + number + (isParallel ? " " : edge))]
      for cell in grid.row(row) {
        if let last = pieces.last, last.color == cell.owner {
          pieces[pieces.count - 1].text.append(cell.character)
        } else {
          pieces.append(Piece(String(cell.character), color: cell.owner))
        }
      }
      if let name = names[row] { pieces.append(Piece(" " + cut(name.text, right - 1), color: name.owner)) }
      result.append(pieces)
    }
    result.append([Piece(bottom(panel, x, left: left, columns: grid.columns))])
    if names.isEmpty { result += legend(panel, width: width) }
    return result
  }

  /// A point that is seen: two by two dots.
  private static func dot(_ point: (x: Int, y: Int), on grid: inout BrailleGrid, owner: Int) {
    for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] { grid.set(point.x + dx, point.y + dy, owner: owner) }
  }

  private static func bar(
    _ top: (x: Int, y: Int), width: Double, of x: ClosedRange<Double>, on grid: inout BrailleGrid, owner: Int
  ) {
    let half = max(Int(width / (x.upperBound - x.lowerBound) * Double(grid.width) / 2), 1)
    for column in (top.x - half)..<(top.x + half) where top.y < grid.height - 1 {
      for row in top.y..<grid.height { grid.set(column, row, owner: owner) }
    }
  }

  /// The names of few lines at the rows of their ends.
  private static func ends(
    _ panel: Figure.Panel, of figure: Figure, y: ClosedRange<Double>, rows: Int
  ) -> [Int: (text: String, owner: Int)] {
    let isAlone = panel.lines.count == 1 && plain(panel.lines[0].name) == plain(panel.label)
    guard FigureLayout.hasEndLabels(panel), !isAlone, panel.lines.count <= rows else { return [:] }
    let places = panel.lines.map { line in
      let last = (figure.smoothed(line) ?? line.y).last { $0.isFinite && (!panel.isLogarithmic || $0 > 0) }
      return y.share(of: last ?? y.lowerBound, isLogarithmic: panel.isLogarithmic)
    }
    let spread = FigureLayout.spread(places, distance: 1 / Double(rows - 1) + 1e-9)
    var result: [Int: (text: String, owner: Int)] = [:]
    for (owner, place) in spread.enumerated() {
      let row = min(max(Int(((1 - place) * Double(rows - 1)).rounded()), 0), rows - 1)
      result[row] = (plain(panel.lines[owner].name), owner)
    }
    return result.count == panel.lines.count ? result : [:]
  }

  private static func legend(_ panel: Figure.Panel, width: Int) -> [[Piece]] {
    var result: [[Piece]] = []
    var room = 0
    for (owner, line) in panel.lines.enumerated() where !line.name.isEmpty && panel.lines.count > 1 {
      let text = cut("⣿ " + plain(line.name), width)
      if result.isEmpty || text.count + 2 > room {
        result.append([])
        room = width
      } else {
        result[result.count - 1].append(Piece("  "))
        room -= 2
      }
      result[result.count - 1].append(Piece(text, color: owner))
      room -= text.count
    }
    return result
  }

  /// The ends of what runs along the bottom, and its name between them; or the names of its places.
  private static func bottom(_ panel: Figure.Panel, _ x: ClosedRange<Double>, left: Int, columns: Int) -> String {
    let margin = String(repeating: " ", count: left + 1)
    if let names = panel.names {
      var line = Array(repeating: Character(" "), count: columns)
      var free = 0
      for tick in names {
        let text = plain(tick.text)
        let middle = Int(x.share(of: tick.place) * Double(columns - 1))
        let start = min(max(middle - text.count / 2, free), max(columns - text.count, 0))
        guard start >= free, start + text.count <= columns else { continue }
        for (offset, character) in text.enumerated() { line[start + offset] = character }
        free = start + text.count + 1
      }
      return margin + String(line)
    }
    let (low, high) = (Number.brief(x.lowerBound), Number.brief(x.upperBound))
    let name = cut(plain(panel.xLabel), max(columns - low.count - high.count - 2, 0))
    let space = max(columns - low.count - high.count - name.count, 0)
    return margin + low + String(repeating: " ", count: space / 2) + name
      + String(repeating: " ", count: space - space / 2) + high
  }

  // MARK: Maps

  /// Cells in four shades, row by row.
  private static func map(_ map: Figure.HeatMap, width: Int, label: String) -> [[Piece]] {
    guard let range = map.range else { return [] }
    let shades = Array(" ░▒▓█")
    let left = min(map.rows.map { plain($0).count }.max() ?? 0, width / 3)
    let room = min(max((width - left - 1) / max(map.columns.count, 1), 1), 8)
    let shown = min(map.columns.count, (width - left - 1) / room)
    var result: [[Piece]] = []
    for (row, values) in map.values.enumerated().prefix(40) {
      let name = cut(plain(map.rows[row]), left)
      var text = String(repeating: " ", count: left - name.count) + name + " "
      for value in values.prefix(shown) {
        let shade = value.isFinite ? shades[1 + min(Int(range.share(of: value) * 4), 3)] : " "
        let number = Number.brief(value)
        text +=
          room >= 6 && value.isFinite && number.count < room - 1
          ? String(repeating: String(shade), count: room - 1 - number.count) + number + " "
          : String(repeating: String(shade), count: room)
      }
      result.append([Piece(text)])
    }
    var names = String(repeating: " ", count: left + 1)
    for column in map.columns.prefix(shown) {
      let name = cut(plain(column), max(room - 1, 1))
      names += name + String(repeating: " ", count: max(room - name.count, 0))
    }
    result.append([Piece(names)])
    let scale = "\(Number.brief(range.lowerBound)) ░▒▓█ \(Number.brief(range.upperBound))"
    let foot = "  across: \(plain(label)), down: \(plain(map.rowLabel))"
    return result + [[Piece(cut(scale + foot, width))]]
  }

  // MARK: Texts

  static func cut(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : width <= 1 ? "" : text.prefix(width - 1) + "…"
  }

  /// A text on one line, without what would steer a terminal.
  private static func plain(_ text: String) -> String {
    String(
      text.unicodeScalars.filter { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
      }.map(Character.init))
  }
}
