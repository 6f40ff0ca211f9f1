/// A word of the language. `by` and `with` are words only where an operator may stand.
enum Keyword: String, CaseIterable {
  case `func`, `if`, `else`, `for`, `in`, `while`, `break`, `continue`, `return`, and, or, not, `try`, assert
  case `import`, `true`, `false`, none
}

/// A sign of the language; longer ones come first, so that the lexer takes the longest.
enum Symbol: String, CaseIterable {
  case rangeBelow = "..<"
  case rangeTo = "..."
  case pipe = "|>"
  case equal = "=="
  case unequal = "!="
  case atMost = "<="
  case atLeast = ">="
  case plusAssign = "+="
  case minusAssign = "-="
  case timesAssign = "*="
  case overAssign = "/="
  case power = "**"
  case floorDivide = "//"
  case andSign = "&&"
  case orSign = "||"
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divide = "/"
  case modulo = "%"
  case assign = "="
  case less = "<"
  case greater = ">"
  case openParenthesis = "("
  case closeParenthesis = ")"
  case openBracket = "["
  case closeBracket = "]"
  case openBrace = "{"
  case closeBrace = "}"
  case comma = ","
  case colon = ":"
  case semicolon = ";"
  case dot = "."
  case notSign = "!"
  case question = "?"

  /// The signs by their first byte, longer ones first.
  static let byFirstByte = Dictionary(grouping: allCases.map { (symbol: $0, bytes: Array($0.rawValue.utf8)) }) {
    $0.bytes.first ?? 0
  }
}

/// A piece of a text literal.
enum TextPiece {
  case text(String)
  case code([Token], NumberFormat?, Range<Int>)
}

/// A word, sign, number or text of a source.
struct Token {
  enum Kind {
    case name
    case keyword(Keyword)
    case symbol(Symbol)
    case number(Value)
    case text([TextPiece])
    case end
  }

  var kind: Kind
  /// Byte offsets into the source.
  var range: Range<Int>
  /// Whether it is the first of its line.
  var startsLine = false
  /// Whether white space or a line's start is before it.
  var isSpaced = false
  /// The `##` lines before it.
  var documentation: String?

  func matches(_ symbol: Symbol) -> Bool { if case .symbol(symbol) = kind { true } else { false } }
  func matches(_ keyword: Keyword) -> Bool { if case .keyword(keyword) = kind { true } else { false } }
  var isName: Bool { if case .name = kind { true } else { false } }
  var isEnd: Bool { if case .end = kind { true } else { false } }
}
