/// What can stand at the cursor.
struct Completions: Equatable {
  /// One thing that can stand there.
  struct Candidate: Equatable, Sendable {
    var text: String
    /// One line about it.
    var note = ""
  }

  /// How many characters (Unicode scalars) before the cursor a candidate replaces.
  var replaced = 0
  var candidates: [Candidate] = []
}

/// The list of candidates below the block: Tab goes through it, any other key closes it.
struct CompletionMenu: Equatable {
  /// More rows would push away what the list is about.
  static let height = 12

  let completions: Completions
  /// Which candidate stands in the block; `nil` as long as none was taken.
  private(set) var chosen: Int?
  /// How many scalars of the block the next choice replaces.
  private(set) var replaced: Int

  init(_ completions: Completions) { (self.completions, replaced) = (completions, completions.replaced) }

  /// Takes the next candidate, or the one before.
  ///
  /// - Returns: what to delete before the cursor and what to put there.
  mutating func step(backwards: Bool) -> (delete: Int, insert: String) {
    let count = completions.candidates.count
    let next = chosen.map { ($0 + (backwards ? count - 1 : 1)) % count } ?? (backwards ? count - 1 : 0)
    let text = completions.candidates[next].text
    defer { (chosen, replaced) = (next, text.unicodeScalars.count) }
    return (replaced, text)
  }

  /// The lines of the list: in columns if no candidate has a note, else one a line with its note.
  ///
  /// - Parameters:
  ///   - width: the columns of the terminal.
  ///   - rows: the lines there is room for.
  /// - Returns: lines that fit, those around the choice; the last one says how many there are if some are left out.
  func lines(width: Int, rows: Int) -> [StyledText] {
    let candidates = completions.candidates
    let longest = min(candidates.map(\.text.count).max() ?? 0, max(width - 2, 1))
    let hasNotes = candidates.contains { !$0.note.isEmpty }
    let columns = hasNotes ? 1 : max(width / (longest + 2), 1)
    let needed = (candidates.count + columns - 1) / columns
    let shown = min(needed, max(needed > rows ? rows - 1 : rows, 1))
    let row = (chosen ?? 0) % max(needed, 1)
    let top = min(max(row - shown / 2, 0), needed - shown)
    var lines = (top..<(top + shown)).map { row in
      var line = StyledText()
      for index in stride(from: row, to: candidates.count, by: needed) {
        let candidate = candidates[index]
        line.append(candidate.text, index == chosen ? .chosen : .plain)
        let isLast = index + needed >= candidates.count
        if !candidate.note.isEmpty || !isLast {
          line.append(String(repeating: " ", count: max(longest + 2 - candidate.text.count, 1)))
        }
        line.append(candidate.note, .quiet)
      }
      return line
    }
    if shown < needed { lines.append(StyledText("\(candidates.count) in all, Tab goes through them", .quiet)) }
    return lines
  }
}
