import Foundation
import Pictures
import Primitives
import Records
import Script

/// The function that draws figures of tables.
enum Plotting {
  /// What a table can be drawn as.
  enum Kind: String, CaseIterable {
    case curves, histogram, heatmap, scatter, parallel
  }

  static let functions: [Member] = [
    .function(
      "plot", "Draws columns of a table through gnuplot: curves, histograms, heat maps, clouds, parallel axes",
      [
        Parameter("table", .table, "such as trainer.history, or what sweep gives"),
        Parameter(
          "y", .either([.string, .list(.string)]),
          "what is drawn, each column in a panel of its own; of parallel axes from left to right, the last colours",
          suggestions: .columns),
        Parameter(
          "x", .string, default: .described("step, position or epoch, the first there is"),
          "the column along the bottom",
          suggestions: .columns),
        Parameter("kind", .choice(Kind.allCases.map(\.rawValue)), default: "curves", "what it is drawn as"),
        Parameter(
          "by", .either([.string, .list(.string)]), default: .nothing,
          "columns whose values make a line each; of a heat map its rows", suggestions: .columns),
        Parameter(
          "panels", .either([.string, .list(.string)]), default: .nothing,
          "one column or two whose values make a small panel each", suggestions: .columns),
        Parameter(
          "band", .string, default: .nothing,
          "the column that tells repetitions apart, such as seed: a line is then their mean, with a band",
          suggestions: .columns),
        Parameter(
          "log", .either([.bool, .string, .list(.string)]), default: .described("kl and lr over two decades and more"),
          "the columns on a logarithmic scale, or whether all that is drawn is", suggestions: .columns),
        Parameter(
          "smooth", .number, default: .described("0.9 over steps, else 0"), limits: 0...0.9999,
          "factor of the moving average of curves; 0 is none"),
        Parameter(
          "bins", .int, default: .described("what the numbers suggest"), limits: 1...200, "bars of a histogram"),
        Parameter(
          "frontier", .choice(Frontier.allCases.map(\.rawValue)), default: .nothing,
          "draws the points of a cloud that no other beats, where this corner is best"),
        Parameter("title", .string, default: .described("the columns' names"), "what the figure answers"),
        Parameter(
          "formats", .list(.choice(Figure.Format.allCases.map(\.rawValue))), default: .described("png and svg"),
          "kinds of picture besides PNG"),
        Parameter("save", .string, default: .described("the columns' names"), "the files' name, without ending"),
      ], result: .object("figure"), example: "plot(trainer.history, y: [\"reward\", \"kl\"])"
    ) { arguments, context in
      let figure = try Plot(arguments, context).figure()
      let names: [String] = try arguments.names("y")
      let name: String = try arguments["save"] ?? names.joined(separator: "-")
      let formats: [String] = try arguments["formats"] ?? ["svg"]
      let run = try Run.of(context)
      let path = try run.numbered(name, in: .plots)
      do {
        let files = try figure.write(to: path, formats: formats.compactMap(Figure.Format.init))
        let paths = [files.png, files.svg, files.pdf, files.script, files.table].compactMap { $0 }
        return .object(FigureObject(figure, paths: paths, png: Array(try AtomicFile.read(files.png))))
      } catch let error as PicturesError {
        guard let kept = error.keptOfFigure else { throw error }
        // Hours of training are not given up for a picture; that gnuplot is missing is said once.
        var isMissing = false
        if case .gnuplotMissing = error { isMissing = true }
        if !isMissing || run.isFirst("gnuplot") { context.output.write("\(error)") }
        return .object(FigureObject(figure, paths: kept, png: nil))
      }
    }
  ]
}

extension Arguments {
  /// An argument that is a name or a list of names.
  func names(_ name: String) throws -> [String] {
    if case .string(let one) = value(name) { return [one] }
    return try self[name] ?? []
  }
}
