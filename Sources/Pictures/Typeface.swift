import Foundation

/// Easel's own letters: a drawn alphabet of one stroke width, smooth at every size.
///
/// A letter is drawn below as points; neighbouring points are joined by strokes with round ends, so that one small
/// table gives letters of any size without a font file on the machine. What the alphabet lacks is drawn as a box.
enum Typeface {
  /// A letter: its strokes in units of the drawing, from the top left, and its width in units.
  struct Glyph: Sendable {
    var strokes: [Stroke] = []
    var width = 0
  }

  /// A straight line between two points of the drawing; a dot if they are the same.
  struct Stroke: Sendable, Hashable {
    var x0: Int, y0: Int, x1: Int, y1: Int
  }

  /// Rows above the baseline, the baseline's own included.
  static let ascent = 7
  /// Rows in all.
  static let rows = 9
  /// A word space's width in units.
  static let space = 2

  /// The glyph of a character; a box for one that the alphabet lacks.
  static func glyph(_ character: Character) -> Glyph { glyphs[character] ?? glyphs["□"] ?? Glyph() }

  /// The text with characters that the alphabet lacks replaced by ones that it has, where there is a likeness.
  static func spelled(_ text: String) -> String {
    guard !text.utf8.allSatisfy({ $0 < 128 }) else { return text }
    return text.map { likeness[$0] ?? plainLetter($0) }.joined()
  }

  private static let likeness: [Character: String] = [
    "–": "-", "—": "-", "−": "-", "‑": "-", "‘": "'", "’": "'", "“": "\"", "”": "\"", "…": "...", "×": "x", "·": ".",
    "•": "*", "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "≈": "~", "\u{A0}": " ", "ß": "ss", "æ": "ae", "ø": "o",
    "±": "+/-", "µ": "u",
  ]

  /// An accented letter without its accent, else the character itself.
  private static func plainLetter(_ character: Character) -> String {
    let base = String(character).decomposedStringWithCanonicalMapping.unicodeScalars.first
    guard let base, base.isASCII, character.isLetter else { return String(character) }
    return String(Character(base))
  }

  private static let glyphs: [Character: Glyph] = {
    var result: [Character: Glyph] = [:]
    let bands = drawing.split(separator: "\n\n").map { $0.split(separator: "\n").map { $0.split(separator: " ") } }
    for (index, character) in alphabet.enumerated() {
      let column = index % 16
      guard index / 16 < bands.count else { break }
      let points = bands[index / 16].map { $0.indices.contains(column) ? $0[column].map { $0 == "#" } : [] }
      result[character] = joined(points)
    }
    result[" "] = Glyph(width: space)
    return result
  }()

  /// Joins neighbouring points; diagonal neighbours only where no straight way joins them.
  private static func joined(_ points: [[Bool]]) -> Glyph {
    func isSet(_ x: Int, _ y: Int) -> Bool {
      points.indices.contains(y) && points[y].indices.contains(x) && points[y][x]
    }
    var glyph = Glyph()
    for y in points.indices {
      for x in points[y].indices where points[y][x] {
        glyph.width = max(glyph.width, x + 1)
        let (right, below) = (isSet(x + 1, y), isSet(x, y + 1))
        if right { glyph.strokes.append(Stroke(x0: x, y0: y, x1: x + 1, y1: y)) }
        if below { glyph.strokes.append(Stroke(x0: x, y0: y, x1: x, y1: y + 1)) }
        if isSet(x + 1, y + 1), !right, !below { glyph.strokes.append(Stroke(x0: x, y0: y, x1: x + 1, y1: y + 1)) }
        if isSet(x - 1, y + 1), !isSet(x - 1, y), !below {
          glyph.strokes.append(Stroke(x0: x, y0: y, x1: x - 1, y1: y + 1))
        }
        glyph.strokes.append(Stroke(x0: x, y0: y, x1: x, y1: y))
      }
    }
    return glyph
  }

  /// ASCII from the space on, in rows of sixteen, and the box.
  private static let alphabet: [Character] = (32..<127).map { Character(Unicode.Scalar($0)) } + ["□"]

  private static let drawing = """
    ..... #.... #.#.. .#.#. ..#.. ##..# .##.. #.... ..#.. #.... ..... ..... ..... ..... ..... ....#
    ..... #.... #.#.. .#.#. .#### ##..# #..#. #.... .#... .#... ..#.. ..#.. ..... ..... ..... ....#
    ..... #.... ..... ##### #.#.. ...#. #..#. ..... #.... ..#.. #.#.# ..#.. ..... ..... ..... ...#.
    ..... #.... ..... .#.#. .###. ..#.. .##.. ..... #.... ..#.. .###. ##### ..... ####. ..... ..#..
    ..... #.... ..... ##### ..#.# .#... #.#.# ..... #.... ..#.. #.#.# ..#.. ..... ..... ..... .#...
    ..... ..... ..... .#.#. ####. #..## #..#. ..... .#... .#... ..#.. ..#.. .#... ..... ..... #....
    ..... #.... ..... .#.#. ..#.. #..## .##.# ..... ..#.. #.... ..... ..... .#... ..... #.... #....
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... #.... ..... ..... .....
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....

    .###. ..#.. .###. .###. ...#. ##### ..##. ##### .###. .###. ..... ..... ...#. ..... #.... .###.
    #...# .##.. #...# #...# ..##. #.... .#... ....# #...# #...# ..... ..... ..#.. ..... .#... #...#
    #...# ..#.. ....# ....# .#.#. ####. #.... ....# #...# #...# #.... .#... .#... ####. ..#.. ....#
    #.#.# ..#.. ...#. ..##. #..#. ....# ####. ...#. .###. .#### ..... ..... #.... ..... ...#. ...#.
    #...# ..#.. ..#.. ....# ##### ....# #...# ..#.. #...# ....# ..... ..... .#... ####. ..#.. ..#..
    #...# ..#.. .#... #...# ...#. #...# #...# ..#.. #...# ...#. ..... .#... ..#.. ..... .#... .....
    .###. .###. ##### .###. ...#. .###. .###. ..#.. .###. .##.. #.... .#... ...#. ..... #.... ..#..
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... #.... ..... ..... ..... .....
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....

    .###. ..#.. ####. .###. ####. ####. ####. .###. #...# #.... ...#. #...# #.... #...# #...# .###.
    #...# .#.#. #...# #...# #...# #.... #.... #...# #...# #.... ...#. #..#. #.... ##.## ##..# #...#
    #.### .#.#. #...# #.... #...# #.... #.... #.... #...# #.... ...#. #.#.. #.... #.#.# ##..# #...#
    #.#.# #...# ####. #.... #...# ###.. ###.. #..## ##### #.... ...#. ##... #.... #.#.# #.#.# #...#
    #.### ##### #...# #.... #...# #.... #.... #...# #...# #.... ...#. #.#.. #.... #...# #..## #...#
    #.... #...# #...# #...# #...# #.... #.... #...# #...# #.... #..#. #..#. #.... #...# #..## #...#
    .###. #...# ####. .###. ####. ####. #.... .###. #...# #.... .##.. #...# ####. #...# #...# .###.
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....

    ####. .###. ####. .###. ##### #...# #...# #...# #...# #...# ##### ##... #.... ##... ..#.. .....
    #...# #...# #...# #...# ..#.. #...# #...# #...# #...# #...# ....# #.... #.... .#... .#.#. .....
    #...# #...# #...# #.... ..#.. #...# #...# #...# .#.#. .#.#. ...#. #.... .#... .#... #...# .....
    ####. #...# ####. .###. ..#.. #...# .#.#. #.#.# ..#.. ..#.. ..#.. #.... ..#.. .#... ..... .....
    #.... #.#.# #.#.. ....# ..#.. #...# .#.#. #.#.# .#.#. ..#.. .#... #.... ...#. .#... ..... .....
    #.... #..#. #..#. #...# ..#.. #...# ..#.. ##.## #...# ..#.. #.... #.... ....# .#... ..... .....
    #.... .##.# #...# .###. ..#.. .###. ..#.. #...# #...# ..#.. ##### ##... ....# ##... ..... .....
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... #####
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....

    #.... ..... #.... ..... ...#. ..... .##.. ..... #.... #.... .#... #.... #.... ..... ..... .....
    .#... ..... #.... ..... ...#. ..... #.... ..... #.... ..... ..... #.... #.... ..... ..... .....
    ..... .##.. ###.. .##.. .###. .##.. ###.. .###. ###.. #.... .#... #..#. #.... ####. ###.. .##..
    ..... ...#. #..#. #..#. #..#. #..#. #.... #..#. #..#. #.... .#... #.#.. #.... #.#.# #..#. #..#.
    ..... .###. #..#. #.... #..#. ####. #.... #..#. #..#. #.... .#... ##... #.... #.#.# #..#. #..#.
    ..... #..#. #..#. #..#. #..#. #.... #.... #..#. #..#. #.... .#... #.#.. #.... #.#.# #..#. #..#.
    ..... .###. ###.. .##.. .###. .###. #.... .###. #..#. #.... .#... #..#. .#... #.#.# #..#. .##..
    ..... ..... ..... ..... ..... ..... ..... ...#. ..... ..... .#... ..... ..... ..... ..... .....
    ..... ..... ..... ..... ..... ..... ..... .##.. ..... ..... #.... ..... ..... ..... ..... .....

    ..... ..... ..... ..... #.... ..... ..... ..... ..... ..... ..... ..#.. #.... #.... ..... #####
    ..... ..... ..... ..... #.... ..... ..... ..... ..... ..... ..... .#... #.... .#... ..... #...#
    ###.. .###. #.#.. .###. ###.. #..#. #...# #...# #...# #..#. ####. .#... #.... .#... .#... #...#
    #..#. #..#. ##... #.... #.... #..#. #...# #.#.# .#.#. #..#. ...#. #.... #.... ..#.. #.#.# #...#
    #..#. #..#. #.... .##.. #.... #..#. .#.#. #.#.# ..#.. #..#. .##.. .#... #.... .#... ...#. #...#
    #..#. #..#. #.... ...#. #.... #..#. .#.#. #.#.# .#.#. #..#. #.... .#... #.... .#... ..... #...#
    ###.. .###. #.... ###.. .##.. .###. ..#.. .#.#. #...# .###. ####. ..#.. #.... #.... ..... #####
    #.... ...#. ..... ..... ..... ..... ..... ..... ..... ...#. ..... ..... #.... ..... ..... .....
    #.... ...#. ..... ..... ..... ..... ..... ..... ..... .##.. ..... ..... ..... ..... ..... .....
    """
}
