/// Draws a layout over the one that was drawn before, from the row of the prompt down.
///
/// It knows what stands on the screen and sends only rows that differ, between marks that let the terminal show them
/// at once. Every row ends by moving on explicitly, never by running over the edge, so that it can be found again.
struct Canvas {
  private let write: (String) -> Void
  private var drawn: [Layout.Row] = []
  private var cursor = (row: 0, column: 0)
  /// Whether this terminal breaks long rows anew when it gets narrower; learnt at the first change that tells.
  private var breaksRows: Bool?

  init(write: @escaping (String) -> Void) { self.write = write }

  /// Starts at the row where the cursor is, which is empty.
  mutating func begin() { (drawn, cursor) = ([], (0, 0)) }

  /// Draws a layout.
  ///
  /// - Parameters:
  ///   - layout: what to draw.
  ///   - height: the rows there are; of a taller layout only those around the cursor are drawn.
  mutating func draw(_ layout: Layout, height: Int) {
    let (rows, row) = layout.window(height: max(height, 1))
    guard rows != drawn || row != cursor.row || layout.cursor.column != cursor.column else { return }
    var text = ""
    if rows != drawn {
      text += Self.up(cursor.row) + "\r"
      for (index, row) in rows.enumerated() {
        if index > 0 { text += "\r\n" }
        guard index >= drawn.count || drawn[index] != row else { continue }
        // Erasing before the text: after it, it would take the last character of a full row along.
        text += "\u{1B}[K" + row.drawn
      }
      if drawn.count > rows.count { text += "\r\n\u{1B}[J\u{1B}[A" }
      text += "\r" + Self.up(rows.count - 1 - row)
    } else {
      text += "\r" + (row < cursor.row ? Self.up(cursor.row - row) : Self.down(row - cursor.row))
    }
    if layout.cursor.column > 0 { text += "\u{1B}[\(layout.cursor.column)C" }
    write("\u{1B}[?2026h\u{1B}[?25l" + text + "\u{1B}[?25h\u{1B}[?2026l")
    (drawn, cursor) = (rows, (row, layout.cursor.column))
  }

  /// Goes to the start of the row below all that was drawn.
  mutating func end() {
    write(Self.down(drawn.count - 1 - cursor.row) + "\r\n")
    begin()
  }

  /// Forgets what was drawn, after something else has written: the next drawing starts at the cursor's row.
  mutating func clear() {
    write(Self.up(cursor.row) + "\r\u{1B}[J")
    begin()
  }

  /// Finds the prompt's row after the terminal's width has changed, and clears from there.
  ///
  /// Some terminals break rows that no longer fit, others cut them, and only the cursor's column can tell which.
  ///
  /// - Parameters:
  ///   - width: the columns there are now.
  ///   - column: where the terminal says that the cursor stands, from 0; `nil` if it does not say.
  mutating func resize(to width: Int, column: Int?) {
    let width = max(width, 1)
    let broken = cursor.column % width
    let kept = min(cursor.column, width - 1)
    if let column, broken != kept {
      if column == broken { breaksRows = true }
      if column == kept { breaksRows = false }
    }
    var row = cursor.row
    if breaksRows ?? (column != nil) {
      row = drawn.prefix(cursor.row).reduce(cursor.column / width) { $0 + max(($1.width + width - 1) / width, 1) }
    }
    write(Self.up(row) + "\r\u{1B}[J")
    begin()
  }

  private static func up(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)A" : "" }
  private static func down(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)B" : "" }
}
