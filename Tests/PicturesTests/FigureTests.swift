import Foundation
import Primitives
import Testing

@testable import Pictures

/// A small figure whose every number can be worked out by hand.
private let small = Figure.curves(
  title: "Does it learn?", steps: [1, 2, 3], panels: [("reward", [("run", [0, 1, 1])])], smoothing: 0.5)

@Suite struct FigureTests {
  @Test func `a moving average is not pulled towards zero at its start`() {
    // a = 0.5: s = 0, 0.5, 0.75 over 1 − aᵗ = 0.5, 0.75, 0.875.
    let average = Smoothing.average([0, 1, 1], factor: 0.5)
    #expect(average.count == 3)
    #expect(zip(average, [0, 2.0 / 3, 6.0 / 7]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(Smoothing.average([4, 4, 4], factor: 0.9).allSatisfy { abs($0 - 4) < 1e-12 })
    #expect(Smoothing.average([3, -1], factor: 0) == [3, -1])
    #expect(Smoothing.average([], factor: 0.9) == [])
  }

  @Test func `a missing value leaves the average as it was`() {
    let average = Smoothing.average([1, .nan, 3], factor: 0.5)
    #expect(average[0] == 1)
    #expect(average[1].isNaN)
    #expect(average[2] == Smoothing.average([1, 3], factor: 0.5)[1])
  }

  @Test func `a long line keeps its ends and every peak in at most 4000 points`() {
    var line = (0..<100_000).map { sin(Double($0) / 7) }
    line[31_415] = 9
    line[92_653] = -9
    line[50_000] = .nan
    let kept = Decimation.indices(low: line, high: line)
    #expect(kept.count <= Decimation.limit)
    #expect(kept.count > 3000)
    #expect(kept == Array(Set(kept)).sorted())
    #expect(kept.first == 0 && kept.last == 99_999)
    #expect(kept.contains(31_415) && kept.contains(92_653))
    for count in [0, 1, 3999, 4000] {
      let short = Array(line.prefix(count))
      #expect(Decimation.indices(low: short, high: short) == Array(0..<count))
    }
  }

  @Test func `a long line of nothing but gaps is cut down all the same`() {
    let gaps = [Double](repeating: .nan, count: 10_000)
    #expect(Decimation.indices(low: gaps, high: gaps).count <= Decimation.limit)
  }

  @Test func `labels are moved apart and stay inside`() {
    let places = FigureLayout.spread([0.5, 0.5, 0.99, 1], distance: 0.25)
    #expect(places == [0.25, 0.5, 0.75, 1])
    #expect(FigureLayout.spread([0.9, 0.1], distance: 0.25) == [0.9, 0.1])
    #expect(FigureLayout.spread([], distance: 0.25) == [])
  }

  @Test func `a line's lists are cut to the shortest`() {
    let line = Figure.Line(name: "a", x: [1, 2, 3], y: [1, 2], low: [0], high: [2, 3])
    #expect(line.x == [1] && line.y == [1])
  }

  @Test func `what has no finite number is left out, and nothing at all is an error`() throws {
    let figure = Figure.curves(
      title: "t", steps: [1, 2],
      panels: [("a", [("x", [.nan, .nan]), ("y", [1, .infinity])]), ("b", [("z", [.nan, .nan])]), ("c", [])])
    let drawable = try figure.drawable()
    #expect(drawable.panels.map(\.label) == ["a"])
    #expect(drawable.panels[0].lines.map(\.name) == ["y"])
    let empty = Figure.curves(title: "KL?", steps: [], panels: [("a", [("x", [])])])
    let error = #expect(throws: PicturesError.self) { try empty.drawable() }
    #expect(error?.description == "the figure 'KL?' has nothing to show: it needs at least one finite number")
  }

  @Test func `the table holds every number so that it reads back exactly`() {
    var figure = small
    figure.panels[0].lines[0].name = "a, \"b\""
    figure.panels[0].lines[0].y = [0, 0.1, .nan]
    figure.panels[0].lines[0].low = [-1, -1, -1]
    figure.panels[0].lines[0].high = [1, 1, 1]
    let rows = figure.table.components(separatedBy: "\r\n")
    #expect(rows[0] == "panel,line,x,y,smoothed,low,high")
    #expect(rows[1] == "reward,\"a, \"\"b\"\"\",1.0,0.0,0.0,-1.0,1.0")
    #expect(rows[2].hasPrefix("reward,\"a, \"\"b\"\"\",2.0,0.1,0.0666666666666"))
    #expect(rows[3] == "reward,\"a, \"\"b\"\"\",3.0,,,-1.0,1.0")
    #expect(rows.count == 5)
  }
}

@Suite struct GnuplotScriptTests {
  @Test func `the whole script of a small figure`() throws {
    let expected = """
      set encoding utf8
      $line_1_1 << END_OF_NUMBERS
      1 0
      2 1
      3 1
      END_OF_NUMBERS
      $mean_1_1 << END_OF_NUMBERS
      1 0
      2 0.6666667
      3 0.8571429
      END_OF_NUMBERS
      set terminal pngcairo size 640,434 noenhanced font 'DejaVu Sans,11' background '#ffffff'
      set output 'reward.png'
      set multiplot
      set label 'Does it learn?' at screen 0.03125, screen 0.9447005 left noenhanced \
      font 'DejaVu Sans:Bold,14' tc rgb '#222428'
      set label 'thin: each step; thick: moving average, factor 0.5' at screen 0.03125, screen 0.8917051 left \
      noenhanced font 'DejaVu Sans,9' tc rgb '#6E727A'
      set lmargin at screen 0.115625
      set rmargin at screen 0.925
      set tmargin at screen 0.7788018
      set bmargin at screen 0.1520737
      set border 3 lc rgb '#444444'
      set tics out nomirror scale 0.6 tc rgb '#444444'
      set xtics autofreq norotate
      set ytics autofreq
      set grid ytics lt 1 lc rgb '#dddddd'
      unset key
      unset logscale y
      unset logscale x
      set format y '% h'
      set format x '%h'
      set xrange [1:3]
      set yrange [-0.05:1.05]
      set xlabel 'optimizer step' offset 0, 0.2 noenhanced tc rgb '#444444'
      set label 'reward' at screen 0.115625, screen 0.8156682 left noenhanced tc rgb '#222428'
      set label 'run' at graph 1, graph 0.8246753 left offset character 0.8, 0 noenhanced tc rgb '#0072B2'
      plot $line_1_1 using 1:2 with lines lw 1 lc rgb '#990072B2' notitle, \\
        $mean_1_1 using 1:2 with lines lw 2.5 lc rgb '#0072B2' title 'run' noenhanced
      unset label
      unset object
      unset arrow
      unset multiplot
      set output
      reset

      """
    #expect(try GnuplotScript(small).text(name: "reward", terminals: [.png]) == expected)
  }

  @Test func `quoted text cannot end its string or its line`() {
    #expect(GnuplotScript.quoted("'it''s'") == "'’it’’s’'")
    #expect(GnuplotScript.quoted("a\n!touch x\r\u{0}\u{1B}[31m\u{2028}b") == "'a!touch x[31mb'")
    #expect(GnuplotScript.quoted("`date` \\ $HOME \"") == "'`date` \\ $HOME \"'")
    #expect(GnuplotScript.quoted("緑の星 ★ é") == "'緑の星 ★ é'")
  }

  @Test func `only plain names become names of files`() {
    #expect(["reward", "KL-2_b", "9"].allSatisfy(GnuplotScript.isPlain))
    #expect(!["", "-rf", "a b", "|sh", "<x", "a'b", "../x", "a.b", "é"].contains(where: GnuplotScript.isPlain))
  }

  @Test func `gaps lift the pen, logarithmic panels drop what they cannot show`() throws {
    let line = Figure.Line(name: "", x: [1, 2, 3, 4, 5], y: [10, .nan, 0, 1000, 100])
    let panel = Figure.Panel(label: "KL (nats)", isLogarithmic: true, lines: [line])
    let text = try GnuplotScript(Figure(title: "t", panels: [panel], smoothing: 0)).text(name: "t")
    #expect(text.contains("$line_1_1 << END_OF_NUMBERS\n1 10\n\n4 1000\n5 100\nEND_OF_NUMBERS\n"))
    #expect(text.contains("set logscale y\nunset logscale x\nset format y '%g'\n"))
    #expect(text.contains("set yrange [7.943282:1258.925]\n"))  // 10^(1 ∓ 0.1), 10^(3 + 0.1)
  }

  @Test func `colours keep their order, many lines get dashes and a key`() throws {
    let lines = (1...7).map { Figure.Line(name: "run \($0)", x: [1, 2], y: [Double($0), 0]) }
    let text = try GnuplotScript(Figure(title: "t", panels: [.init(label: "r", lines: lines)], smoothing: 0))
      .text(name: "t", terminals: [.svg])
    #expect(
      text.contains(
        "$line_1_1 using 1:2 with linespoints pt 7 ps 0.7 lw 2 lc rgb '#0072B2' dt 1 title 'run 1' noenhanced"))
    #expect(
      text.contains(
        "$line_1_7 using 1:2 with linespoints pt 7 ps 0.7 lw 2 lc rgb '#000000' dt 2 title 'run 7' noenhanced"))
    #expect(text.contains("set key at graph 1.01"))
    #expect(!text.contains("set label 'run 1'"))
  }
}
