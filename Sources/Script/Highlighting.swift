/// A stretch of source text that is drawn in a way of its own.
public struct Highlight: Sendable, Hashable {
  /// What it is.
  public enum Kind: Sendable, Hashable, CaseIterable {
    /// A word of the language.
    case keyword
    /// A number with its unit.
    case number
    /// A text with its quotes.
    case text
    /// `\(` and `)` of a value inside a text.
    case interpolation
    /// What stands between them: it is no text.
    case code
    /// A comment.
    case comment
    /// The name of what is called.
    case call
    /// The name of an argument or a field.
    case label
    /// `(`, `[` or `{`.
    case opening
    /// `)`, `]` or `}`.
    case closing
    /// Where the text stops being of the language.
    case error
  }

  /// What it is.
  public let kind: Kind
  /// The bytes of the UTF-8 text that it covers.
  public let range: Range<Int>
}

extension Highlight {
  /// The stretches of a text, in order; later ones lie over earlier ones. Anything that is not told is plain.
  ///
  /// - Parameter text: source text, complete or not.
  public static func all(in text: String) -> [Highlight] {
    let source = Source(text)
    var lexer = Lexer(source, limits: Limits())
    let tokens = lexer.tokens()
    var result: [Highlight] = []
    var end = 0
    for token in tokens {
      comments(in: end..<max(token.range.lowerBound, end), of: source, to: &result)
      end = token.range.upperBound
    }
    add(tokens, of: source, to: &result)
    if let span = firstError(in: source) { result.append(Highlight(kind: .error, range: span)) }
    return result
  }

  private static func add(_ tokens: [Token], of source: Source, to result: inout [Highlight]) {
    for (index, token) in tokens.enumerated() {
      let next = index + 1 < tokens.count ? tokens[index + 1] : nil
      guard let kind = kind(of: token, next: next) else { continue }
      result.append(Highlight(kind: kind, range: token.range))
      guard case .text(let pieces) = token.kind else { continue }
      for case .code(let inner, _, let range) in pieces {
        result.append(Highlight(kind: .interpolation, range: (range.lowerBound - 2)..<range.lowerBound))
        result.append(Highlight(kind: .code, range: range))
        add(inner.dropLast(), of: source, to: &result)
        let end = (inner.last?.range.upperBound ?? range.upperBound) + 1
        result.append(Highlight(kind: .interpolation, range: range.upperBound..<end))
      }
    }
  }

  private static func kind(of token: Token, next: Token?) -> Kind? {
    switch token.kind {
    case .keyword: .keyword
    case .number: .number
    case .text: .text
    case .name:
      if let next, next.matches(.openParenthesis), !next.isSpaced {
        .call
      } else if let next, next.matches(.colon), !next.isSpaced {
        .label
      } else {
        nil
      }
    case .symbol(.openParenthesis), .symbol(.openBracket), .symbol(.openBrace): .opening
    case .symbol(.closeParenthesis), .symbol(.closeBracket), .symbol(.closeBrace): .closing
    case .symbol, .end: nil
    }
  }

  /// What stands between two tokens is blank or a comment.
  private static func comments(in gap: Range<Int>, of source: Source, to result: inout [Highlight]) {
    var position = gap.lowerBound
    while position < gap.upperBound {
      if source.bytes[position] == UInt8(ascii: "#") {
        let end = source.bytes[position..<gap.upperBound].firstIndex(of: 0x0A) ?? gap.upperBound
        result.append(Highlight(kind: .comment, range: position..<end))
        position = end
      }
      position += 1
    }
  }

  /// The first error, unless more input may yet mend it: what is being typed is not wrong.
  private static func firstError(in source: Source) -> Range<Int>? {
    var parser = Parser(source, limits: Limits())
    _ = parser.program()
    let end = source.bytes.reversed().drop { $0 == 0x20 || $0 == 0x0A }.count
    guard !parser.isUnfinished, let first = parser.diagnostics.first, let span = first.span else { return nil }
    // A text on the last line is about to be closed.
    let isOpen = first.code == .text && span.line == source.line(at: end)
    return isOpen || span.range.upperBound >= end ? nil : span.range
  }
}
