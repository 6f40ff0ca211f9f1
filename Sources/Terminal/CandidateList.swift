/// How completion candidates are listed below the prompt.
enum CandidateList {
  /// More than this and the list would push away what it is about.
  private static let limit = 40

  /// The lines of a list: in columns if no candidate has a note, else one a line with its note.
  ///
  /// - Parameters:
  ///   - candidates: what to list, with notes.
  ///   - width: the columns of the terminal.
  /// - Returns: lines that fit; the last one says how many were left out.
  static func lines(_ candidates: [(text: String, note: String)], width: Int) -> [String] {
    let shown = candidates.prefix(limit)
    let longest = shown.map(\.text.count).max() ?? 0
    let left = candidates.count > shown.count ? ["… and \(candidates.count - shown.count) more"] : []
    guard shown.allSatisfy(\.note.isEmpty) else {
      return shown.map { candidate in
        let padded = candidate.text + String(repeating: " ", count: longest - candidate.text.count)
        return cut(candidate.note.isEmpty ? candidate.text : "\(padded)  \(candidate.note)", to: width)
      } + left
    }
    let columns = max(width / (longest + 2), 1)
    let rows = (shown.count + columns - 1) / columns
    return (0..<rows).map { row in
      let cells = stride(from: row, to: shown.count, by: rows).map { shown[$0].text }
      let padded = cells.dropLast().map { $0 + String(repeating: " ", count: longest + 2 - $0.count) }
      return cut((padded + cells.suffix(1)).joined(), to: width)
    } + left
  }

  private static func cut(_ line: String, to width: Int) -> String {
    line.count < width ? line : line.prefix(max(width - 2, 1)) + "…"
  }
}
