/// A figure as text for gnuplot: the house style, the numbers, and no word of a user that could become a command.
///
/// Words of the user go through ``quoted(_:)`` and nowhere else; numbers are printed here; file names are checked.
struct GnuplotScript {
  /// A kind of picture that gnuplot writes.
  enum Terminal: String {
    case png, svg
  }

  private let figure: Figure
  private let layout: FigureLayout

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
  func text(name: String, terminals: [Terminal] = [.png, .svg]) -> String {
    var lines = ["set encoding utf8"]
    for (index, panel) in figure.panels.enumerated() { lines += numbers(of: panel, index) }
    for terminal in terminals {
      lines += opening(terminal, name: GnuplotScript.isPlain(name) ? name : "figure")
      lines += ["set multiplot"] + heading()
      for (index, panel) in figure.panels.enumerated() { lines += axes(panel, index) + curves(panel, index) }
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

  private func smoothed(_ line: Figure.Line) -> [Double]? {
    figure.smoothing > 0 && line.y.count > 1 ? Smoothing.average(line.y, factor: figure.smoothing) : nil
  }

  private func numbers(of panel: Figure.Panel, _ index: Int) -> [String] {
    panel.lines.enumerated().flatMap { place, line in
      let name = "\(index + 1)_\(place + 1)"
      var blocks = block("$line_\(name)", panel, line, [line.y])
      if let smooth = smoothed(line) { blocks += block("$mean_\(name)", panel, line, [smooth]) }
      if let low = line.low, let high = line.high { blocks += block("$band_\(name)", panel, line, [low, high]) }
      return blocks
    }
  }

  /// Rows of x and one column or two; a row that cannot be drawn is a blank line, at which gnuplot lifts the pen.
  private func block(_ name: String, _ panel: Figure.Panel, _ line: Figure.Line, _ columns: [[Double]]) -> [String] {
    var rows: [String] = []
    for index in Decimation.indices(low: columns[0], high: columns[columns.count - 1]) {
      let values = columns.map { $0[index] }
      if line.x[index].isFinite, values.allSatisfy({ $0.isFinite && (!panel.isLogarithmic || $0 > 0) }) {
        rows.append(([line.x[index]] + values).map(Number.short).joined(separator: " "))
      } else if rows.last?.isEmpty == false {
        rows.append("")
      }
    }
    return ["\(name) << \(GnuplotScript.end)"] + rows + [GnuplotScript.end]
  }

  // MARK: Drawing

  private func opening(_ terminal: Terminal, name: String) -> [String] {
    let size = "size \(layout.width),\(layout.height) noenhanced font 'DejaVu Sans,11' background '#ffffff'"
    return switch terminal {
    case .png: ["set terminal pngcairo \(size)", "set output '\(name).png'"]
    case .svg: ["set terminal svg \(size)", "set output '\(name).svg'"]
    }
  }

  private func screen(x: Int, y: Int) -> String {
    let (left, up) = (Double(x) / Double(layout.width), 1 - Double(y) / Double(layout.height))
    return "screen \(Number.short(left)), screen \(Number.short(up))"
  }

  /// Title and note, at the figure's left edge; drawn with the first panel.
  private func heading() -> [String] {
    var lines = [
      "set label 1 \(GnuplotScript.quoted(figure.title)) at \(screen(x: 20, y: 24)) left noenhanced "
        + "font 'DejaVu Sans:Bold,14' tc rgb '#222428'"
    ]
    if !figure.note.isEmpty {
      lines.append(
        "set label 2 \(GnuplotScript.quoted(figure.note)) at \(screen(x: 20, y: 47)) left noenhanced "
          + "font 'DejaVu Sans,9' tc rgb '#6E727A'")
    }
    return lines
  }

  private func axes(_ panel: Figure.Panel, _ index: Int) -> [String] {
    let axes = layout.panels[index]
    func across(_ x: Int) -> String { Number.short(Double(x) / Double(layout.width)) }
    func up(_ y: Int) -> String { Number.short(1 - Double(y) / Double(layout.height)) }
    let key =
      FigureLayout.hasEndLabels(panel) || panel.lines.count < 2
      ? "unset key" : "set key at graph 1.01, graph 1 left top Left reverse samplen 3"
    var lines = [
      "set lmargin at screen \(across(axes.left))", "set rmargin at screen \(across(axes.right))",
      "set tmargin at screen \(up(axes.top))", "set bmargin at screen \(up(axes.bottom))",
      "set border 3 lc rgb '#444444'", "set tics out nomirror scale 0.6 tc rgb '#444444'",
      "set xtics autofreq", "set ytics autofreq", "set grid ytics lt 1 lc rgb '#dddddd'", key,
      panel.isLogarithmic ? "set logscale y" : "unset logscale y",
      panel.isLogarithmic ? "set format y '%g'" : "set format y '% h'",
      "set xrange [\(Number.short(axes.x.lowerBound)):\(Number.short(axes.x.upperBound))]",
      "set yrange [\(Number.short(axes.y.lowerBound)):\(Number.short(axes.y.upperBound))]",
      "set xlabel \(GnuplotScript.quoted(panel.xLabel)) offset 0, 0.2 noenhanced tc rgb '#444444'",
      "set label 3 \(GnuplotScript.quoted(panel.label)) at \(screen(x: axes.left, y: axes.top - 16)) left noenhanced "
        + "tc rgb '#222428'",
    ]
    if FigureLayout.hasEndLabels(panel) { lines += endLabels(panel, axes) }
    return lines
  }

  private func endLabels(_ panel: Figure.Panel, _ axes: FigureLayout.Axes) -> [String] {
    let places = panel.lines.map { line in
      let last = (smoothed(line) ?? line.y).last { $0.isFinite && (!panel.isLogarithmic || $0 > 0) }
      return FigureLayout.share(of: last ?? axes.y.lowerBound, in: axes.y, isLogarithmic: panel.isLogarithmic)
    }
    let spread = FigureLayout.spread(places, distance: 16 / Double(axes.bottom - axes.top))
    return panel.lines.enumerated().map { place, line in
      "set label \(place + 4) \(GnuplotScript.quoted(FigureLayout.endLabel(line))) at graph 1, "
        + "graph \(Number.short(spread[place])) left offset character 0.8, 0 noenhanced tc rgb '\(Palette.line(place))'"
    }
  }

  private func curves(_ panel: Figure.Panel, _ index: Int) -> [String] {
    var bands: [String] = []
    var thin: [String] = []
    var thick: [String] = []
    for (place, line) in panel.lines.enumerated() {
      let name = "\(index + 1)_\(place + 1)"
      let color = Palette.line(place)
      // More lines than can be told by colour are told by their dashes as well.
      let dash = panel.lines.count > 4 ? " dt \(place % 5 + 1)" : ""
      let title = "title \(GnuplotScript.quoted(FigureLayout.endLabel(line))) noenhanced"
      if line.low != nil {
        bands.append(
          "$band_\(name) using 1:2:3 with filledcurves fs transparent solid 0.2 noborder lc rgb '\(color)' notitle")
      }
      if line.y.indices.count(where: { panel.shows(line, $0) }) == 1 {
        thick.append("$line_\(name) using 1:2 with points pt 7 ps 1 lc rgb '\(color)' \(title)")
      } else if smoothed(line) != nil {
        let faint = "#99" + color.dropFirst()
        thin.append("$line_\(name) using 1:2 with lines lw 1 lc rgb '\(faint)' notitle")
        thick.append("$mean_\(name) using 1:2 with lines lw 2.5 lc rgb '\(color)'\(dash) \(title)")
      } else {
        thick.append("$line_\(name) using 1:2 with lines lw 2 lc rgb '\(color)'\(dash) \(title)")
      }
    }
    return ["plot " + (bands + thin + thick).joined(separator: ", \\\n  "), "unset label"]
  }
}
