/// How a character is drawn.
enum Style: UInt8 {
  case plain, prompt, keyword, number, text, interpolation, comment, call, label, error, match, quiet, strong, chosen

  /// The escape sequence that begins it after a reset; `nil` for plain ones.
  ///
  /// Without colour only what a one-colour terminal can show remains.
  func sequence(isColoured: Bool) -> String? {
    switch self {
    case .plain: nil
    case .prompt: isColoured ? "\u{1B}[1;34m" : nil
    case .keyword: isColoured ? "\u{1B}[35m" : nil
    case .number: isColoured ? "\u{1B}[36m" : nil
    case .text: isColoured ? "\u{1B}[32m" : nil
    case .interpolation: isColoured ? "\u{1B}[1;32m" : nil
    case .comment: isColoured ? "\u{1B}[90m" : nil
    case .call: isColoured ? "\u{1B}[34m" : nil
    case .label: isColoured ? "\u{1B}[33m" : nil
    case .error: isColoured ? "\u{1B}[4;31m" : "\u{1B}[4m"
    case .match: isColoured ? "\u{1B}[1;4;33m" : "\u{1B}[1;4m"
    case .quiet: isColoured ? "\u{1B}[90m" : nil
    case .strong: "\u{1B}[1m"
    case .chosen: "\u{1B}[7m"
    }
  }
}

/// A text of which every character has a style, for one line of the screen or more.
struct StyledText: Equatable {
  private(set) var scalars: [UInt32] = []
  private(set) var styles: [Style] = []

  init(_ text: String = "", _ style: Style = .plain) { append(text, style) }

  /// Adds a text at the end.
  mutating func append(_ text: String, _ style: Style = .plain) {
    for scalar in text.unicodeScalars {
      scalars.append(scalar.value)
      styles.append(style)
    }
  }

  /// Draws one stretch, in scalars, in another style.
  mutating func paint(_ range: Range<Int>, _ style: Style) {
    for index in range.clamped(to: styles.indices) { styles[index] = style }
  }
}
