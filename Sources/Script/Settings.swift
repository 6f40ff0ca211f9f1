/// Values given from outside, as by `--set steps=20`, for a script's top-level assignments.
enum Settings {
  /// Replaces the right side of the first top-level assignment to each name.
  ///
  /// - Returns: a diagnostic for each name that the script does not assign, and each value of another kind.
  static func apply(_ settings: [(name: String, value: String)], to program: Block, limits: Limits) -> [Diagnostic] {
    var assignments: [(name: String, statement: Statement)] = []
    for statement in program.statements {
      guard case .assign(let target, nil, _) = statement.kind, case .name(let name) = target.kind else { continue }
      if !assignments.contains(where: { $0.name == name.name }) { assignments.append((name.name, statement)) }
    }
    return settings.compactMap { name, text in
      guard let statement = assignments.first(where: { $0.name == name })?.statement else {
        return unknown(name, text, assignments.map(\.name))
      }
      return replace(statement, name, text, limits)
    }
  }

  private static func unknown(_ name: String, _ text: String, _ known: [String]) -> Diagnostic {
    let source = Source("\(name)=\(text)", name: "--set")
    let near = Nearest.name(to: name, in: known)
    let list = known.prefix(12).joined(separator: ", ")
    return Diagnostic(
      .setting, "the script has no setting '\(name)'", at: SourceSpan(source, 0..<name.utf8.count),
      hint: near.map { "closest: \($0)" } ?? (known.isEmpty ? "it has none" : "it has: \(list)"),
      fix: near.map { "replace with '\($0)'" })
  }

  private static func replace(
    _ statement: Statement, _ name: String, _ text: String, _ limits: Limits
  ) -> Diagnostic? {
    guard case .assign(let target, _, let old) = statement.kind else { return nil }
    let source = Source(text, name: "--set \(name)")
    let span = SourceSpan(source, 0..<source.bytes.count)
    var value = Expression(.literal(.string(text)), span)
    let oldType: ValueType? = if case .literal(let literal) = old.kind { literal.type } else { nil }
    if oldType != .string, let read = constant(source, limits) { value = Expression(read.kind, span) }
    if let oldType, oldType != .none, case .literal(let new) = value.kind {
      let wanted = oldType == .int ? .number : oldType
      guard wanted.accepts(new) else {
        return Diagnostic(
          .setting, "'\(name)' is \(oldType) in the script, but is set to \(new.kindPhrase)", at: span,
          because: .init(text: "it replaces this", span: statement.span))
      }
    }
    statement.kind = .assign(target: target, op: nil, value: value)
    return nil
  }

  /// The text as one expression made of literals only.
  private static func constant(_ source: Source, _ limits: Limits) -> Expression? {
    var parser = Parser(source, limits: limits)
    let program = parser.program()
    guard parser.diagnostics.isEmpty, program.statements.count == 1,
      case .expression(let expression) = program.statements[0].kind, isConstant(expression)
    else { return nil }
    return expression
  }

  private static func isConstant(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .literal: true
    case .list, .dictionary, .record, .range, .negate: expression.children.allSatisfy(isConstant)
    default: false
    }
  }
}
