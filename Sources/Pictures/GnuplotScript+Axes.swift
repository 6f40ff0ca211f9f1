/// The axes of a panel: where they stand, their ticks and names.
extension GnuplotScript {
  func axes(_ panel: Figure.Panel, _ index: Int) -> [String] {
    let axes = layout.panels[index]
    var lines = [
      "set lmargin at screen \(across(axes.left))", "set rmargin at screen \(across(axes.right))",
      "set tmargin at screen \(up(axes.top))", "set bmargin at screen \(up(axes.bottom))",
      panel.uprights.isEmpty && panel.map == nil ? "set border 3 lc rgb '#444444'" : "unset border",
      "set tics out nomirror scale \(panel.map == nil ? "0.6" : "0") tc rgb '#444444'",
      xTicks(panel, axes), yTicks(panel, axes),
      panel.uprights.isEmpty && panel.map == nil ? "set grid ytics lt 1 lc rgb '#dddddd'" : "unset grid",
      key(panel),
      panel.isLogarithmic ? "set logscale y" : "unset logscale y",
      panel.isLogarithmicX ? "set logscale x" : "unset logscale x",
      "set format y '\(axes.hasLeft ? panel.isLogarithmic ? "%g" : "% h" : "")'",
      "set format x '\(axes.hasBottom ? panel.isLogarithmicX ? "%g" : "%h" : "")'",
      "set xrange [\(Number.short(axes.x.lowerBound)):\(Number.short(axes.x.upperBound))]",
      "set yrange [\(Number.short(axes.y.lowerBound)):\(Number.short(axes.y.upperBound))]",
      axes.hasBottom
        ? "set xlabel \(GnuplotScript.quoted(panel.xLabel)) offset 0, 0.2 noenhanced tc rgb '#444444'" : "unset xlabel",
      "set label \(GnuplotScript.quoted(panel.label)) at \(screen(x: axes.left, y: axes.top - 16)) left noenhanced "
        + "tc rgb '#222428'",
    ]
    if layout.key.isEmpty, FigureLayout.hasEndLabels(panel) { lines += endLabels(panel, axes) }
    if let range = panel.scale { lines += scale(range, axes) }
    // Numbers among lines stand on white.
    if !panel.uprights.isEmpty {
      lines.append("set style textbox opaque fillcolor '#ffffff' noborder margins 0.4, 0.2")
    }
    for (place, ticks) in panel.uprights.enumerated() {
      lines += upright(ticks, place, isLast: place == panel.uprights.count - 1)
    }
    if let map = panel.map {
      lines.append(
        "set label \(GnuplotScript.quoted(map.rowLabel)) at \(screen(x: axes.left - 8, y: axes.bottom + 18)) right "
          + "noenhanced tc rgb '#444444'")
    }
    return lines
  }

  private func key(_ panel: Figure.Panel) -> String {
    let names = panel.lines.filter { !$0.name.isEmpty }.count
    guard layout.key.isEmpty, !FigureLayout.hasEndLabels(panel), names > 0, panel.lines.count > 1 else {
      return "unset key"
    }
    return "set key at graph 1.01, graph 1 left top Left reverse samplen \(panel.lines.count > 5 ? 3 : 1.5)"
  }

  private func xTicks(_ panel: Figure.Panel, _ axes: FigureLayout.Axes) -> String {
    let names = panel.map?.columns.enumerated().map { .init(Double($0), $1) } ?? panel.names
    guard let names else { return "set xtics autofreq norotate" }
    // Of many names every so many is written.
    let room = axes.isAslant ? 18 : 8 * FigureLayout.longest(names.map(\.text)) + 8
    let step = max((names.count * room + axes.right - axes.left - 1) / max(axes.right - axes.left, 1), 1)
    return "set xtics \(axes.isAslant ? "rotate by 30 right" : "norotate") "
      + ticks(names.enumerated().filter { $0.offset % step == 0 }.map(\.element), isShown: axes.hasBottom)
  }

  private func yTicks(_ panel: Figure.Panel, _ axes: FigureLayout.Axes) -> String {
    if !panel.uprights.isEmpty { return "unset ytics" }
    guard let map = panel.map else { return "set ytics autofreq" }
    let step = max((map.rows.count * 18 + axes.bottom - axes.top - 1) / max(axes.bottom - axes.top, 1), 1)
    let names = map.rows.enumerated().filter { $0.offset % step == 0 }.map { row, name in
      Figure.Panel.Tick(Double(map.rows.count - 1 - row), name)
    }
    return "set ytics " + ticks(names, isShown: axes.hasLeft)
  }

  private func ticks(_ names: [Figure.Panel.Tick], isShown: Bool) -> String {
    let texts = names.map { tick in
      "\(GnuplotScript.quoted(isShown ? FigureLayout.cut(tick.text) : "")) \(Number.short(tick.place))"
    }
    return "noenhanced (" + texts.joined(separator: ", ") + ")"
  }

  private func endLabels(_ panel: Figure.Panel, _ axes: FigureLayout.Axes) -> [String] {
    let places = panel.lines.map { line in
      let last = (figure.smoothed(line) ?? line.y).last { $0.isFinite && (!panel.isLogarithmic || $0 > 0) }
      return axes.y.share(of: last ?? axes.y.lowerBound, isLogarithmic: panel.isLogarithmic)
    }
    let spread = FigureLayout.spread(places, distance: 16 / Double(axes.bottom - axes.top))
    return panel.lines.enumerated().map { place, line in
      "set label \(GnuplotScript.quoted(FigureLayout.endLabel(line))) at graph 1, "
        + "graph \(Number.short(spread[place])) left offset character 0.8, 0 noenhanced tc rgb '\(line.color(place))'"
    }
  }

  /// The heat scale right of the axes, its ends and its middle as numbers.
  private func scale(_ range: ClosedRange<Double>, _ axes: FigureLayout.Axes) -> [String] {
    let (left, right) = (axes.right + 16, axes.right + 28)
    let height = Double(axes.bottom - axes.top)
    var lines = (0..<48).map { step in
      let (low, high) = (Double(step) / 48, Double(step + 1) / 48)
      let (from, to) = (Double(axes.bottom) - low * height, Double(axes.bottom) - high * height)
      // A hair's overlap hides the seams.
      let bottom = Number.short(1 - (from + 0.5) / Double(layout.height))
      let top = Number.short(1 - to / Double(layout.height))
      return "set object rectangle from screen \(across(left)), screen \(bottom) to screen \(across(right)), "
        + "screen \(top) fc rgb '\(HeatScale.color((low + high) / 2).hex)' fs solid noborder"
    }
    for (share, value) in [
      (0, range.lowerBound), (0.5, range.lowerBound / 2 + range.upperBound / 2), (1, range.upperBound),
    ] as [(Double, Double)] {
      lines.append(
        "set label '\(Number.brief(value, of: range))' at \(screen(x: right + 6, y: axes.bottom - Int(share * height))) left "
          + "font 'DejaVu Sans,9' tc rgb '#444444'")
    }
    return lines
  }

  /// An upright axis of parallel coordinates with its ticks.
  private func upright(_ ticks: [Figure.Panel.Tick], _ place: Int, isLast: Bool) -> [String] {
    ["set arrow from first \(place), graph 0 to first \(place), graph 1 nohead front lw 1.2 lc rgb '#444444'"]
      + ticks.map { tick in
        "set label \(GnuplotScript.quoted(FigureLayout.cut(tick.text))) at first \(place), first "
          + "\(Number.short(tick.place)) left offset character 0.5, 0 noenhanced front boxed "
          + "font 'DejaVu Sans,9' tc rgb '#222428'"
      }
  }
}
