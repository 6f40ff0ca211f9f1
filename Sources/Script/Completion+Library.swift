extension Library {
  /// What could be written at a place, the likeliest first: after a dot members, inside a call the names of its
  /// arguments and the texts that they may be, elsewhere variables, functions, namespaces and words.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - cursor: the place, in characters from the start.
  ///   - variables: the variables of the session.
  ///   - context: what suggestions may look at; without it there are none.
  public func completions(
    of text: String, at cursor: Int, variables: [(name: String, value: Value)] = [], context: Context? = nil
  ) -> [Completion] {
    let before = String(text.prefix(cursor))
    return CompletionFinder(library: self, source: Source(before), variables: variables, context: context).find()
  }
}

/// Finds completions from the tokens before the cursor.
struct CompletionFinder {
  let library: Library
  let source: Source
  let variables: [(name: String, value: Value)]
  let context: Context?
  let tokens: [Token]
  /// The name that is being written, up to the cursor.
  private let prefix: String
  /// The tokens before that name.
  let end: Int

  init(library: Library, source: Source, variables: [(name: String, value: Value)], context: Context?) {
    (self.library, self.source, self.variables, self.context) = (library, source, variables, context)
    var lexer = Lexer(source, limits: Limits())
    let all = lexer.tokens().dropLast()
    // Only so many, since chains of members are followed by recursion.
    tokens = Array(all.suffix(500))
    var isWord = false
    if let last = all.last, last.range.upperBound == source.bytes.count {
      switch last.kind {
      case .name, .keyword: isWord = true
      default: break
      }
    }
    prefix = isWord ? source.text(all.last?.range ?? 0..<0) : ""
    end = tokens.count - (isWord ? 1 : 0)
  }

  func find() -> [Completion] {
    if let text = openText { return textCompletions(text) }
    if end > 0, tokens[end - 1].matches(.dot) {
      return type(before: end - 1).map { members(of: $0) } ?? []
    }
    var result: [Completion] = []
    let call = call(before: end)
    let current = call?.parameter
    if let current { addValues(of: current, to: &result) }
    if let call, call.label == nil {
      for parameter in call.member.parameters where parameter.arity == .one && !call.used.contains(parameter.name) {
        add("\(parameter.name): ", .argument, parameter.note, to: &result)
      }
    }
    for (name, value) in variables where current?.fits(value) != true {
      add(name, .variable, value.kindPhrase, to: &result)
    }
    for member in library.functions { add(member.name, .member, "\(member.signature)  \(member.help)", to: &result) }
    for namespace in library.namespaces { add(namespace.name, .member, namespace.type.help, to: &result) }
    if !prefix.isEmpty { for word in Keyword.allCases { add(word.rawValue, .keyword, "", to: &result) } }
    return result
  }

  /// The values that an argument can be: those that its type names, and variables of its kind.
  private func addValues(of parameter: Parameter, to result: inout [Completion]) {
    switch parameter.type {
    case .choice(let names):
      for name in names { add("\"\(name)\"", .choice, "", to: &result) }
    case .bool:
      // With a prefix they come as words of the language.
      if prefix.isEmpty { for name in ["true", "false"] { add(name, .choice, "", to: &result) } }
    default: break
    }
    for (name, value) in variables where parameter.fits(value) { add(name, .variable, value.kindPhrase, to: &result) }
  }

  private func add(_ text: String, _ kind: Completion.Kind, _ detail: String, to result: inout [Completion]) {
    guard text.hasPrefix(prefix), text != prefix else { return }
    result.append(Completion(text: text, replacing: prefix, kind: kind, detail: detail))
  }

  private func members(of type: BoundType) -> [Completion] {
    var result: [Completion] = []
    for member in type.members { add(member.name, .member, "\(member.signature)  \(member.help)", to: &result) }
    return result
  }

  // MARK: Texts

  /// What is written of a text that is still open at the cursor.
  var openText: String? {
    var lexer = Lexer(source, limits: Limits())
    _ = lexer.tokens()
    guard let open = lexer.diagnostics.last, open.code == .text, let start = open.span?.range.lowerBound,
      start < source.bytes.count, source.line(at: start) == source.line(at: source.bytes.count)
    else { return nil }
    return source.text((start + 1)..<source.bytes.count)
  }

  private func textCompletions(_ text: String) -> [Completion] {
    guard let call = call(before: tokens.count - 1, throughLists: true),
      let parameter = call.parameter ?? call.member.parameters.first
    else { return [] }
    switch parameter.type {
    case .choice(let names), .list(.choice(let names)):
      return names.filter { $0.hasPrefix(text) }
        .map { Completion(text: $0, replacing: text, kind: .choice, detail: "") }
    case .existingFile, .newFile:
      return [Completion(text: text, replacing: text, kind: .file, detail: parameter.help)]
    case .either(let types) where types.contains(.existingFile) || types.contains(.newFile):
      return [Completion(text: text, replacing: text, kind: .file, detail: parameter.help)]
    default: break
    }
    guard let context else { return [] }
    switch parameter.suggestions {
    case .words(let words):
      let word = String(text.reversed().prefix { $0 != " " }.reversed())
      return words(context).filter { $0.hasPrefix(word) }
        .map { Completion(text: $0, replacing: word, kind: .word, detail: "") }
    case .texts(let texts):
      return texts(context).filter { $0.text.hasPrefix(text) }
        .map { Completion(text: $0.text, replacing: text, kind: .choice, detail: $0.note) }
    case .columns:
      return (table(of: call)?.names ?? []).filter { $0.hasPrefix(text) }
        .map { Completion(text: $0, replacing: text, kind: .choice, detail: "a column") }
    case nil: return []
    }
  }

  // MARK: Calls

  /// The innermost call that is open before a token.
  ///
  /// - Parameter throughLists: whether the cursor may be in a list that is one of its arguments.
  func call(before end: Int, throughLists: Bool = false) -> OpenCall? {
    var (open, position) = (0, 0)
    var used: Set<String> = []
    var label: String?
    var index = end - 1
    while index >= 0 {
      let token = tokens[index]
      if token.matches(.closeParenthesis) || token.matches(.closeBracket) || token.matches(.closeBrace) { open += 1 }
      if token.matches(.openBracket) || token.matches(.openBrace) || token.matches(.openParenthesis) {
        if open == 0, throughLists, token.matches(.openBracket) {
          (used, label, position) = ([], nil, 0)
          index -= 1
          continue
        }
        if open == 0 {
          guard token.matches(.openParenthesis), let member = member(before: index) else { return nil }
          return OpenCall(
            member: member, callee: callee(before: index), open: index, used: used, label: label,
            position: position)
        }
        open -= 1
      }
      if open == 0, token.matches(.comma) { position += 1 }
      if open == 0, token.matches(.colon), index > 0 {
        let name = source.text(tokens[index - 1].range)
        if position == 0 { label = label ?? name }
        used.insert(name)
      }
      index -= 1
    }
    return nil
  }

  /// The names before an opening parenthesis, as they are written: `trainer.run`.
  private func callee(before open: Int) -> String {
    var first = open - 1
    while first >= 2, tokens[first - 1].matches(.dot), tokens[first - 2].isName { first -= 2 }
    return source.text(tokens[first].range.lowerBound..<tokens[open - 1].range.upperBound)
  }

  /// The member named by the tokens before an index: `grpo`, `reward.judge`, `trainer.run`.
  private func member(before index: Int) -> Member? {
    guard index > 0, tokens[index - 1].isName else { return nil }
    let name = source.text(tokens[index - 1].range)
    if index > 1, tokens[index - 2].matches(.dot) { return type(before: index - 2)?.member(name) }
    if case .function(let function)? = variables.first(where: { $0.name == name })?.value { return function.declared }
    return library.function(name)
  }

  /// The kind of the value that the tokens before a dot give.
  private func type(before dot: Int) -> BoundType? {
    guard dot > 0 else { return nil }
    let last = tokens[dot - 1]
    switch last.kind {
    case .text: return library.type(of: .string)
    case .number(let value): return library.type(of: value.type)
    case .symbol(.closeBracket): return library.type(of: .list(.any))
    case .symbol(.closeParenthesis):
      guard let open = partner(of: dot - 1) else { return nil }
      return member(before: open).flatMap { library.type(of: $0.result) }
    case .name:
      let name = source.text(last.range)
      if dot > 1, tokens[dot - 2].matches(.dot) {
        guard let member = type(before: dot - 2)?.member(name), member.isProperty else { return nil }
        return library.type(of: member.result)
      }
      if let value = variables.first(where: { $0.name == name })?.value { return library.type(of: value.type) }
      if let value = library.function(name), value.isProperty { return library.type(of: value.result) }
      return library.namespace(name)?.type ?? assigned(name, before: dot)
    default: return nil
    }
  }

  /// The kind that an earlier line `name = call(…)` of the same text gives a name.
  private func assigned(_ name: String, before end: Int) -> BoundType? {
    for index in stride(from: end - 2, through: 1, by: -1)
    where tokens[index].matches(.assign) && source.text(tokens[index - 1].range) == name {
      var last = index + 1
      while last < end, !tokens[last].startsLine || last == index + 1 {
        if tokens[last].matches(.openParenthesis) { last = closing(of: last) ?? end }
        last += 1
      }
      return last < end ? type(before: last) : nil
    }
    return nil
  }

  private func partner(of close: Int) -> Int? {
    var open = 0
    for index in stride(from: close, through: 0, by: -1) {
      if tokens[index].matches(.closeParenthesis) { open += 1 }
      if tokens[index].matches(.openParenthesis) { open -= 1 }
      if open == 0 { return index }
    }
    return nil
  }

  private func closing(of open: Int) -> Int? {
    var depth = 0
    for index in open..<tokens.count {
      if tokens[index].matches(.openParenthesis) { depth += 1 }
      if tokens[index].matches(.closeParenthesis) { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }
}
