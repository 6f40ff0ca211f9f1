/// Reads tokens into statements by recursive descent, and goes on after a mistake at the next line or brace.
struct Parser {
  /// Thrown from a mistake, already reported, to the statement that it is in.
  struct Unreadable: Error {}

  let source: Source
  let limits: Limits
  var tokens: [Token]
  var position = 0
  var diagnostics: [Diagnostic]
  /// Whether more input could complete the text.
  private(set) var isUnfinished: Bool
  /// The offsets of the `# %%` lines.
  let cellStarts: [Int]
  /// Brackets around the position inside which line ends mean nothing.
  var isInsideBrackets = false
  /// Whether `{` after an expression starts a trailing closure; not so in the head of `if`, `for` and `while`.
  var allowsTrailing = true
  var depth = 0
  var deepest = 0
  /// The highest `$n` of the closure being read.
  var highestDollar: Int?

  init(_ source: Source, limits: Limits) {
    var lexer = Lexer(source, limits: limits)
    tokens = lexer.tokens()
    (self.source, self.limits, diagnostics) = (source, limits, lexer.diagnostics)
    (isUnfinished, cellStarts) = (lexer.isUnfinished, lexer.cellStarts)
  }

  /// All statements of the source.
  mutating func program() -> Block {
    let statements = statements(untilBrace: false)
    diagnostics.sort { ($0.span?.range.lowerBound ?? 0) < ($1.span?.range.lowerBound ?? 0) }
    return Block(statements)
  }

  // MARK: Tokens

  var token: Token { tokens[min(position, tokens.count - 1)] }
  var following: Token { tokens[min(position + 1, tokens.count - 1)] }
  /// Whether the statement ends before the token because a line does.
  var isLineEnd: Bool { token.isEnd || (token.startsLine && !isInsideBrackets) }

  func span(_ range: Range<Int>) -> SourceSpan { SourceSpan(source, range) }
  func text(_ token: Token) -> String { source.text(token.range) }

  mutating func advance() -> Token {
    let taken = token
    position += 1
    return taken
  }

  mutating func take(_ symbol: Symbol) -> Bool {
    guard token.matches(symbol) else { return false }
    position += 1
    return true
  }

  mutating func take(_ keyword: Keyword) -> Bool {
    guard token.matches(keyword) else { return false }
    position += 1
    return true
  }

  func spanFrom(_ start: Int) -> SourceSpan {
    let end = position > 0 ? tokens[min(position, tokens.count) - 1].range.upperBound : start
    return span(start..<max(start, end))
  }

  mutating func fail(
    _ message: String, code: Diagnostic.Code = .syntax, at range: Range<Int>? = nil, hint: String? = nil,
    fix: String? = nil
  ) -> Unreadable {
    if token.isEnd { isUnfinished = true }
    // What cannot be closed because reading stopped is not worth a word.
    if diagnostics.last?.code == .nesting { return Unreadable() }
    diagnostics.append(Diagnostic(code, message, at: span(range ?? token.range), hint: hint, fix: fix))
    return Unreadable()
  }

  mutating func expected(_ what: String, fix: String? = nil) -> Unreadable {
    let found = token.isEnd ? "the end" : isLineEnd ? "the line's end" : "'\(text(token))'"
    let place = isLineEnd && position > 0 ? tokens[position - 1].range.upperBound : token.range.lowerBound
    let range = isLineEnd ? place..<place : token.range
    return fail("expected \(what), found \(found)", at: range, fix: fix ?? habitFix)
  }

  /// What people who write other languages mean by a sign or word that ours does not have.
  var habitFix: String? {
    let fixes = [
      "&&": "write and", "||": "write or", "!": "write not", "=": "write == to compare", "elif": "write else if",
      "?": "write if … { … } else { … }", "lambda": "write { x in … }", "then": "write { … }",
    ]
    return fixes[text(token)] ?? (isPrefixedText ? "write \\(value) inside of a plain text" : nil)
  }

  /// Whether this is the text of an `f"…"`.
  private var isPrefixedText: Bool {
    guard case .text = token.kind, position > 0 else { return false }
    let before = tokens[position - 1]
    return before.range.upperBound == token.range.lowerBound && ["f", "r", "s"].contains(text(before))
  }

  mutating func nested<Result>(_ read: (inout Parser) throws -> Result) throws -> Result {
    try deeper()
    defer { depth -= 1 }
    return try read(&self)
  }

  mutating func deeper() throws {
    depth += 1
    deepest = max(deepest, depth)
    guard depth <= limits.nesting else {
      let error = fail(
        "this is nested more than \(limits.nesting) deep", code: .nesting, fix: "give a part of it a name")
      position = tokens.count - 1
      depth -= 1
      throw error
    }
  }

  /// Reads with line ends and trailing closures set for what is inside brackets or braces.
  mutating func inside<Result>(
    brackets: Bool, trailing: Bool = true, _ read: (inout Parser) throws -> Result
  ) throws -> Result {
    let saved = (isInsideBrackets, allowsTrailing)
    (isInsideBrackets, allowsTrailing) = (brackets, trailing)
    defer { (isInsideBrackets, allowsTrailing) = saved }
    return try read(&self)
  }

  // MARK: Statements

  mutating func statements(untilBrace: Bool) -> [Statement] {
    var result: [Statement] = []
    while !token.isEnd {
      if token.matches(.closeBrace) {
        if untilBrace { break }
        _ = fail("'}' closes nothing", code: .bracket, fix: "remove it")
        position += 1
        continue
      }
      if take(.semicolon) { continue }
      let savedDepth = depth
      do {
        let statement = try statement()
        result.append(statement)
        if take(.semicolon) {
          statement.isSilent = true
        } else if !token.isEnd, !token.startsLine, !token.matches(.closeBrace) {
          throw expected("the line's end")
        }
      } catch {
        depth = savedDepth
        skipToNextLine()
        if diagnostics.count >= limits.diagnostics { position = tokens.count - 1 }
      }
    }
    return result
  }

  /// After a mistake: to the next line outside braces opened since, or to the brace that closes the block.
  mutating func skipToNextLine() {
    var braces = 0
    while !token.isEnd {
      if token.matches(.openBrace) { braces += 1 }
      if token.matches(.closeBrace) {
        if braces == 0 { return }
        braces -= 1
      }
      position += 1
      if braces == 0, token.startsLine, !token.matches(.closeParenthesis), !token.matches(.closeBracket) { return }
    }
  }

  mutating func statement() throws -> Statement {
    let start = token.range.lowerBound
    let first = token
    guard case .keyword(let keyword) = token.kind else {
      if following.isName, !following.startsLine, ["let", "var", "def", "const"].contains(text(token)) {
        throw fail(
          "'\(text(token))' is not a word of the language",
          fix: text(token) == "def" ? "write func" : "leave '\(text(token))' out")
      }
      return try expressionStatement(start)
    }
    switch keyword {
    case .func where following.isName: return try functionStatement(first)
    case .for: return try loopStatement(start)
    case .while:
      position += 1
      let condition = try head()
      return Statement(.whileLoop(condition, try block()), spanFrom(start))
    case .break, .continue:
      position += 1
      return Statement(keyword == .break ? .breakLoop : .continueLoop, spanFrom(start))
    case .return:
      position += 1
      let hasValue = !isLineEnd && !token.matches(.closeBrace) && !token.matches(.semicolon)
      return Statement(.returnValue(hasValue ? try expression() : nil), spanFrom(start))
    case .assert:
      position += 1
      let condition = try expression()
      let message = take(.comma) ? try expression() : nil
      return Statement(.assertion(condition, message: message), spanFrom(start))
    case .import:
      position += 1
      let path = try expression()
      guard case .literal(.string) = path.kind else {
        throw fail("'import' takes the path of a file as a text", at: path.span.range, fix: "import \"file.easel\"")
      }
      // The checker reads the file and puts its statements here.
      return Statement(.importFile(Block([Statement(.expression(path), path.span)])), spanFrom(start))
    default: return try expressionStatement(start)
    }
  }

  mutating func expressionStatement(_ start: Int) throws -> Statement {
    let target = try expression()
    if let unpacking = try unpacking(target, start) { return unpacking }
    let operators: [(Symbol, Operator?)] = [
      (.assign, nil), (.plusAssign, .add), (.minusAssign, .subtract), (.timesAssign, .multiply),
      (.overAssign, .divide),
    ]
    for (symbol, op) in operators where token.matches(symbol) && !isLineEnd {
      guard isAssignable(target) else {
        throw fail(
          "'\(target.span.text.prefix(40))' cannot be assigned to", code: .notAssignable, at: target.span.range,
          fix: symbol == .assign ? "write == to compare" : nil)
      }
      position += 1
      let value = try expression()
      return Statement(.assign(target: target, op: op, value: value), spanFrom(start))
    }
    return Statement(.expression(target), spanFrom(start))
  }

  /// `a, b = pair`, after its first target.
  mutating func unpacking(_ first: Expression, _ start: Int) throws -> Statement? {
    guard token.matches(.comma), !isLineEnd, isAssignable(first), following.isName else { return nil }
    var targets = [first]
    while take(.comma) {
      let target = try postfix(try primary())
      guard isAssignable(target) else {
        throw fail(
          "'\(target.span.text.prefix(40))' cannot be assigned to", code: .notAssignable, at: target.span.range)
      }
      targets.append(target)
    }
    guard take(.assign) else { throw expected("'=' and the values", fix: "write a, b = pair, or one value a line") }
    return Statement(.unpack(targets, try expression()), spanFrom(start))
  }

  func isAssignable(_ target: Expression) -> Bool {
    switch target.kind {
    case .name(let name): !name.name.hasPrefix("$")
    case .member(let base, _), .index(let base, _): isAssignable(base)
    default: false
    }
  }

  mutating func functionStatement(_ first: Token) throws -> Statement {
    position += 1
    let name = try identifier("the function's name")
    guard take(.openParenthesis) else { throw expected("'(' and the parameters") }
    let parameters = try inside(brackets: true) { parser in
      try parser.parameterList()
    }
    let function = try functionBody(first, name: name.name, parameters: parameters)
    return Statement(.function(NameSyntax(name.name), function), spanFrom(first.range.lowerBound))
  }

  mutating func functionBody(
    _ first: Token, name: String, parameters: [(name: Identifier, defaultValue: Expression?)]
  ) throws -> FunctionSyntax {
    let outer = (depth, deepest, highestDollar)
    (depth, deepest, highestDollar) = (min(depth, limits.nesting / 2), 0, nil)
    let start = depth
    defer { (depth, deepest, highestDollar) = (outer.0, max(outer.1, deepest), outer.2) }
    let body = try block()
    return FunctionSyntax(
      name: name, parameters: parameters, body: body, documentation: first.documentation,
      nesting: max(deepest - start, 1) + 1, span: spanFrom(first.range.lowerBound))
  }

  mutating func parameterList() throws -> [(name: Identifier, defaultValue: Expression?)] {
    var result: [(name: Identifier, defaultValue: Expression?)] = []
    while !take(.closeParenthesis) {
      let name = try identifier("a parameter's name")
      if result.contains(where: { $0.name.name == name.name }) {
        throw fail("two parameters are called '\(name.name)'", at: name.span.range)
      }
      if token.matches(.colon) {
        throw fail("parameters have no types", fix: "write \(name.name) or \(name.name) = a default")
      }
      result.append((name, take(.assign) ? try expression() : nil))
      if !take(.comma), !token.matches(.closeParenthesis) { throw expected("',' or ')'") }
    }
    return result
  }

  mutating func identifier(_ what: String) throws -> Identifier {
    guard token.isName, !text(token).hasPrefix("$") else { throw expected(what) }
    let name = advance()
    return Identifier(name: text(name), span: span(name.range))
  }

  mutating func loopStatement(_ start: Int) throws -> Statement {
    position += 1
    var names = [NameSyntax(try identifier("the loop's variable").name)]
    while take(.comma) { names.append(NameSyntax(try identifier("the loop's variable").name)) }
    guard take(.in) else { throw expected("'in'") }
    let sequence = try head()
    return Statement(.loop(names: names, sequence: sequence, body: try block()), spanFrom(start))
  }

  /// The condition or sequence before a block.
  mutating func head() throws -> Expression {
    try inside(brackets: false, trailing: false) { try $0.expression() }
  }

  mutating func block() throws -> Block {
    guard token.matches(.openBrace) else { throw expected("'{'") }
    let open = advance()
    return try nested { try $0.rest(of: open) }
  }

  /// The statements of a block and its closing brace.
  mutating func rest(of open: Token) throws -> Block {
    try inside(brackets: false) { parser in
      let statements = parser.statements(untilBrace: true)
      guard parser.take(.closeBrace) else {
        throw parser.fail("'{' is never closed", code: .bracket, at: open.range, fix: "add '}'")
      }
      return Block(statements)
    }
  }
}
