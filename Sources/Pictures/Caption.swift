/// Text broken into lines that fit a width.
enum Caption {
  /// Breaks a text at spaces, and inside words that are wider than a line.
  ///
  /// - Parameters:
  ///   - text: the text; its own line breaks stay.
  ///   - width: the width of a line in pixels.
  ///   - style: the letters.
  ///   - limit: the greatest number of lines; the last one then ends in three dots.
  static func lines(_ text: String, width: Int, style: TextStyle, limit: Int = 12) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      // A text of any length costs no more than the lines that are shown.
      guard lines.count <= limit else { break }
      lines += wrapped(paragraph, width: width, style: style, limit: limit + 1)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    guard lines.count > limit, limit > 0 else { return lines }
    return lines.prefix(limit - 1) + [shortened(lines[limit - 1] + "...", width: width, style: style)]
  }

  private static func wrapped(_ text: Substring, width: Int, style: TextStyle, limit: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      for piece in pieces(word, width: width, style: style) {
        let longer = line.isEmpty ? piece : line + " " + piece
        if style.width(of: longer) <= width {
          line = longer
        } else {
          lines.append(line)
          line = piece
        }
        if lines.count >= limit { return lines }
      }
    }
    return lines + [line]
  }

  /// A word in pieces that each fit a line.
  private static func pieces(_ word: Substring, width: Int, style: TextStyle) -> [String] {
    guard word.count > 1, style.width(of: String(word.prefix(1000))) > width else { return [String(word)] }
    var pieces = [""]
    for character in word.prefix(10_000) {
      let longer = pieces[pieces.count - 1] + String(character)
      if longer.count > 1, style.width(of: longer) > width {
        pieces.append(String(character))
      } else {
        pieces[pieces.count - 1] = longer
      }
    }
    return pieces
  }

  /// A line ending in three dots, cut before them until it fits.
  private static func shortened(_ line: String, width: Int, style: TextStyle) -> String {
    var words = line.dropLast(3)
    while !words.isEmpty, style.width(of: words + "...") > width { words.removeLast() }
    return words + "..."
  }
}
