/// Splits a source into tokens. It never fails: what it cannot read becomes a diagnostic and is left out.
struct Lexer {
  private let source: Source
  private let limits: Limits
  private var position = 0
  private var depth = 0
  private(set) var diagnostics: [Diagnostic] = []
  /// Whether the text ends inside a literal, so that more input could complete it.
  private(set) var isUnfinished = false
  /// The offsets of the `# %%` lines.
  private(set) var cellStarts: [Int] = []
  private var documentation: [String] = []

  init(_ source: Source, limits: Limits) { (self.source, self.limits) = (source, limits) }

  /// All tokens, the last of kind `end`.
  mutating func tokens() -> [Token] {
    var result: [Token] = []
    if source.bytes.count > limits.source {
      diagnostics.append(
        Diagnostic(
          .size, "the source has \(source.bytes.count) bytes; the limit is \(limits.source)",
          fix: "split it, and import the parts"))
    } else {
      result = read(untilFormatOrParenthesis: false)
    }
    let end = source.bytes.count
    result.append(Token(kind: .end, range: end..<end, startsLine: true, isSpaced: true))
    return result
  }

  private func byte(_ ahead: Int = 0) -> UInt8? {
    position + ahead < source.bytes.count ? source.bytes[position + ahead] : nil
  }

  private func starts(with text: String) -> Bool {
    source.bytes[position...].starts(with: text.utf8)
  }

  private mutating func report(
    _ code: Diagnostic.Code, _ message: String, _ range: Range<Int>, hint: String? = nil, fix: String? = nil
  ) {
    diagnostics.append(Diagnostic(code, message, at: SourceSpan(source, range), hint: hint, fix: fix))
  }

  /// Tokens up to the end, or inside `\(…)` up to the `)` or `:` that ends its code, which is not consumed.
  private mutating func read(untilFormatOrParenthesis isNested: Bool) -> [Token] {
    var result: [Token] = []
    var startsLine = true
    var open = 0
    while let next = byte() {
      let before = position
      switch next {
      case 0x20, 0x09, 0x0D:
        position += 1
        continue
      case 0x0A:
        if isNested, open == 0 { return result }
        position += 1
        startsLine = true
        continue
      case UInt8(ascii: "#") where !isRawText:
        readComment(startsLine: startsLine)
        continue
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        if isNested, open == 0 { return result }
        open -= 1
      case UInt8(ascii: ":") where isNested && open == 0: return result
      default: break
      }
      guard let kind = readToken(next) else { continue }
      let isSpaced = before == 0 || [0x20, 0x09, 0x0A, 0x0D].contains(source.bytes[before - 1])
      var token = Token(kind: kind, range: before..<position, startsLine: startsLine, isSpaced: isSpaced)
      if !documentation.isEmpty {
        token.documentation = documentation.joined(separator: "\n")
        documentation = []
      }
      result.append(token)
      startsLine = false
    }
    return result
  }

  /// `#"` starts a raw text if that is closed on its line, else a comment.
  private var isRawText: Bool {
    guard byte(1) == UInt8(ascii: "\"") else { return false }
    var ahead = 2
    while let next = byte(ahead), next != 0x0A {
      if next == UInt8(ascii: "\""), byte(ahead + 1) == UInt8(ascii: "#") { return true }
      ahead += 1
    }
    return false
  }

  private mutating func readComment(startsLine: Bool) {
    let start = position
    while let next = byte(), next != 0x0A { position += 1 }
    guard startsLine else { return }
    let text = source.text(start..<position)
    if text.hasPrefix("# %%") {
      cellStarts.append(start)
      documentation = []
    } else if text.hasPrefix("##") {
      documentation.append(String(text.drop { $0 == "#" }.drop { $0 == " " }))
    } else {
      documentation = []
    }
  }

  private mutating func readToken(_ next: UInt8) -> Token.Kind? {
    switch next {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return readNumber()
    case UInt8(ascii: "\""): return readText()
    case UInt8(ascii: "#"): return readRawText()
    default: break
    }
    if let length = nameLength(), length > 0 {
      let name = source.text(position..<(position + length))
      position += length
      return Keyword(rawValue: name).map { .keyword($0) } ?? .name
    }
    for (symbol, bytes) in Symbol.byFirstByte[next] ?? [] where source.bytes[position...].starts(with: bytes) {
      position += bytes.count
      return .symbol(symbol)
    }
    skipUnknown()
    return nil
  }

  /// The bytes of a name at the position: letters of any script, digits, `_`; or `$` and digits.
  private func nameLength() -> Int? {
    var ahead = 0
    if byte() == UInt8(ascii: "$") {
      ahead = 1
      while let digit = byte(ahead), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { ahead += 1 }
      return ahead > 1 ? ahead : nil
    }
    while let next = byte(ahead) {
      switch next {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        ahead += 1
      case 0x80...:
        guard let scalar = scalar(ahead), scalar.properties.isAlphabetic else { return ahead }
        ahead += String(scalar).utf8.count
      default: return ahead
      }
    }
    return ahead
  }

  private func scalar(_ ahead: Int) -> Unicode.Scalar? {
    let start = position + ahead
    return source.text(start..<(start + 4)).unicodeScalars.first
  }

  private mutating func skipUnknown() {
    let length = max(scalar(0).map { String($0).utf8.count } ?? 1, 1)
    let range = position..<(position + length)
    let shown = source.text(range)
    position += length
    let fixes = ["“": "\"", "”": "\"", "’": "\"", "'": "\"", "−": "-", "×": "*", "≤": "<=", "≥": ">=", "&": "and"]
    report(.character, "'\(shown)' is not a sign of the language", range, fix: fixes[shown].map { "write \($0)" })
  }

  // MARK: Numbers

  private mutating func readDigits(_ allowed: (UInt8) -> Bool) {
    while let next = byte(), allowed(next) || next == UInt8(ascii: "_") { position += 1 }
  }

  private func isDigit(_ byte: UInt8?) -> Bool {
    byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  private mutating func readNumber() -> Token.Kind {
    let start = position
    var isFloat = false
    readDigits { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    if byte() == UInt8(ascii: "."), isDigit(byte(1)) {
      isFloat = true
      position += 1
      readDigits { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
    if byte() == UInt8(ascii: "e") || byte() == UInt8(ascii: "E") {
      let sign = byte(1) == UInt8(ascii: "-") || byte(1) == UInt8(ascii: "+") ? 1 : 0
      if isDigit(byte(1 + sign)) {
        isFloat = true
        position += 1 + sign
        readDigits { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      }
    }
    let digits = source.text(start..<position).filter { $0 != "_" }
    let unitStart = position
    let unit = readUnit()
    let range = start..<position
    guard let number = Double(digits), number.isFinite else {
      report(.number, "'\(source.text(range))' is too large for a number", range)
      return .number(.float(0))
    }
    if let unit {
      guard let known = Quantity.Unit(rawValue: unit) else {
        let near = Nearest.name(to: unit, in: Quantity.Unit.allCases.map(\.rawValue))
        report(
          .number, "'\(unit)' is not a unit", unitStart..<position,
          hint: "units: " + Quantity.Unit.allCases.map(\.rawValue).joined(separator: " "),
          fix: near.map { "write \(digits)\($0)" })
        return .number(.float(number))
      }
      return .number(.quantity(Quantity(number, known)))
    }
    if isFloat { return .number(.float(number)) }
    guard let whole = Int(digits) else {
      report(
        .number, "'\(digits)' is too large for a whole number", range, hint: "at most \(Int.max)",
        fix: "write \(digits).0")
      return .number(.int(0))
    }
    return .number(.int(whole))
  }

  /// Letters right after a number, or a `%` with nothing right after it that could be an operand.
  private mutating func readUnit() -> String? {
    let start = position
    if byte() == UInt8(ascii: "%") {
      let after = byte(1)
      let isOperand = after.map {
        isDigit($0) || $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: "_") || $0 >= 0x80
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
      }
      guard isOperand != true else { return nil }
      position += 1
      return "%"
    }
    guard let length = nameLength(), length > 0 else { return nil }
    position += length
    return source.text(start..<position)
  }

  // MARK: Texts

  private mutating func readRawText() -> Token.Kind {
    position += 2
    let start = position
    while !starts(with: "\"#") { position += 1 }
    let text = source.text(start..<position)
    position += 2
    return .text([.text(text)])
  }

  private mutating func readText() -> Token.Kind {
    let start = position
    let isBlock = starts(with: "\"\"\"")
    position += isBlock ? 3 : 1
    let indent = isBlock ? blockIndent() : 0
    if isBlock, byte() == 0x0A {
      position += 1
      skipIndent(indent)
    }
    var pieces: [TextPiece] = []
    var text: [UInt8] = []
    while let next = byte() {
      if isBlock ? starts(with: "\"\"\"") : next == UInt8(ascii: "\"") {
        position += isBlock ? 3 : 1
        // The line break before the closing quotes of a block belongs to the quotes.
        if isBlock, text.last == 0x0A { text.removeLast() }
        if !text.isEmpty || pieces.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
        return .text(pieces)
      }
      if next == 0x0A, !isBlock { break }
      if next == UInt8(ascii: "\\") {
        if byte(1) == UInt8(ascii: "(") {
          if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
          text = []
          guard let piece = readInterpolation() else { return .text(pieces) }
          pieces.append(piece)
        } else {
          text += readEscape()
        }
        continue
      }
      text.append(next)
      position += 1
      if next == 0x0A { skipIndent(indent) }
    }
    if byte() == nil, isBlock { isUnfinished = true }
    report(
      .text, "this text has no closing \(isBlock ? "\"\"\"" : "quote")", start..<(start + (isBlock ? 3 : 1)),
      fix: isBlock ? nil : "close it on its line, or use a \"\"\" block")
    return .text(pieces + [.text(String(decoding: text, as: UTF8.self))])
  }

  /// The white space before the closing quotes of a block, which all its lines lose.
  private func blockIndent() -> Int {
    var ahead = 0
    var lineStart = 0
    while let next = byte(ahead) {
      if next == UInt8(ascii: "\\") {
        ahead += 2
        continue
      }
      if next == 0x0A { lineStart = ahead + 1 }
      if next == UInt8(ascii: "\""), byte(ahead + 1) == next, byte(ahead + 2) == next { break }
      ahead += 1
    }
    let before = (lineStart..<max(ahead, lineStart)).prefix { byte($0) == 0x20 || byte($0) == 0x09 }
    return before.count
  }

  private mutating func skipIndent(_ indent: Int) {
    var left = indent
    while left > 0, byte() == 0x20 || byte() == 0x09 { (left, position) = (left - 1, position + 1) }
  }

  private mutating func readEscape() -> [UInt8] {
    let start = position
    let escapes: [UInt8: UInt8] = [
      UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D,
      UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
    ]
    if let next = byte(1), let escaped = escapes[next] {
      position += 2
      return [escaped]
    }
    if byte(1) == UInt8(ascii: "u"), byte(2) == UInt8(ascii: "{") {
      var ahead = 3
      while let next = byte(ahead), next != UInt8(ascii: "}"), ahead < 12 { ahead += 1 }
      let digits = source.text((position + 3)..<(position + ahead))
      if byte(ahead) == UInt8(ascii: "}"), let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) {
        position += ahead + 1
        return Array(String(scalar).utf8)
      }
    }
    position += 1
    report(
      .text, "'\\\(scalar(0).map { String($0) } ?? "")' is not an escape", start..<(start + 2),
      hint: "escapes: \\n \\t \\r \\\" \\\\ \\u{…} \\(…)", fix: "write \\\\ for a backslash")
    return []
  }

  private mutating func readInterpolation() -> TextPiece? {
    let start = position
    position += 2
    depth += 1
    defer { depth -= 1 }
    guard depth <= limits.nesting / 4 else {
      report(.nesting, "texts are nested more than \(limits.nesting / 4) deep", start..<(start + 2))
      position = source.bytes.count
      return nil
    }
    let codeStart = position
    let tokens = read(untilFormatOrParenthesis: true)
    let range = codeStart..<position
    var format: NumberFormat?
    if byte() == UInt8(ascii: ":") {
      position += 1
      let formatStart = position
      while let next = byte(), next != UInt8(ascii: ")"), next != UInt8(ascii: "\""), next != 0x0A { position += 1 }
      let spec = source.text(formatStart..<position)
      format = NumberFormat(spec)
      if format == nil {
        report(
          .format, "'\(spec)' is not a format", formatStart..<position,
          hint: "such as .3 (decimals), .2e, .1%, 8.3 (width), <12, >12", fix: "write :.3")
      }
    }
    guard byte() == UInt8(ascii: ")") else {
      isUnfinished = isUnfinished || byte() == nil
      report(.text, "'\\(' has no closing parenthesis", start..<(start + 2))
      return nil
    }
    position += 1
    let end = position
    return .code(tokens + [Token(kind: .end, range: (end - 1)..<(end - 1))], format, range)
  }
}
