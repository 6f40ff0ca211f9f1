import Foundation
import Models
import Pictures
import Primitives

/// A sample token by token in at most 80 columns: as numbers, or in colours.
struct InspectionText {
  private let inspection: Inspection
  private let prompt: String
  private static let width = 80

  init(_ inspection: Inspection, prompt: String) { (self.inspection, self.prompt) = (inspection, prompt) }

  // MARK: - Numbers

  /// Words with their probability in percent, and cells likewise beside their entropy.
  var plain: String {
    let words = inspection.words.map { "\($0.text)\(Self.mark($0)) \(Self.percent($0))" }
    var lines = [prompt, inspection.note]
    if !words.isEmpty { lines += ["", "words, probability in percent"] + Self.wrapped(words.map { ($0, $0.count) }) }
    lines += [""]
    lines += table([
      ("probability, percent", { Self.percent($0) }, 3), ("entropy, nats", { Self.decimal($0.entropy) }, 4),
    ])
    // Beside the others it would not fit.
    if inspection.hasMoved {
      lines += [""] + table([("ratio, percent", { Self.ratio($0) + Self.mark($0) }, 4)])
    }
    return lines.joined(separator: "\n")
  }

  /// Maps side by side; a cell takes `room` characters and a space.
  private func table(_ maps: [(title: String, text: (Inspection.Token) -> String, room: Int)]) -> [String] {
    let grid = inspection.grid
    func block(_ map: (title: String, text: (Inspection.Token) -> String, room: Int), _ row: Int) -> String {
      inspection.cells.dropFirst(row * grid).prefix(grid).map { Self.right(map.text($0), map.room) }
        .joined(separator: " ")
    }
    let titles = maps.map { Self.left($0.title, grid * ($0.room + 1) - 1) }.joined(separator: "   ")
    return [titles.trimmingCharacters(in: .whitespaces)]
      + (0..<grid).map { row in maps.map { block($0, row) }.joined(separator: "   ") }
  }

  // MARK: - Colours

  /// The same with words and cells coloured: dark is unsure, bright is sure; entropy from dark for none to bright.
  ///
  /// - Parameter image: the picture, shown beside its maps.
  func coloured(_ image: Bitmap) -> String {
    let words = inspection.words.map { token in
      (
        text: Self.paint(" \(token.text)\(Self.mark(token)) ", token.probability),
        room: token.text.count + 2 + Self.mark(token).count
      )
    }
    let highest = max(inspection.cells.map(\.entropy).max() ?? 0, 0.5)
    var maps: [(title: String, share: (Inspection.Token) -> Double)] = [
      ("probability 0…1", { $0.probability }), ("entropy 0…\(Self.decimal(highest))", { $0.entropy / highest }),
    ]
    if inspection.hasMoved { maps.append(("ratio 0.5…1.5", { $0.ratio - 0.5 })) }
    let grid = inspection.grid
    let room = 2 * grid
    var lines = [prompt, inspection.note]
    if !words.isEmpty { lines += ["", "words, from unsure to sure: " + Self.scale] + Self.wrapped(words) }
    lines += ["", (["picture"] + maps.map(\.title)).map { Self.left($0, room) }.joined(separator: "  ")]
    for row in 0..<grid {
      let cells = inspection.cells.dropFirst(row * grid).prefix(grid)
      let picture = (0..<grid).map { column in
        Self.paint(Self.halfBlocks(image, row: row, column: column, grid: grid))
      }.joined()
      let blocks = maps.map { map in cells.map { Self.paint("  ", map.share($0)) }.joined() }
      lines.append(([picture] + blocks).joined(separator: "  "))
    }
    return lines.joined(separator: "\n")
  }

  /// Two characters of four pixels each: the upper two as ink, the lower two as ground.
  private static func halfBlocks(_ image: Bitmap, row: Int, column: Int, grid: Int) -> [(Bitmap.Color, Bitmap.Color)] {
    func pixel(_ x: Int, _ y: Int) -> Bitmap.Color {
      image[(2 * x + 1) * image.width / (4 * grid), (2 * y + 1) * image.height / (4 * grid)]
    }
    return (0..<2).map { half in
      let x = 2 * column + half
      return (pixel(x, 2 * row), pixel(x, 2 * row + 1))
    }
  }

  private static func paint(_ blocks: [(upper: Bitmap.Color, lower: Bitmap.Color)]) -> String {
    blocks.map { "\u{1B}[38;5;\(code($0.upper))m\u{1B}[48;5;\(code($0.lower))m▀" }.joined() + "\u{1B}[0m"
  }

  private static func paint(_ text: String, _ share: Double) -> String {
    let ink = HeatScale.isPale(share) ? 16 : 231
    return "\u{1B}[38;5;\(ink)m\u{1B}[48;5;\(code(HeatScale.color(share)))m\(text)\u{1B}[0m"
  }

  private static let scale = (0..<12).map { paint(" ", Double($0) / 11) }.joined()

  /// The nearest of the 216 colours of the terminal's cube.
  private static func code(_ color: Bitmap.Color) -> Int {
    func step(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
    return 16 + 36 * step(color.red) + 6 * step(color.green) + step(color.blue)
  }

  // MARK: - Words and numbers

  /// `*` after a token whose ratio was clipped, `!` after one that was forced.
  private static func mark(_ token: Inspection.Token) -> String {
    token.isForced ? "!" : token.isClipped == true ? "*" : ""
  }

  private static func percent(_ token: Inspection.Token) -> String {
    // 100 only where it is certain to the last digit, so that a sure word is told from a forced one.
    token.isForced ? "--" : "\(min(Int((token.probability * 100).rounded()), 99))"
  }

  /// In percent, at most 999, so that a policy that has run away still fits.
  private static func ratio(_ token: Inspection.Token) -> String {
    token.ratio.isFinite ? "\(Int(min(token.ratio * 100, 999).rounded()))" : "?"
  }

  private static func decimal(_ number: Double) -> String { String(format: "%.2f", number) }

  private static func left(_ text: String, _ room: Int) -> String {
    text + String(repeating: " ", count: max(room - text.count, 0))
  }

  private static func right(_ text: String, _ room: Int) -> String {
    String(repeating: " ", count: max(room - text.count, 0)) + text
  }

  /// Pieces in lines of at most 80 columns, two spaces between them.
  private static func wrapped(_ pieces: [(text: String, room: Int)]) -> [String] {
    var (lines, taken) = ([String](), width + 1)
    for piece in pieces {
      if taken + 2 + piece.room > width {
        lines.append(piece.text)
        taken = piece.room
      } else {
        lines[lines.count - 1] += "  " + piece.text
        taken += 2 + piece.room
      }
    }
    return lines
  }
}

extension Inspection {
  /// Whether the model has been trained since it drew the sample.
  var hasMoved: Bool { (words + cells).contains { abs($0.ratio - 1) > 1e-3 } }

  /// The sample's figures in one line, or in one each where that would be too long.
  var note: String {
    func mean(_ tokens: [Token], _ value: (Token) -> Double) -> String {
      let drawn = tokens.filter { !$0.isForced }
      guard !drawn.isEmpty else { return "-" }
      return String(format: "%.2f", drawn.reduce(0.0) { $0 + value($1) } / Double(drawn.count))
    }
    var parts = [
      "mean probability \(mean(words) { $0.probability }) of words, \(mean(cells) { $0.probability }) of cells"
    ]
    if let advantage { parts.append(String(format: "advantage %.2f", advantage)) }
    if hasMoved {
      let tokens = (words + cells).filter { !$0.isForced }
      parts.append(String(format: "ratios %.2f…%.2f", tokens.map(\.ratio).min() ?? 1, tokens.map(\.ratio).max() ?? 1))
      let clipped = tokens.count { $0.isClipped == true }
      if tokens.contains(where: { $0.isClipped != nil }) { parts.append("\(clipped) of \(tokens.count) clipped") }
    }
    let line = parts.joined(separator: "; ")
    return line.count <= 80 ? line : parts.joined(separator: ";\n")
  }
}
