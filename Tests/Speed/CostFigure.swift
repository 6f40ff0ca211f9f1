import Foundation
import Pictures

/// How time grows with rows, layers and length, drawn against the arithmetic of the same works.
enum CostFigure {
  private struct Point {
    let x: Double
    let seconds: Double
    let arithmetic: Double
  }

  /// Measures and draws; it takes about a quarter of a minute.
  ///
  /// - Parameter path: the files' path without ending.
  /// - Returns: what was measured, in words.
  static func draw(to path: String) throws -> String {
    let (rows, layers, lengths) = (try rows(), try layers(), try lengths())
    let figure = Figure(
      title: "Does cost grow as the arithmetic does?",
      note: "arithmetic: floating-point operations, counted, at the rate that the largest size was measured to have",
      panels: [
        panel("sampling, seconds", "rows", rows), panel("training step, seconds", "layers", layers),
        panel("training step of 4 sequences, seconds", "tokens of a sequence, hundreds", lengths),
      ], smoothing: 0)
    _ = try figure.write(to: path)
    return [("rows", rows), ("layers", layers), ("length", lengths)].map { name, points in
      name + ": " + points.map { "\($0.x) \(($0.seconds * 1000).rounded()) ms" }.joined(separator: ", ")
    }.joined(separator: "\n") + "\n"
  }

  private static func panel(_ label: String, _ x: String, _ points: [Point]) -> Figure.Panel {
    let rate = points.last.map { $0.arithmetic / $0.seconds } ?? 1
    return Figure.Panel(
      label: label, xLabel: x, mustShow: [0],
      lines: [
        Figure.Line(name: "measured", x: points.map(\.x), y: points.map(\.seconds)),
        Figure.Line(name: "arithmetic", x: points.map(\.x), y: points.map { $0.arithmetic / rate }),
      ])
  }

  private static func rows() throws -> [Point] {
    try [8, 16, 32, 64, 96, 128, 192, 256].map { rows in
      var sizes = Sizes()
      (sizes.layers, sizes.rows) = (4, rows)
      return try point(Double(rows), "sample", sizes)
    }
  }

  private static func layers() throws -> [Point] {
    try [1, 2, 3, 4, 6, 8, 12].map { layers in
      var sizes = Sizes()
      (sizes.width, sizes.heads, sizes.feedForward, sizes.layers) = (256, 8, 704, layers)
      (sizes.rows, sizes.rationale) = (8, 50)
      return try point(Double(layers), "train", sizes)
    }
  }

  private static func lengths() throws -> [Point] {
    try [128, 256, 512, 768, 1024, 1536, 2048].map { length in
      var sizes = Sizes()
      (sizes.layers, sizes.rows, sizes.context) = (4, 4, 2048)
      // Around prompt, thought and 64 codes stand BOS, THINK, IMAGE_START, IMAGE_END and EOS.
      sizes.rationale = length - sizes.prompt - 69
      return try point(Double(length) / 100, "train", sizes)
    }
  }

  /// The median of three after one that warms up.
  private static func point(_ x: Double, _ work: String, _ sizes: Sizes) throws -> Point {
    let bench = try Bench(sizes)
    let arithmetic = try bench.run("describe", path: nil).values[work] ?? 0
    let seconds = try (0..<4).map { _ in
      let start = ContinuousClock.now
      _ = try bench.run(work, path: nil)
      return (ContinuousClock.now - start) / .seconds(1)
    }
    return Point(x: x, seconds: seconds.dropFirst().sorted()[1], arithmetic: arithmetic)
  }
}
