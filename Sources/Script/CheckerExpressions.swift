import Foundation

/// Expressions: what kind of value each gives, as far as that is known before it runs.
extension Checker {
  @discardableResult
  func check(_ expression: Expression) -> ValueType {
    switch expression.kind {
    case .literal(let value): return value.type
    case .name(let name): return resolve(name, expression.span)
    case .call(let call): return check(call, expression.span)
    case .member(let base, let name): return checkMember(base, name).type
    case .function(let syntax):
      check(syntax, .closure)
      return .function
    case .conditional, .attempt:
      checkValueBlocks(expression)
      return .any
    case .binary(let op, let left, let right):
      let (first, second) = (check(left), check(right))
      checkOperands(op, left, first, right, second, expression.span)
      return result(of: op, first, second)
    default:
      let types = expression.children.map { check($0) }
      return kind(of: expression, children: types)
    }
  }

  private func kind(of expression: Expression, children: [ValueType]) -> ValueType {
    switch expression.kind {
    case .text: return .string
    case .list: return .list(children.dropFirst().reduce(children.first ?? .any) { $0.joined($1) })
    case .dictionary: return .dictionary
    case .record, .with: return .record
    case .not, .and, .or: return .bool
    case .negate: return children.first ?? .any
    case .range: return .range
    case .index(_, let index):
      // A range takes a slice, which is of the same kind as the whole.
      if case .range = index.kind { return children.first ?? .any }
      guard children.last == .int else { return .any }
      if case .list(let item)? = children.first { return item }
      return children.first == .string ? .string : .any
    default: return .any
    }
  }

  /// Literals are tried out; of other values only the kinds are known.
  private func checkOperands(
    _ op: Operator, _ left: Expression, _ first: ValueType, _ right: Expression, _ second: ValueType, _ span: SourceSpan
  ) {
    guard attempts == 0 else { return }
    if case .literal(let a) = left.kind, case .literal(let b) = right.kind {
      do {
        _ = try op.apply(a, b, limits: interpreter.limits, at: span)
      } catch let problem as Diagnostic {
        // What a number becomes is a matter of running; whether there is such an operator is not.
        if problem.code == .operands { report(problem) }
      } catch {}
    } else if !op.fits(first, second) {
      let culprit = origin(of: left) ?? origin(of: right)
      report(
        Diagnostic(
          .operands, "'\(op.rawValue)' does not work on \(first) and \(second)", at: span, because: culprit,
          fix: op == .add && (first == .string || second == .string)
            ? "write \"…\\(value)\" to put a value into a text" : nil))
    }
  }

  private func result(of op: Operator, _ left: ValueType, _ right: ValueType) -> ValueType {
    switch op {
    case .equal, .unequal, .less, .greater, .atMost, .atLeast, .contained, .notContained: .bool
    case .divide where [.int, .number].contains(left) && [.int, .number].contains(right): .number
    case .power: .any
    default:
      switch (left, right) {
      case (.int, .int): .int
      case (.int, .number), (.number, .int), (.number, .number): .number
      case (.string, .string): op == .add ? .string : .any
      default: .any
      }
    }
  }

  // MARK: Members

  /// The kind of a member, and its declaration if it is known.
  private func checkMember(_ base: Expression, _ name: Identifier) -> (type: ValueType, member: Member?) {
    let type = check(base)
    if case .name(let syntax) = base.kind, case .namespace(let namespace)? = syntax.place {
      return found(namespace.type.member(name.name), name, in: namespace.type, nil)
    }
    if type == .none {
      report(library.unknownMember(name, of: nil, value: Value.none, because: origin(of: base)))
    }
    // A record's fields are known only when it runs.
    guard type != .record, let bound = library.type(of: type) else { return (.any, nil) }
    return found(bound.member(name.name), name, in: bound, origin(of: base))
  }

  private func found(
    _ member: Member?, _ name: Identifier, in type: BoundType, _ because: Diagnostic.Note?
  ) -> (type: ValueType, member: Member?) {
    guard let member else {
      report(library.unknownMember(name, of: type, because: because))
      return (.any, nil)
    }
    return (member.isProperty ? member.result : .function, member)
  }

  func origin(of expression: Expression) -> Diagnostic.Note? {
    guard case .name(let name) = expression.kind, let origin = scope.find(name.name)?.origin,
      origin.line != expression.span.line
    else { return nil }
    return Diagnostic.Note(text: "'\(name.name)' got its value here", span: origin)
  }

  // MARK: Calls

  private func check(_ call: CallSyntax, _ span: SourceSpan) -> ValueType {
    turnPipeIntoMethod(call)
    var member: Member?
    var definition: FunctionSyntax?
    switch call.callee.kind {
    case .name(let name):
      _ = resolve(name, call.callee.span)
      if case .function(let found)? = name.place {
        member = found
      } else {
        let local = scope.find(name.name)
        definition = local?.isSettled == true ? local?.definition : nil
        if let local, local.type != .any, !local.type.mayBe(.function) {
          reportNotCallable(name.name, local.type, call.callee)
        }
      }
    case .member(let base, let name):
      let found = checkMember(base, name)
      member = found.member
      if let property = member, property.isProperty {
        if call.readsMember { return property.result }
        if !property.result.mayBe(.function) { reportNotCallable(name.name, property.result, call.callee) }
        member = nil
      }
    case .function(let syntax):
      check(syntax, .closure)
      definition = syntax
    default: check(call.callee)
    }
    let spreads = call.arguments.filter(\.isSpread)
    for spread in spreads { checkSpread(spread.value) }
    guard let member else {
      for argument in call.arguments where !argument.isSpread { check(argument.value) }
      if let definition {
        let match = CallMatch(
          definition.name ?? "this closure", definition.signature,
          call.arguments.filter { !$0.isSpread }.map(\.shape), at: span)
        reportProblems(of: match, isPartial: !spreads.isEmpty)
      }
      return .any
    }
    call.isPure = member.isPure
    check(call, against: member, span)
    return member.result
  }

  private func reportNotCallable(_ name: String, _ type: ValueType, _ callee: Expression) {
    report(
      Diagnostic(
        .notCallable, "'\(name)' is \(type), which cannot be called", at: callee.span, because: origin(of: callee),
        fix: "write \(callee.span.text) without parentheses"))
  }

  /// `x |> name(y)` calls the function `name` with x first, or, if there is no such function, the member of x.
  private func turnPipeIntoMethod(_ call: CallSyntax) {
    guard call.isPiped, case .name(let name) = call.callee.kind, let first = call.arguments.first,
      scope.find(name.name) == nil, library.function(name.name) == nil
    else { return }
    let identifier = Identifier(name: name.name, span: call.callee.span)
    call.callee = Expression(.member(first.value, identifier), call.callee.span)
    call.arguments.removeFirst()
  }

  private func check(_ call: CallSyntax, against member: Member, _ span: SourceSpan) {
    let arguments = call.arguments.filter { !$0.isSpread }
    let match = CallMatch(member.name, member.parameters, arguments.map(\.shape), at: span)
    reportProblems(of: match, isPartial: arguments.count < call.arguments.count)
    var isChecked = Set<Int>()
    for (parameter, indexes) in zip(member.parameters, match.supplied) {
      for index in indexes {
        isChecked.insert(index)
        if parameter.arity == .anyNames {
          checkFree(arguments[index], for: parameter, of: member)
        } else {
          check(arguments[index].value, for: parameter, of: member.name)
        }
      }
    }
    for (index, argument) in arguments.enumerated() where !isChecked.contains(index) { check(argument.value) }
  }

  /// An argument under a name of the user's choice. A value that is none of the kind is likely an option's whose name
  /// is mistyped.
  private func checkFree(_ argument: Argument, for parameter: Parameter, of member: Member) {
    let label = argument.label?.name ?? ""
    let type = check(argument.value)
    let known = member.parameters.filter { $0.arity == .one }
    guard !parameter.type.mayAccept(type) else { return }
    let near = Nearest.name(to: label, in: known.map(\.name)).flatMap { name in known.first { $0.name == name } }
    report(
      Diagnostic(
        near == nil ? .kind : .unknownArgument,
        near == nil
          ? "'\(label)' of '\(member.name)' wants \(parameter.type), but gets \(type)"
          : "'\(member.name)' has no option '\(label)', and as one of its \(parameter.name) it would be \(parameter.type)",
        at: near == nil ? argument.value.span : argument.label?.span ?? argument.value.span,
        hint: near.map { "closest: \($0.brief)" }, because: origin(of: argument.value),
        fix: near.map { "replace with '\($0.name)'" }
          ?? (parameter.type.mayAccept(.list(type)) ? "write [\(argument.value.span.text)]" : nil),
        more: "help(\(member.name))"))
  }

  /// What is missing may be in a record that is spread.
  private func reportProblems(of match: CallMatch, isPartial: Bool) {
    for problem in match.diagnostics where !isPartial || problem.code != .missingArgument { report(problem) }
  }

  private func checkSpread(_ value: Expression) {
    let type = check(value)
    guard !type.mayBe(.record) else { return }
    report(
      Diagnostic(
        .kind, "'...' spreads a record, but gets \(type)", at: value.span, because: origin(of: value),
        fix: "write ...(name: value)"))
  }

  private func check(_ argument: Expression, for parameter: Parameter, of callee: String) {
    if parameter.type == .topic, let path = argument.path {
      argument.kind = .literal(.string(path))
      return
    }
    let type = check(argument)
    if case .literal(let value) = argument.kind {
      if let mismatch = parameter.mismatch(value) {
        report(mismatch.diagnostic(of: callee, at: argument.span))
      } else if case .string(let path) = value {
        checkFile(path, parameter.type, argument.span)
      }
      return
    }
    let wanted = parameter.defaultValue?.value == Value.none ? ValueType.optional(parameter.type) : parameter.type
    guard !wanted.mayAccept(type) else { return }
    report(
      Diagnostic(
        .kind, "'\(parameter.name)' of '\(callee)' wants \(parameter.type), but gets \(type)", at: argument.span,
        because: origin(of: argument), more: "help(\(callee).\(parameter.name))"))
  }

  private func checkFile(_ path: String, _ type: ValueType, _ span: SourceSpan) {
    switch type {
    case .newFile: writtenFiles.insert(path)
    case .existingFile, .optional(.existingFile):
      guard !writtenFiles.contains(path), !FileManager.default.fileExists(atPath: path) else { return }
      report(
        Diagnostic(
          .missingFile, "there is no file '\(path)'", at: span, fix: nearestFile(path).map { "replace with \"\($0)\"" })
      )
    case .either(let types): for type in types { checkFile(path, type, span) }
    default: break
    }
  }

  private func nearestFile(_ path: String) -> String? {
    let url = URL(fileURLWithPath: path)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path)) ?? []
    guard let near = Nearest.name(to: url.lastPathComponent, in: names.sorted()) else { return nil }
    return path.dropLast(url.lastPathComponent.count) + near
  }
}

extension Expression {
  /// `grpo`, `grpo.kl`: names joined by dots.
  fileprivate var path: String? {
    switch kind {
    case .name(let name): name.name
    case .member(let base, let name): base.path.map { "\($0).\(name.name)" }
    default: nil
    }
  }
}
