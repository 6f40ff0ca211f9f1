import Primitives

/// How a text looks.
struct TextStyle {
  /// Pixels a unit of the ``Typeface``'s drawing; a capital is 6 units high.
  var scale: Double
  /// The strokes' width in pixels.
  var weight: Double
  var color: Bitmap.Color

  /// From one baseline to the next, in pixels.
  var lineHeight: Int { Int((scale * 11.5).rounded()) }

  /// The text's width in pixels.
  func width(of text: String) -> Int {
    let advances = Typeface.spelled(text).reduce(0) { $0 + advance($1) }
    return max(advances - gap, 0)
  }

  /// The space between two letters, in pixels.
  private var gap: Int { max(Int((scale * 1.0).rounded()), 1) }

  /// How far the next letter stands from this one, in pixels.
  func advance(_ character: Character) -> Int {
    Int((Double(Typeface.glyph(character).width) * scale).rounded()) + gap
  }
}

/// A picture being drawn: bitmaps, lines and text on a ground of one colour.
struct Canvas {
  let width: Int
  let height: Int
  private var bytes: [UInt8]

  init(width: Int, height: Int, ground: Bitmap.Color) {
    (self.width, self.height) = (max(width, 0), max(height, 0))
    bytes = [UInt8](repeating: 255, count: 3 * self.width * self.height)
    if ground != Palette.ground { fill(x: 0, y: 0, width: width, height: height, ground) }
  }

  /// The finished picture.
  var bitmap: Bitmap { Bitmap(width: width, height: height, bytes: bytes) ?? Bitmap(width: 0, height: 0) }

  /// Fills a rectangle; what lies outside is cut off.
  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Bitmap.Color) {
    for row in max(y, 0)..<max(min(y + height, self.height), max(y, 0)) {
      for column in max(x, 0)..<max(min(x + width, self.width), max(x, 0)) { set(column, row, color) }
    }
  }

  /// Draws the outline of a rectangle, `thickness` pixels outside it.
  mutating func frame(x: Int, y: Int, width: Int, height: Int, thickness: Int, _ color: Bitmap.Color) {
    let (outer, tall) = (width + 2 * thickness, height + 2 * thickness)
    fill(x: x - thickness, y: y - thickness, width: outer, height: thickness, color)
    fill(x: x - thickness, y: y + height, width: outer, height: thickness, color)
    fill(x: x - thickness, y: y - thickness, width: thickness, height: tall, color)
    fill(x: x + width, y: y - thickness, width: thickness, height: tall, color)
  }

  /// Draws a picture with every pixel repeated `factor` times in both directions.
  mutating func draw(_ picture: Bitmap, x: Int, y: Int, factor: Int = 1) {
    for row in 0..<picture.height {
      for column in 0..<picture.width {
        fill(x: x + column * factor, y: y + row * factor, width: factor, height: factor, picture[column, row])
      }
    }
  }

  /// Draws one line of text whose first letter begins at `x` and whose capitals begin at `top`.
  mutating func draw(_ text: String, x: Int, top: Int, _ style: TextStyle) {
    var left = x
    for character in Typeface.spelled(text) {
      for stroke in Typeface.glyph(character).strokes { draw(stroke, left: left, top: top, style) }
      left += style.advance(character)
    }
  }

  /// Draws lines of text, one below the other.
  mutating func draw(_ lines: [String], x: Int, top: Int, _ style: TextStyle) {
    for (index, line) in lines.enumerated() { draw(line, x: x, top: top + index * style.lineHeight, style) }
  }

  /// Stroke ends are rounded to whole pixels so that stems stay crisp at small sizes.
  private mutating func draw(_ stroke: Typeface.Stroke, left: Int, top: Int, _ style: TextStyle) {
    let (x0, y0) = (left + snap(stroke.x0, style), top + snap(stroke.y0, style))
    let (x1, y1) = (left + snap(stroke.x1, style), top + snap(stroke.y1, style))
    let radius = style.weight / 2
    let reach = Int(radius.rounded(.up))
    for y in (min(y0, y1) - reach)...(max(y0, y1) + reach) {
      for x in (min(x0, x1) - reach)...(max(x0, x1) + reach) {
        let distance = Canvas.distance(x, y, x0, y0, x1, y1)
        ink(x, y, style.color, share: radius + 0.5 - distance)
      }
    }
  }

  private func snap(_ unit: Int, _ style: TextStyle) -> Int { Int((Double(unit) * style.scale).rounded()) }

  /// How far a pixel lies from a line between two pixels.
  private static func distance(_ x: Int, _ y: Int, _ x0: Int, _ y0: Int, _ x1: Int, _ y1: Int) -> Double {
    let (dx, dy) = (Double(x1 - x0), Double(y1 - y0))
    let (px, py) = (Double(x - x0), Double(y - y0))
    let length = dx * dx + dy * dy
    let along = length == 0 ? 0 : min(max((px * dx + py * dy) / length, 0), 1)
    let (ex, ey) = (px - along * dx, py - along * dy)
    return (ex * ex + ey * ey).squareRoot()
  }

  /// Strokes of one letter overlap at their joints: the darker of old and new ink stays, so that joints do not swell.
  private mutating func ink(_ x: Int, _ y: Int, _ color: Bitmap.Color, share: Double) {
    guard share > 0, x >= 0, y >= 0, x < width, y < height else { return }
    let share = min(share, 1)
    let at = 3 * (y * width + x)
    func mixed(_ ink: UInt8, _ old: UInt8) -> UInt8 {
      let new = UInt8((255 + share * (Double(ink) - 255)).rounded())
      return min(new, old)
    }
    bytes[at] = mixed(color.red, bytes[at])
    bytes[at + 1] = mixed(color.green, bytes[at + 1])
    bytes[at + 2] = mixed(color.blue, bytes[at + 2])
  }

  private mutating func set(_ x: Int, _ y: Int, _ color: Bitmap.Color) {
    let at = 3 * (y * width + x)
    bytes[at] = color.red
    bytes[at + 1] = color.green
    bytes[at + 2] = color.blue
  }
}
