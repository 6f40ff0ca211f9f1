extension String {
  /// The text with lines broken at spaces so that they fit a width.
  ///
  /// What a line is continued with stands below its second column, if there is one (two spaces or more lie before it), or is
  /// indented four more than the line.
  ///
  /// - Parameter width: the characters of a line; words that are longer stand alone.
  public func wrapped(to width: Int) -> String {
    split(separator: "\n", omittingEmptySubsequences: false).map { $0.wrappedLine(to: width) }.joined(separator: "\n")
  }
}

extension Substring {
  fileprivate func wrappedLine(to width: Int) -> String {
    guard count > width else { return String(self) }
    let margin = hangingIndent(width)
    var (result, length, isFresh) = ("", 0, true)
    for piece in split(separator: " ", omittingEmptySubsequences: false) {
      if !isFresh, length + 1 + piece.count > width, !result.isEmpty, length > margin {
        result += "\n" + String(repeating: " ", count: margin) + piece
        length = margin + piece.count
      } else {
        result += (isFresh ? "" : " ") + piece
        length += (isFresh ? 0 : 1) + piece.count
      }
      isFresh = false
    }
    return result
  }

  /// Where the second column begins, if it is in the first half.
  private func hangingIndent(_ width: Int) -> Int {
    let leading = prefix { $0 == " " }.count
    let first = dropFirst(leading).prefix { $0 != " " }
    let gap = dropFirst(leading + first.count).prefix { $0 == " " }
    let column = leading + first.count + gap.count
    return gap.count >= 2 && column <= width / 2 ? column : leading + 4
  }
}
