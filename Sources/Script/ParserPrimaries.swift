/// Expressions that stand for themselves: names, literals, containers, closures, and those that a word begins.
extension Parser {
  mutating func primary() throws -> Expression {
    let first = token
    let start = first.range.lowerBound
    switch first.kind {
    case .number(let value):
      position += 1
      return Expression(.literal(value), span(first.range))
    case .text(let pieces):
      position += 1
      return try textExpression(pieces, span(first.range))
    case .name:
      position += 1
      let name = text(first)
      if name.hasPrefix("$") { try noteDollar(name, first) }
      return Expression(.name(NameSyntax(name)), span(first.range))
    case .keyword(let keyword):
      return try keywordExpression(keyword, first)
    case .symbol(.openBracket): return try listOrDictionary()
    case .symbol(.openBrace): return try closure()
    case .symbol(.openParenthesis):
      position += 1
      let isRecord = (token.isName || isKeyword) && following.matches(.colon)
      return try inside(brackets: true) { parser in
        if isRecord { return Expression(.record(try parser.fields()), parser.spanFrom(start)) }
        let inner = try parser.expression()
        if parser.token.matches(.comma) {
          throw parser.fail(
            "a record's values need names", fix: "write (x: 1, y: 2) for a record, [1, 2] for a list")
        }
        guard parser.take(.closeParenthesis) else { throw parser.unclosed(first, ")") }
        return inner
      }
    default: throw expected("an expression")
    }
  }

  mutating func noteDollar(_ name: String, _ token: Token) throws {
    guard let number = Int(name.dropFirst()), number < 10 else {
      throw fail("closures have the arguments $0 to $9", at: token.range)
    }
    highestDollar = max(highestDollar ?? 0, number)
  }

  mutating func keywordExpression(_ keyword: Keyword, _ first: Token) throws -> Expression {
    position += 1
    let start = first.range.lowerBound
    switch keyword {
    case .true: return Expression(.literal(.bool(true)), span(first.range))
    case .false: return Expression(.literal(.bool(false)), span(first.range))
    case .none: return Expression(.literal(.none), span(first.range))
    case .if:
      var branches: [(condition: Expression, block: Block)] = []
      var otherwise: Block?
      repeat {
        let condition = try head()
        branches.append((condition, try block()))
        guard take(.else) else { break }
        if !take(.if) {
          otherwise = try block()
          break
        }
      } while true
      return Expression(.conditional(branches, otherwise: otherwise), spanFrom(start))
    case .try: return try attempt(start)
    case .not:
      position -= 1
      throw fail("'not' binds less tightly than the operator before it", fix: "put (not …) in parentheses")
    default:
      position -= 1
      throw expected("an expression")
    }
  }

  mutating func attempt(_ start: Int) throws -> Expression {
    let body = try blockOrExpression()
    guard take(.else) else { throw expected("'else' and what to do if this fails", fix: "try … else none") }
    guard token.matches(.openBrace) else {
      return Expression(.attempt(body, otherwise: try blockOrExpression(), error: nil), spanFrom(start))
    }
    let open = advance()
    var error: NameSyntax?
    if token.isName, following.matches(.in) {
      error = NameSyntax(text(advance()))
      position += 1
    }
    let otherwise = try nested { try $0.rest(of: open) }
    return Expression(.attempt(body, otherwise: otherwise, error: error), spanFrom(start))
  }

  mutating func blockOrExpression() throws -> Block {
    if token.matches(.openBrace) { return try block() }
    let value = try expression()
    return Block([Statement(.expression(value), value.span)])
  }

  mutating func fields() throws -> [Field] {
    var result: [Field] = []
    while !take(.closeParenthesis) {
      guard token.isName || isKeyword, following.matches(.colon) else { throw expected("a field, such as lr: 1e-5") }
      let name = advance()
      position += 1
      let field = Field(
        name: Identifier(name: text(name), span: span(name.range)), value: try expression())
      if let first = result.first(where: { $0.name.name == field.name.name }) {
        diagnostics.append(
          Diagnostic(
            .doubledArgument, "the field '\(field.name.name)' is given twice", at: field.name.span,
            because: .init(text: "first given here", span: first.name.span)))
      }
      result.append(field)
      if !take(.comma), !token.matches(.closeParenthesis) { throw expected("',' or ')'") }
    }
    return result
  }

  mutating func listOrDictionary() throws -> Expression {
    let open = advance()
    let start = open.range.lowerBound
    return try inside(brackets: true) { parser in
      if parser.take(.colon) {
        guard parser.take(.closeBracket) else { throw parser.expected("']'") }
        return Expression(.dictionary([]), parser.spanFrom(start))
      }
      var items: [Expression] = []
      var entries: [(key: Expression, value: Expression)] = []
      while !parser.take(.closeBracket) {
        guard !parser.token.isEnd else { throw parser.unclosed(open, "]") }
        let item = try parser.expression()
        if items.isEmpty, parser.take(.colon) {
          entries.append((item, try parser.expression()))
        } else if entries.isEmpty {
          items.append(item)
        } else {
          throw parser.expected("':' and the entry's value")
        }
        if !parser.take(.comma), !parser.token.matches(.closeBracket) { throw parser.unclosed(open, "]") }
      }
      let kind: Expression.Kind = entries.isEmpty ? .list(items) : .dictionary(entries)
      return Expression(kind, parser.spanFrom(start))
    }
  }

  mutating func closure() throws -> Expression {
    let open = advance()
    let start = open.range.lowerBound
    var parameters: [(name: Identifier, defaultValue: Expression?)] = []
    while closureHasParameters, !take(.in) {
      let name = try identifier("a parameter's name")
      if parameters.contains(where: { $0.name.name == name.name }) {
        throw fail("two parameters are called '\(name.name)'", at: name.span.range)
      }
      parameters.append((name, nil))
      _ = take(.comma)
    }
    let outer = (depth, deepest, highestDollar)
    (deepest, highestDollar) = (0, nil)
    defer { (depth, deepest, highestDollar) = (outer.0, max(outer.1, deepest), outer.2) }
    let body = try nested { try $0.rest(of: open) }
    if let highestDollar, parameters.isEmpty {
      parameters = (0...highestDollar).map { (Identifier(name: "$\($0)", span: span(open.range)), nil) }
    }
    let function = FunctionSyntax(
      name: nil, parameters: parameters, body: body, documentation: nil, nesting: max(deepest - outer.0, 1) + 1,
      span: spanFrom(start))
    return Expression(.function(function), function.span)
  }

  /// Looks for the rest of `a, b in` after the brace; `{ x in xs }` is therefore a closure too, never a test.
  var closureHasParameters: Bool {
    if token.matches(.in) { return position > 0 && tokens[position - 1].isName }
    var ahead = position
    while ahead + 1 < tokens.count, tokens[ahead].isName {
      if tokens[ahead + 1].matches(.in) { return true }
      guard tokens[ahead + 1].matches(.comma) else { return false }
      ahead += 2
    }
    return false
  }

  mutating func textExpression(_ pieces: [TextPiece], _ whole: SourceSpan) throws -> Expression {
    if pieces.count == 1, case .text(let text) = pieces[0] { return Expression(.literal(.string(text)), whole) }
    var parts: [Expression.Piece] = []
    for piece in pieces {
      switch piece {
      case .text(let text): parts.append(.text(text))
      case .code(let code, let format, let range):
        let outer = (tokens, position)
        (tokens, position) = (code, 0)
        defer { (tokens, position) = outer }
        guard !token.isEnd else { throw fail("'\\()' has nothing in it", at: whole.range) }
        let value = try nested { parser in try parser.inside(brackets: true) { try $0.expression() } }
        guard token.isEnd else { throw fail("expected ')' in the text, found '\(text(token))'", at: range) }
        parts.append(.value(value, format))
      }
    }
    return Expression(.text(parts), whole)
  }
}
