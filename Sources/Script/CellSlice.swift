/// What a cell has to do with names, as far as its text shows.
///
/// Read from the tokens: a name that merely might be a variable counts, so that a slice rather has a cell too many.
struct CellNames {
  /// The variables whose values it uses, or changes in part.
  private(set) var reads: Set<String> = []
  /// The variables that it gives new values.
  private(set) var writes: Set<String> = []
  /// The variables whose objects it may change, by a member that says so.
  private(set) var changes: Set<String> = []
  /// What each of its own variables was made from.
  private(set) var origins: [String: Set<String>] = [:]
  /// The places of `_` and `_3`, in bytes.
  private(set) var results: [(name: String, range: Range<Int>)] = []
  /// Whether it concerns whatever comes after it: it sets the seed or brings in another file.
  private(set) var isGeneral = false

  /// - Parameters:
  ///   - text: the cell's text.
  ///   - changing: the names of members that change their object.
  init(_ text: String, changing: Set<String>) {
    let source = Source(text)
    var lexer = Lexer(source, limits: Limits())
    var statement: [Token] = []
    var depth = 0
    for token in lexer.tokens() {
      if token.startsLine, depth == 0, !statement.isEmpty {
        add(statement, of: source, changing: changing)
        statement = []
      }
      if token.matches(.openParenthesis) || token.matches(.openBracket) || token.matches(.openBrace) { depth += 1 }
      if token.matches(.closeParenthesis) || token.matches(.closeBracket) || token.matches(.closeBrace) { depth -= 1 }
      statement.append(token)
    }
    add(statement, of: source, changing: changing)
  }

  private mutating func add(_ tokens: [Token], of source: Source, changing: Set<String>) {
    var found = Names(source: source, changing: changing)
    found.visit(tokens)
    reads.formUnion(found.reads)
    writes.formUnion(found.writes)
    changes.formUnion(found.changes)
    results += found.results
    isGeneral = isGeneral || found.isGeneral
    for name in found.writes { origins[name, default: []].formUnion(found.reads) }
  }

  /// The names in one statement, blocks inside it included.
  private struct Names {
    let source: Source
    let changing: Set<String>
    var reads: Set<String> = []
    var writes: Set<String> = []
    var changes: Set<String> = []
    var results: [(name: String, range: Range<Int>)] = []
    var isGeneral = false

    mutating func visit(_ tokens: [Token]) {
      var start = 0
      for (index, token) in tokens.enumerated() {
        let next = index + 1 < tokens.count ? tokens[index + 1] : nil
        if token.startsLine || token.matches(.openBrace) || token.matches(.semicolon) {
          start = token.startsLine ? index : index + 1
        }
        switch token.kind {
        case .text(let pieces): for case .code(let inner, _, _) in pieces { visit(inner) }
        case .keyword(.import): isGeneral = true
        case .symbol(.plusAssign), .symbol(.minusAssign), .symbol(.timesAssign), .symbol(.overAssign):
          if let first = tokens[min(start, index)..<index].first(where: \.isName) {
            changes.insert(source.text(first.range))
          }
        case .symbol(.assign): assign(tokens[min(start, index)..<index])
        case .name where index == 0 || !tokens[index - 1].matches(.dot): use(token, next, in: tokens, at: index)
        default: break
        }
      }
    }

    private mutating func use(_ token: Token, _ next: Token?, in tokens: [Token], at index: Int) {
      let name = source.text(token.range)
      if index > 0, tokens[index - 1].matches(.func) {
        writes.insert(name)
        return
      }
      if let next, next.matches(.assign) { return }
      if let next, next.matches(.colon), !next.isSpaced, index > 0,
        tokens[index - 1].matches(.comma) || tokens[index - 1].matches(.openParenthesis)
      {
        return
      }
      if name == "seed", let next, next.matches(.openParenthesis) { isGeneral = true }
      if name.isResultName { results.append((name, token.range)) }
      reads.insert(name)
      // What a job changes is its own.
      if index > 0, tokens[index - 1].isName, source.text(tokens[index - 1].range) == "start" { return }
      var place = index + 1
      while place + 1 < tokens.count, tokens[place].matches(.dot), tokens[place + 1].isName {
        if changing.contains(source.text(tokens[place + 1].range)) { changes.insert(name) }
        place += 2
      }
    }

    /// What stands before `=`: the first name is given a value, in part if more than a name stands there.
    private mutating func assign(_ target: ArraySlice<Token>) {
      let names = target.filter(\.isName)
      guard let first = names.first else { return }
      let isList = target.contains { $0.matches(.comma) } && !target.contains { $0.matches(.openBracket) }
      if target.count == 1 || isList {
        for name in names { writes.insert(source.text(name.range)) }
      } else {
        changes.insert(source.text(first.range))
      }
    }
  }
}

extension String {
  /// Whether it is `_` or `_` and a number: a result that the session keeps.
  var isResultName: Bool { first == "_" && dropFirst().allSatisfy { ("0"..."9").contains($0) } }
}

extension Session {
  /// The names of members that change their object.
  var changingMembers: Set<String> {
    let all = library.types.flatMap(\.members) + library.namespaces.flatMap(\.type.members) + library.functions
    return Set(all.filter(\.changes).map(\.name))
  }

  /// The cells on which values depend, as a script of its own.
  ///
  /// - Parameters:
  ///   - names: the variables whose values matter, results such as `_3` among them; all cells if there are none.
  ///   - cells: the cells that ran to their end, by number, in the order in which they ran.
  /// - Returns: the script in percent format. Results that a cell refers to are given their names.
  public func slice(for names: [String], of cells: [(number: Int, text: String)]) -> String {
    let changing = changingMembers
    let read = cells.map { CellNames($0.text, changing: changing) }
    // What `_` means is the cell that ran before.
    func number(of result: String, at index: Int) -> Int? {
      result == "_" ? (index > 0 ? cells[index - 1].number : nil) : Int(result.dropFirst())
    }
    var linked: [String: Set<String>] = [:]
    var changed: [Set<String>] = []
    for cell in read {
      for (name, origins) in cell.origins {
        linked[name] = origins.union(origins.reduce(into: Set<String>()) { $0.formUnion(linked[$1] ?? []) })
      }
      changed.append(cell.changes.reduce(into: cell.changes) { $0.formUnion(linked[$1] ?? []) })
    }
    var needed = Set(names.filter { !$0.isResultName })
    var wanted = Set(names.filter(\.isResultName).compactMap { number(of: $0, at: cells.count) })
    var kept: Set<Int> = []
    for (index, cell) in read.enumerated().reversed() {
      let matters =
        names.isEmpty || cell.isGeneral || wanted.contains(cells[index].number)
        || !cell.writes.isDisjoint(with: needed) || !changed[index].isDisjoint(with: needed)
      guard matters else { continue }
      kept.insert(index)
      needed.subtract(cell.writes)
      needed.formUnion(cell.reads.filter { !$0.isResultName })
      wanted.formUnion(cell.results.compactMap { number(of: $0.name, at: index) })
    }
    let named = Set(
      kept.sorted().flatMap { index in read[index].results.compactMap { number(of: $0.name, at: index) } })
    return kept.sorted().map { index in
      var text = Array(cells[index].text.utf8)
      for (name, range) in read[index].results.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
        guard let number = number(of: name, at: index) else { continue }
        text.replaceSubrange(range, with: "_\(number)".utf8)
      }
      let body = String(decoding: text, as: UTF8.self)
      return "# %%\n" + (named.contains(cells[index].number) ? "_\(cells[index].number) = " : "") + body + "\n"
    }.joined(separator: "\n")
  }
}
