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
}
