/// Expressions.
extension Parser {
  mutating func expression() throws -> Expression { try binary(0) }

  /// Operators by how tightly they bind; `not` binds at 4, a sign at 9.
  func operation() -> (strength: Int, symbol: String)? {
    switch token.kind {
    case .keyword(.or): return (2, "or")
    case .keyword(.and): return (3, "and")
    case .keyword(.in): return (5, "in")
    case .keyword(.not) where following.matches(.in): return (5, "not in")
    case .name where text(token) == "with" && following.matches(.openParenthesis): return (1, "with")
    case .symbol(let symbol):
      switch symbol {
      case .pipe: return (1, symbol.rawValue)
      case .equal, .unequal, .less, .greater, .atMost, .atLeast: return (5, symbol.rawValue)
      case .rangeBelow, .rangeTo: return (6, symbol.rawValue)
      case .plus, .minus: return (7, symbol.rawValue)
      case .times, .divide, .floorDivide, .modulo: return (8, symbol.rawValue)
      case .power: return (10, symbol.rawValue)
      default: return nil
      }
    default: return nil
    }
  }

  mutating func binary(_ least: Int) throws -> Expression {
    let savedDepth = depth
    defer { depth = savedDepth }
    try deeper()
    var left = try prefix(least)
    while let (strength, symbol) = operation(), strength >= least {
      guard !isLineEnd || symbol == "|>" else { break }
      // Every turn puts the tree so far under a new node, which evaluation has to go down.
      try deeper()
      position += symbol == "not in" ? 2 : 1
      left = try combine(left, symbol, strength)
    }
    return left
  }

  mutating func combine(_ left: Expression, _ symbol: String, _ strength: Int) throws -> Expression {
    func joined(_ right: Expression) -> SourceSpan { left.span.joined(right.span) }
    switch symbol {
    case "|>": return try pipe(left)
    case "with":
      position += 1
      let start = left.span.range.lowerBound
      let fields = try inside(brackets: true) { try $0.fields() }
      return Expression(.with(left, fields), spanFrom(start))
    case "or", "and":
      let right = try binary(strength + 1)
      return Expression(symbol == "or" ? .or(left, right) : .and(left, right), joined(right))
    case "..<", "...":
      let right = try binary(7)
      var step: Expression?
      if token.isName, text(token) == "by", !isLineEnd {
        position += 1
        step = try binary(7)
      }
      return Expression(
        .range(left, right, step: step, isClosed: symbol == "..."), spanFrom(left.span.range.lowerBound))
    default:
      let right = try binary(symbol == "**" ? strength : strength + 1)
      guard let op = Operator(rawValue: symbol) else { throw expected("an operator") }
      if strength == 5, let (next, other) = operation(), next == 5, !isLineEnd {
        throw fail(
          "comparisons cannot be chained", fix: "write a \(symbol) b and b \(other) c")
      }
      return Expression(.binary(op, left, right), joined(right))
    }
  }

  mutating func pipe(_ value: Expression) throws -> Expression {
    let target = try postfix(try primary())
    let span = value.span.joined(target.span)
    switch target.kind {
    case .call(let call):
      return Expression(
        .call(CallSyntax(call.callee, [Argument(value: value)] + call.arguments, isPiped: true)), span)
    case .name, .member:
      return Expression(.call(CallSyntax(target, [Argument(value: value)], isPiped: true)), span)
    default: throw fail("'|>' needs a function after it", at: target.span.range, fix: "write |> name(…)")
    }
  }

  mutating func prefix(_ least: Int) throws -> Expression {
    let start = token.range.lowerBound
    if take(.minus) {
      let operand = try binary(9)
      switch operand.kind {
      case .literal(.int(let value)): return Expression(.literal(.int(-value)), spanFrom(start))
      case .literal(.float(let value)): return Expression(.literal(.float(-value)), spanFrom(start))
      default: return Expression(.negate(operand), spanFrom(start))
      }
    }
    if isStart { return try startExpression() }
    if token.matches(.not), least <= 4 {
      position += 1
      return Expression(.not(try binary(4)), spanFrom(start))
    }
    return try postfix(try primary())
  }

  /// Whether `start` and a call on the same line stand here. It is a word only there.
  private var isStart: Bool {
    token.isName && text(token) == "start" && following.isName && !following.startsLine
      && !["with", "by"].contains(text(following))
  }

  /// `start trainer.run(steps: 500)`, which is `start({ trainer.run(steps: 500) })`.
  private mutating func startExpression() throws -> Expression {
    let word = advance()
    let outer = deepest
    deepest = 0
    let start = depth
    let work = try nested { parser in try parser.postfix(try parser.primary()) }
    guard case .call = work.kind else {
      throw fail(
        "'start' runs a call in the background", at: work.span.range, fix: "write start \(work.span.text.prefix(40))(…)"
      )
    }
    let function = FunctionSyntax(
      name: nil, parameters: [], body: Block([Statement(.expression(work), work.span)]), documentation: nil,
      nesting: max(deepest - start, 1) + 1, span: work.span)
    deepest = max(outer, deepest)
    let closure = Expression(.function(function), work.span)
    let callee = Expression(.name(NameSyntax("start")), span(word.range))
    return Expression(.call(CallSyntax(callee, [Argument(value: closure)])), spanFrom(word.range.lowerBound))
  }

  /// Calls, members, indexes and trailing closures after an expression.
  mutating func postfix(_ first: Expression) throws -> Expression {
    var result = first
    let start = first.span.range.lowerBound
    let savedDepth = depth
    defer { depth = savedDepth }
    while !token.isEnd {
      if token.matches(.dot) {
        position += 1
        guard token.isName || isKeyword else { throw expected("a member's name") }
        let name = advance()
        result = Expression(
          .member(result, Identifier(name: text(name), span: span(name.range))), spanFrom(start))
      } else if isLineEnd {
        break
      } else if token.matches(.openParenthesis) {
        let arguments = try arguments()
        let closures = try trailingClosures()
        result = Expression(.call(CallSyntax(result, arguments + closures)), spanFrom(start))
      } else if token.matches(.openBracket) {
        result = try index(result, start)
      } else if token.matches(.openBrace), allowsTrailing, !token.startsLine, isCallable(result) {
        result = Expression(.call(CallSyntax(result, try trailingClosures())), spanFrom(start))
      } else {
        break
      }
      try deeper()
    }
    return result
  }

  var isKeyword: Bool { if case .keyword = token.kind { true } else { false } }

  func isCallable(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .name, .member: true
    default: false
    }
  }

  mutating func index(_ base: Expression, _ start: Int) throws -> Expression {
    let open = advance()
    let index = try inside(brackets: true) { try $0.expression() }
    guard take(.closeBracket) else { throw unclosed(open, "]") }
    return Expression(.index(base, index), spanFrom(start))
  }

  mutating func unclosed(_ open: Token, _ close: String) -> Unreadable {
    guard token.isEnd || isKeyword || token.startsLine else { return expected("',' or '\(close)'") }
    return fail(
      "'\(text(open))' is never closed", code: .bracket, at: open.range, fix: "add '\(close)'")
  }

  mutating func arguments() throws -> [Argument] {
    let open = advance()
    return try inside(brackets: true) { parser in
      var result: [Argument] = []
      while !parser.take(.closeParenthesis) {
        guard !parser.token.isEnd else { throw parser.unclosed(open, ")") }
        var label: Identifier?
        let isSpread = parser.take(.rangeTo)
        if !isSpread, parser.token.isName || parser.isKeyword, parser.following.matches(.colon) {
          let name = parser.advance()
          label = Identifier(name: parser.text(name), span: parser.span(name.range))
          parser.position += 1
        }
        result.append(Argument(label: label, value: try parser.expression(), isSpread: isSpread))
        if !parser.take(.comma), !parser.token.matches(.closeParenthesis) { throw parser.unclosed(open, ")") }
      }
      return result
    }
  }

  /// `{ … }` after a call, on its line.
  mutating func trailingClosures() throws -> [Argument] {
    guard allowsTrailing, token.matches(.openBrace), !token.startsLine else { return [] }
    return [Argument(value: try closure(), isTrailing: true)]
  }

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
        } else if entries
          .isEmpty
        {
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
