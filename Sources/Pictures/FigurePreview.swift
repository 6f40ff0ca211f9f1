/// A figure as text for terminals without pictures: its panels drawn with Braille dots, with the ends of their axes.
public struct FigurePreview {
  /// The preview without colours: names stand at the lines' ends.
  public let plain: String
  /// The same in the 256 colours of terminals.
  public let coloured: String

  /// Panels are at least so wide, in characters.
  private static let narrowest = 38
  private static let widest = 100
  private static let rows = 10

  /// A preview.
  ///
  /// - Parameters:
  ///   - figure: what is to be seen.
  ///   - width: the columns of characters there are; fewer than 24 count as 24.
  public init(_ figure: Figure, width: Int) {
    guard let figure = try? figure.drawable() else {
      (plain, coloured) = (figure.title, figure.title)
      return
    }
    let width = min(max(width, 24), 240)
    let panels = figure.panels.filter { !$0.isEmpty }
    let columns = max(min(panels.count, figure.multiples ?? 3, (width + 3) / (FigurePreview.narrowest + 3)), 1)
    let room = min((width - 3 * (columns - 1)) / columns, FigurePreview.widest)
    let blocks = panels.map { PanelPreview($0, of: figure, width: room, rows: FigurePreview.rows).lines }
    var lines = FigurePreview.wrapped(figure.title, width: width).map { [Piece($0)] }
    for start in stride(from: 0, to: blocks.count, by: columns) {
      let row = blocks[start..<min(start + columns, blocks.count)]
      for line in 0..<(row.map(\.count).max() ?? 0) {
        var pieces: [Piece] = []
        for (place, block) in row.enumerated() {
          let shown = line < block.count ? block[line] : []
          pieces += shown
          let length = shown.reduce(0) { $0 + $1.text.count }
          if place < row.count - 1 { pieces.append(Piece(String(repeating: " ", count: max(room - length, 0) + 3))) }
        }
        lines.append(pieces)
      }
    }
    plain = FigurePreview.text(lines) { $0.text }
    coloured = FigurePreview.text(lines) { $0.coloured }
  }

  /// A stretch of text with the number of its colour.
  struct Piece {
    var text: String
    var color: Int?

    init(_ text: String, color: Int? = nil) { (self.text, self.color) = (text, color) }

    /// The colours of ``Palette/lines`` among the 256 of terminals; black would not be seen on black.
    private static let numbers = [32, 166, 35, 175, 214, 74, 245]

    fileprivate var coloured: String {
      guard let color else { return text }
      return "\u{1B}[38;5;\(Piece.numbers[color % Piece.numbers.count])m\(text)\u{1B}[0m"
    }
  }

  private static func text(_ lines: [[Piece]], _ spelled: (Piece) -> String) -> String {
    lines.map { line in
      let text = line.map(spelled).joined()
      return String(text.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  private static func wrapped(_ text: String, width: Int) -> [String] {
    // Control characters would reach the terminal.
    let plain = String(text.map { $0.isNewline || $0.asciiValue.map { $0 < 32 || $0 == 127 } == true ? " " : $0 })
    return plain.isEmpty ? [] : FigureLayout.lines(plain, width: width, letter: 1)
  }
}
