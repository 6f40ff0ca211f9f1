import Foundation
import Pictures
import Primitives
import Records
import Script

/// A drawn figure as a value of the language.
final class FigureObject: BoundObject {
  static let type = BoundType(
    "figure", "A drawn figure: PNG, SVG, the gnuplot script and the numbers",
    members: [
      .property("path", of: FigureObject.self, "The PNG file", result: .string) { figure, _ in
        .string(figure.path)
      }
    ])

  let title: String
  let path: String
  private let png: [UInt8]

  init(title: String, path: String, png: [UInt8]) { (self.title, self.path, self.png) = (title, path, png) }

  var boundType: BoundType { Self.type }
  var summary: String { "\(title) \(path)" }
  func display() -> Display {
    guard let picture = try? PNGFile.decode(Data(png)).bitmap else {
      return Display(text: summary, richer: ["image/png": png])
    }
    return Display(summary, picture: picture, png: png)
  }
}

/// The function that draws curves.
enum Plotting {
  static let functions: [Member] = [
    .function(
      "plot", "Draws columns of a table as curves through gnuplot",
      [
        Parameter("table", .table, "such as trainer.history"),
        Parameter(
          "y", .either([.string, .list(.string)]), "the columns, each in a panel of its own",
          suggestions: .columns),
        Parameter("x", .string, default: "step", "the column along the bottom", suggestions: .columns),
        Parameter("smooth", .number, default: 0.9, limits: 0...0.9999, "factor of the moving average; 0 is none"),
        Parameter("title", .string, default: .described("the columns' names"), "what the figure answers"),
        Parameter("save", .string, default: .described("the columns' names"), "the files' name, without ending"),
      ], result: .object("figure"), example: "plot(trainer.history, y: [\"reward\", \"success\"], smooth: 0.9)"
    ) { arguments, context in
      let table: Table = try arguments["table"]
      let columns: [String] = try names(arguments)
      let x: String = try arguments["x"]
      let title: String? = try arguments["title"]
      let name: String? = try arguments["save"]
      let figure = Figure.curves(
        title: title ?? columns.joined(separator: ", "), xLabel: x.replacing("_", with: " "),
        steps: try numbers(table, x),
        panels: try columns.map { column in
          let label = column.replacing("_", with: " ")
          return (label: label, columns: [(name: label, values: try numbers(table, column))])
        }, smoothing: try arguments["smooth"])
      let path = try Run.of(context).numbered(name ?? columns.joined(separator: "-"), in: .plots)
      let files = try figure.write(to: path)
      return .object(
        FigureObject(title: figure.title, path: files.png, png: Array(try AtomicFile.read(files.png))))
    }
  ]

  private static func names(_ arguments: Arguments) throws -> [String] {
    if case .string(let name) = arguments.value("y") { return [name] }
    return try arguments["y"]
  }

  private static func numbers(_ table: Table, _ column: String) throws -> [Double] {
    guard let values = table[column] else {
      throw WorkbenchError.noColumn(column, among: table.names)
    }
    return values.map { value in
      switch value {
      case .int(let number): Double(number)
      case .float(let number): number
      default: .nan
      }
    }
  }
}
