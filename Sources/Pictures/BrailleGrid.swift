/// Dots in a terminal: characters of two by four dots each.
struct BrailleGrid {
  /// Characters in a row, and rows.
  let columns: Int, rows: Int
  private var dots: [UInt8]
  /// The colour of each character: the number of the line that set a dot last, or `nil`.
  private var owners: [Int?]

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (max(columns, 1), max(rows, 1))
    dots = Array(repeating: 0, count: self.columns * self.rows)
    owners = Array(repeating: nil, count: self.columns * self.rows)
  }

  /// Dots in a row, and in a column.
  var width: Int { 2 * columns }
  var height: Int { 4 * rows }

  /// The bits of a character's dots, row by row.
  ///
  /// Source: Unicode 15, Braille Patterns, U+2800.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// Sets a dot, counted from the top left; one outside is left out.
  mutating func set(_ x: Int, _ y: Int, owner: Int) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let at = y / 4 * columns + x / 2
    dots[at] |= BrailleGrid.bits[y % 4][x % 2]
    owners[at] = owner
  }

  /// Sets the dots of a straight line.
  mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), owner: Int) {
    let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
    for step in 0...steps {
      let share = Double(step) / Double(steps)
      set(
        start.x + Int((Double(end.x - start.x) * share).rounded()),
        start.y + Int((Double(end.y - start.y) * share).rounded()), owner: owner)
    }
  }

  /// A row as characters, each with the number of the line that it belongs to; where there is no dot a space.
  func row(_ index: Int) -> [(character: Character, owner: Int?)] {
    (0..<columns).map { column in
      let at = index * columns + column
      guard dots[at] != 0 else { return (" ", nil) }
      return (Character(Unicode.Scalar(0x2800 + UInt32(dots[at])) ?? " "), owners[at])
    }
  }
}
