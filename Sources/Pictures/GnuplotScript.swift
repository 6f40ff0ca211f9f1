/// A figure as text for gnuplot: the house style, the numbers, and no word of a user that could become a command.
///
/// Words of the user go through ``quoted(_:)`` and nowhere else; numbers are printed here; file names are checked.
struct GnuplotScript {
  let figure: Figure
  let layout: FigureLayout

  /// - Throws: ``PicturesError/nothingToShow(_:lacks:)`` for a figure without a finite number.
  init(_ figure: Figure) throws(PicturesError) {
    self.figure = try figure.drawable()
    layout = FigureLayout(self.figure)
  }

  /// The whole script: the numbers, then the drawing for each kind of picture.
  ///
  /// - Parameters:
  ///   - name: the pictures' name without ending, letters, digits, `-` and `_` only; another becomes `figure`.
  ///   - terminals: the kinds of picture.
  func text(name: String, terminals: [Figure.Format] = [.png, .svg]) -> String {
    var lines = ["set encoding utf8"]
    for (index, panel) in figure.panels.enumerated() { lines += numbers(of: panel, index) }
    for terminal in terminals {
      lines += opening(terminal, name: GnuplotScript.isPlain(name) ? name : "figure")
      lines += ["set multiplot"] + heading()
      for (index, panel) in figure.panels.enumerated() where !panel.isEmpty {
        lines += axes(panel, index) + drawing(panel, index)
      }
      lines += ["unset multiplot", "set output", "reset"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A name that needs no quoting and that no shell or command reads as more than a name.
  static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix("-")
      && name.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
      }
  }

  /// A text in single quotes, which run nothing: without control characters, which would end the command.
  ///
  /// Single quotes inside become typographic ones: gnuplot 5.4.4 takes a doubled quote at the start of a string for an
  /// empty string, and of two doubled quotes in a row loses what follows. Every place that uses this also says
  /// `noenhanced`, or `_` and `^` would be markup.
  static func quoted(_ text: String) -> String {
    let letters = text.unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate: false
      default: true
      }
    }
    return "'" + String(String.UnicodeScalarView(letters)).replacing("'", with: "’") + "'"
  }

  // MARK: Numbers

  private static let end = "END_OF_NUMBERS"

  private func numbers(of panel: Figure.Panel, _ index: Int) -> [String] {
    if let map = panel.map, let range = map.range { return cells(map, range, index) }
    return panel.lines.enumerated().flatMap { place, line in
      let name = "\(index + 1)_\(place + 1)"
      var blocks = block("$line_\(name)", panel, line, [line.y])
      if let smooth = figure.smoothed(line) { blocks += block("$mean_\(name)", panel, line, [smooth]) }
      if let low = line.low, let high = line.high { blocks += block("$band_\(name)", panel, line, [low, high]) }
      return blocks
    }
  }

  /// Rows of x and one column or two; a row that cannot be drawn is a blank line, at which gnuplot lifts the pen.
  private func block(_ name: String, _ panel: Figure.Panel, _ line: Figure.Line, _ columns: [[Double]]) -> [String] {
    var rows: [String] = []
    let limit = line.marks == .dots ? Int.max : Decimation.limit
    for index in Decimation.indices(low: columns[0], high: columns[columns.count - 1], limit: limit) {
      let values = columns.map { $0[index] }
      if line.x[index].isFinite, !panel.isLogarithmicX || line.x[index] > 0,
        values.allSatisfy({ $0.isFinite && (!panel.isLogarithmic || $0 > 0) })
      {
        rows.append(([line.x[index]] + values).map(Number.short).joined(separator: " "))
      } else if rows.last?.isEmpty == false {
        rows.append("")
      }
    }
    return ["\(name) << \(GnuplotScript.end)"] + rows + [GnuplotScript.end]
  }

  /// Rows of x, y, the cell's colour, its letters' colour and its number as it is written in it.
  private func cells(_ map: Figure.HeatMap, _ range: ClosedRange<Double>, _ index: Int) -> [String] {
    var rows: [String] = []
    let texts = map.texts
    for (row, values) in map.values.enumerated() {
      for (column, value) in values.enumerated() where value.isFinite {
        let share = range.share(of: value)
        let letters = HeatScale.isPale(share) ? 0x22_2428 : 0xFF_FFFF
        rows.append(
          "\(column) \(map.rows.count - 1 - row) \(HeatScale.color(share).number) \(letters) \(texts[row][column])")
      }
    }
    return ["$cells_\(index + 1) << \(GnuplotScript.end)"] + rows + [GnuplotScript.end]
  }

  // MARK: What surrounds the panels

  private func opening(_ terminal: Figure.Format, name: String) -> [String] {
    let style = "noenhanced font 'DejaVu Sans,11' background '#ffffff'"
    // 96 pixels are an inch, in which a paper's figure is measured.
    let inches = [layout.width, layout.height].map { Number.short(Double($0) / 96) + "in" }.joined(separator: ",")
    return switch terminal {
    case .png: ["set terminal pngcairo size \(layout.width),\(layout.height) \(style)", "set output '\(name).png'"]
    case .svg: ["set terminal svg size \(layout.width),\(layout.height) \(style)", "set output '\(name).svg'"]
    case .pdf: ["set terminal pdfcairo size \(inches) fontscale 0.75 \(style)", "set output '\(name).pdf'"]
    }
  }

  func across(_ x: Int) -> String { Number.short(Double(x) / Double(layout.width)) }
  func up(_ y: Int) -> String { Number.short(1 - Double(y) / Double(layout.height)) }
  func screen(x: Int, y: Int) -> String { "screen \(across(x)), screen \(up(y))" }

  /// Title, note and shared key, at the figure's left edge; drawn with the first panel.
  private func heading() -> [String] {
    var lines: [String] = []
    var y = 24
    for text in layout.title {
      lines.append(
        "set label \(GnuplotScript.quoted(text)) at \(screen(x: 20, y: y)) left noenhanced "
          + "font 'DejaVu Sans:Bold,14' tc rgb '#222428'")
      y += FigureLayout.titleLine
    }
    y -= 1
    for text in layout.note {
      lines.append(
        "set label \(GnuplotScript.quoted(text)) at \(screen(x: 20, y: y)) left noenhanced "
          + "font 'DejaVu Sans,9' tc rgb '#6E727A'")
      y += FigureLayout.noteLine
    }
    for (place, entry) in layout.key.enumerated() {
      let color = Palette.line(place)
      lines.append(
        "set arrow from \(screen(x: entry.x, y: y + 8)) to \(screen(x: entry.x + 20, y: y + 8)) nohead lw 2.5 "
          + "lc rgb '\(color)'")
      lines.append(
        "set label \(GnuplotScript.quoted(entry.name)) at \(screen(x: entry.x + 26, y: y + 8)) left noenhanced "
          + "tc rgb '\(color)'")
    }
    return lines
  }
}
