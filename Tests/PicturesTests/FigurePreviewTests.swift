import Testing

@testable import Pictures

@Suite struct FigurePreviewTests {
  @Test func `a dot is the bit that Unicode gives it`() {
    // Dots 1 to 8 of a Braille character: U+2801, 2802, 2804, 2808, 2810, 2820, 2840, 2880.
    let places = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    let characters = places.map { place -> Character in
      var grid = BrailleGrid(columns: 1, rows: 1)
      grid.set(place.0, place.1, owner: 0)
      return grid.row(0)[0].character
    }
    #expect(String(characters) == "⠁⠂⠄⠈⠐⠠⡀⢀")
  }

  private static let rising = Figure(
    title: "Does it rise?", note: "",
    panels: [
      .init(
        label: "reward", xLabel: "step",
        lines: [
          .init(name: "think", x: [0, 10], y: [0, 1]), .init(name: "no", x: [0, 10], y: [0, 0]),
        ])
    ], smoothing: 0)

  @Test func `a figure in forty columns`() {
    let preview = FigurePreview(Self.rising, width: 40)
    #expect(preview.plain == Self.expected)
    #expect(preview.coloured.contains("\u{1B}[38;5;32m"))
    #expect(preview.coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == preview.plain)
  }

  private static let expected = """
    Does it rise?
    reward
     1.05┤                          ⢀⡠ think
         │                       ⢀⠤⠒⠁
         │                    ⢀⠤⠊⠁
         │                 ⣀⠔⠊⠁
         │              ⣀⠔⠊
      0.5┤           ⡠⠔⠉
         │       ⢀⡠⠔⠉
         │    ⢀⡠⠒⠁
         │ ⢀⠤⠒⠁
    -0.05┤⠚⠓⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒ no
          0          step           10
    """

  private static let wide = Figure.curves(
    title: String(repeating: "Long ", count: 60), steps: (0..<50).map(Double.init),
    panels: (1...4).map { ("panel \($0)", [("a line with quite a long name", (0..<50).map { Double($0 * $0) })]) })
  private static let map: Figure = {
    let map = Figure.HeatMap(
      columns: (0..<30).map { "column \($0)" }, rows: ["a", "b"], rowLabel: "row",
      values: [(0..<30).map(Double.init), (0..<30).map { _ in Double.nan }])
    return Figure(title: "map", panels: [.init(label: "x", xLabel: "columns", map: map)])
  }()
  private static let axes = Figure(
    title: "axes",
    panels: [
      ParallelAxes.panel(
        label: "", axes: (0..<9).map { .init(name: "axis number \($0)", values: [Double($0), 3, 4]) })
    ])
  private static let bars = Figure(
    title: "bars",
    panels: [
      .init(label: "rows", xLabel: "x", lines: [.init(name: "", x: [1, 2], y: [3, 1], marks: .bars(width: 1))])
    ])

  @Test(arguments: [24, 40, 80, 200])
  func `no line is wider than the terminal`(width: Int) {
    for figure in [Self.rising, Self.wide, Self.map, Self.axes, Self.bars] {
      let lines = FigurePreview(figure, width: width).plain.split(separator: "\n")
      #expect(lines.count > 4)
      #expect(lines.allSatisfy { $0.count <= width }, "\(figure.title.prefix(9)) at \(width)")
    }
  }

  @Test func `names cannot steer a terminal`() {
    var figure = Self.rising
    figure.title = "a\u{1B}[2Jb\nc"
    figure.panels[0].label = "\u{1B}]0;x\u{7}"
    figure.panels[0].lines[0].name = "\u{202E}evil\u{0}"
    let text = FigurePreview(figure, width: 60).plain
    #expect(
      !text.contains("\u{1B}") && !text.contains("\u{7}") && !text.contains("\u{202E}") && !text.contains("\u{0}"))
  }
}
