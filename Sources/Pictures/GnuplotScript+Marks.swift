/// What stands between the axes of a panel: bands, lines, points, bars and cells.
extension GnuplotScript {
  func drawing(_ panel: Figure.Panel, _ index: Int) -> [String] {
    let parts = panel.map.map { cells($0, index) } ?? marks(panel, index)
    return ["plot " + parts.joined(separator: ", \\\n  "), "unset label", "unset object", "unset arrow"]
  }

  /// Bands lie below thin lines, those below thick ones, and points above all.
  private func marks(_ panel: Figure.Panel, _ index: Int) -> [String] {
    var (bands, thin, thick): ([String], [String], [String]) = ([], [], [])
    for (place, line) in panel.lines.enumerated() where panel.shows(line) {
      let name = "\(index + 1)_\(place + 1)"
      let color = line.color(place)
      // More lines than can be told by colour are told by their dashes as well.
      let dash = panel.lines.count > 4 && line.share == nil ? " dt \(place % 5 + 1)" : ""
      let title =
        line.name.isEmpty ? "notitle" : "title \(GnuplotScript.quoted(FigureLayout.endLabel(line))) noenhanced"
      if line.low != nil {
        bands.append(
          "$band_\(name) using 1:2:3 with filledcurves fs transparent solid 0.2 noborder lc rgb '\(color)' notitle")
      }
      switch line.marks {
      case .dots:
        let shape = [7, 5, 9, 13, 11][place % 5]
        thick.append("$line_\(name) using 1:2 with points pt \(shape) ps 0.9 lc rgb '\(color)' \(title)")
      case .steps:
        bands.append("$line_\(name) using 1:2 with lines lw 1.5 dt 2 lc rgb '\(color)' \(title)")
      case .bars(let width):
        thick.append(
          "$line_\(name) using 1:2:(\(Number.short(width))) with boxes lc rgb '\(color)' "
            + "fs transparent solid 0.35 border lc rgb '\(color)' \(title)")
      case .curve, .plain:
        let points = line.y.indices.count { panel.shows(line, $0) }
        if points == 1 {
          thick.append("$line_\(name) using 1:2 with points pt 7 ps 1 lc rgb '\(color)' \(title)")
        } else if figure.smoothed(line) != nil {
          let faint = "#99" + color.dropFirst()
          thin.append("$line_\(name) using 1:2 with lines lw 1 lc rgb '\(faint)' notitle")
          thick.append("$mean_\(name) using 1:2 with lines lw 2.5 lc rgb '\(color)'\(dash) \(title)")
        } else {
          // Few points are worth being seen.
          let style = points <= 12 && line.share == nil ? "linespoints pt 7 ps 0.7" : "lines"
          let weight = line.share == nil ? "2" : "1.4"
          thick.append("$line_\(name) using 1:2 with \(style) lw \(weight) lc rgb '\(color)'\(dash) \(title)")
        }
      }
    }
    return bands + thin + thick
  }

  private func cells(_ map: Figure.HeatMap, _ index: Int) -> [String] {
    let name = "$cells_\(index + 1)"
    // Many cells overlap by a hair, so that no lines between them are seen.
    let half = max(map.columns.count, map.rows.count) <= 24 ? "0.48" : "0.54"
    let box = "\(name) using 1:2:($1-\(half)):($1+\(half)):($2-\(half)):($2+\(half)):3"
    var parts = ["\(box) with boxxyerror fs solid 1 noborder lc rgb variable notitle"]
    let axes = layout.panels[index]
    let room = (axes.right - axes.left) / max(map.columns.count, 1)
    if 8 * (map.texts.joined().map(\.count).max() ?? 0) <= room, (axes.bottom - axes.top) / max(map.rows.count, 1) >= 18
    {
      parts.append("\(name) using 1:2:5:4 with labels noenhanced tc rgb variable notitle")
    }
    return parts
  }
}
