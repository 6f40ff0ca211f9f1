import CEdit

/// Where the characters of a block stand on the screen.
struct Layout: Equatable {
  /// One row: what is sent to draw it, and the columns that it takes.
  struct Row: Equatable {
    var drawn = ""
    var width = 0
  }

  /// The rows, from the prompt down.
  private(set) var rows: [Row] = []
  /// Where the cursor stands, from 0.
  private(set) var cursor = (row: 0, column: 0)

  private let width: Int
  private let isColoured: Bool
  private var style = Style.plain

  /// Breaks a block into rows.
  ///
  /// - Parameters:
  ///   - prompt: what stands before the first line; later lines begin below its end, so that they line up.
  ///   - block: the lines, ended by `\n`.
  ///   - cursor: the place in the block, in scalars.
  ///   - below: lines that stand below the block, each cut at the edge.
  ///   - width: the columns there are.
  ///   - isColoured: whether styles are drawn in colour.
  init(
    prompt: StyledText, block: StyledText, cursor place: Int, below: [StyledText] = [], width: Int, isColoured: Bool
  ) {
    (self.width, self.isColoured) = (max(width, 1), isColoured)
    rows = [Row()]
    add(prompt, until: prompt.scalars.count)
    let indent = rows.count == 1 ? rows[0].width : 0
    for (index, scalar) in block.scalars.enumerated() {
      if index == place { markCursor(before: scalar) }
      if scalar == 0x0A {
        startRow()
        add(StyledText(String(repeating: " ", count: indent)), until: indent)
      } else {
        add(scalar, block.styles[index])
      }
    }
    if place >= block.scalars.count { markCursor(before: 0x20) }
    for line in below {
      startRow()
      var (end, taken) = (0, 0)
      while end < line.scalars.count, taken + Self.room(line.scalars[end]) < self.width {
        taken += Self.room(line.scalars[end])
        end += 1
      }
      let isCut = end < line.scalars.count && end > 1
      add(line, until: isCut ? end - 1 : end)
      if isCut { add(StyledText("…", line.styles[end - 1]), until: 1) }
    }
    endStyle()
  }

  static func == (left: Layout, right: Layout) -> Bool { left.rows == right.rows && left.cursor == right.cursor }

  /// The rows that a part of the screen of some height shows: all, or those around the cursor.
  func window(height: Int) -> (rows: [Row], cursorRow: Int) {
    guard rows.count > height else { return (rows, cursor.row) }
    let top = min(max(cursor.row - height / 2, 0), rows.count - height)
    return (Array(rows[top..<(top + height)]), cursor.row - top)
  }

  /// The cursor stands where the next character goes: at the start of the next row if this one is full.
  private mutating func markCursor(before scalar: UInt32) {
    let full = (rows.last?.width ?? 0) + (scalar == 0x0A ? 1 : max(Self.room(scalar), 1)) > width
    if full { startRow() }
    cursor = (rows.count - 1, rows.last?.width ?? 0)
  }

  private mutating func startRow() {
    endStyle()
    rows.append(Row())
  }

  private mutating func add(_ text: StyledText, until end: Int) {
    for index in 0..<end { add(text.scalars[index], text.styles[index]) }
  }

  private mutating func add(_ scalar: UInt32, _ next: Style) {
    let room = Self.room(scalar)
    if (rows.last?.width ?? 0) + room > width { startRow() }
    let last = rows.count - 1
    if next != style {
      if style.sequence(isColoured: isColoured) != nil { rows[last].drawn += "\u{1B}[0m" }
      rows[last].drawn += next.sequence(isColoured: isColoured) ?? ""
      style = next
    }
    // Control characters are shown, not sent.
    let shown = scalar < 0x20 || (0x7F...0x9F).contains(scalar) ? "\u{FFFD}" : Unicode.Scalar(scalar) ?? "\u{FFFD}"
    rows[last].drawn.unicodeScalars.append(shown)
    rows[last].width += room
  }

  private mutating func endStyle() {
    if style.sequence(isColoured: isColoured) != nil { rows[rows.count - 1].drawn += "\u{1B}[0m" }
    style = .plain
  }

  /// The columns of a character: 0 for an accent, 2 for a wide one.
  private static func room(_ scalar: UInt32) -> Int {
    let width = Int(cedit_width(wchar_t(bitPattern: scalar)))
    return width < 0 ? 1 : width
  }
}
