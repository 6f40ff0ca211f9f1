import Foundation
import Pictures
import Script

/// A drawn figure as a value of the language.
final class FigureObject: BoundObject {
  static let type = BoundType(
    "figure", "A drawn figure: the picture, the gnuplot script and the numbers",
    members: [
      .property("path", of: FigureObject.self, "The PNG file; where gnuplot drew none, its script", result: .string) {
        figure, _ in .string(figure.paths.first ?? "")
      },
      .property("files", of: FigureObject.self, "All its files", result: .list(.string)) { figure, _ in
        Value(figure.paths)
      },
    ])

  private let figure: Figure
  private let paths: [String]
  /// The picture; `nil` if gnuplot drew none.
  private let png: [UInt8]?

  init(_ figure: Figure, paths: [String], png: [UInt8]?) { (self.figure, self.paths, self.png) = (figure, paths, png) }

  var boundType: BoundType { Self.type }
  var summary: String { "\(figure.title) \(paths.first ?? "")" }
  func display() -> Display { display(width: .max) }

  /// The picture, and a drawing in dots for terminals that show none. Files have no width of their own.
  func display(width: Int) -> Display {
    let preview = FigurePreview(figure, width: width == .max ? 80 : width)
    let path = "\n" + (paths.first ?? "")
    guard let png, let picture = try? PNGFile.decode(Data(png)).bitmap else {
      return Display(text: preview.plain + path, richer: [Display.colouredText: Array((preview.coloured + path).utf8)])
    }
    return Display(
      preview.plain + path, picture: picture, png: png, coloured: preview.coloured + path, caption: summary)
  }
}
