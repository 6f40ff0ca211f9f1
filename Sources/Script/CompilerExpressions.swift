import OrderedCollections

/// Expressions.
extension Compiler {
  func evaluation(_ expression: Expression) -> Evaluation {
    let (interpreter, span) = (interpreter, expression.span)
    switch expression.kind {
    case .literal(let value): return { _ in value }
    case .name(let name): return read(name, span)
    case .call(let syntax): return call(syntax, span)
    case .binary(let op, let left, let right): return binary(op, left, right, span)
    case .member(let base, let name): return member(base, name)
    case .and, .or, .not:
      let holds = test(expression, "if")
      return { machine in .bool(try holds(&machine)) }
    case .negate(let operand):
      let operand = evaluation(operand)
      return { machine in try Self.negated(operand(&machine), span) }
    case .conditional(let branches, let otherwise):
      return conditional(branches, otherwise) { value(of: $0) }
    case .attempt(let block, let otherwise, let error):
      return attempt(block, otherwise, error) { value(of: $0) }
    case .index(let base, let index): return element(base, index)
    case .function(let syntax):
      let function = closure(syntax)
      return { machine in .function(try function(&machine)) }
    case .missing: return { _ in .none }
    default:
      let value = construction(expression)
      return { machine in try interpreter.bounded(value(&machine), span) }
    }
  }

  func evaluation(orNone expression: Expression?) -> Evaluation {
    if let expression { evaluation(expression) } else { { _ in .none } }
  }

  /// Expressions that make a container or a text.
  private func construction(_ expression: Expression) -> Evaluation {
    let (interpreter, span) = (interpreter, expression.span)
    switch expression.kind {
    case .text(let pieces): return text(pieces)
    case .list(let items):
      let items = items.map { AnyOperand(evaluation: evaluation($0)) }
      return { machine in
        var values: [Value] = []
        values.reserveCapacity(items.count)
        for item in items { values.append(try item.value(&machine)) }
        return Value(values)
      }
    case .dictionary(let entries):
      let entries = entries.map { (key: evaluation($0.key), value: evaluation($0.value)) }
      return { machine in
        var mapping = Mapping()
        for (key, value) in entries { mapping.replace(try key(&machine), with: try value(&machine)) }
        return .dictionary(mapping)
      }
    case .record(let fields):
      let shape = Record.Shape(OrderedSet(fields.map(\.name.name)))
      let items = fields.map { AnyOperand(evaluation: evaluation($0.value)) }
      return { machine in
        var values: [Value] = []
        values.reserveCapacity(items.count)
        for item in items { values.append(try item.value(&machine)) }
        return .record(Record(shape, values))
      }
    case .with(let base, let fields):
      let (base, place) = (evaluation(base), base.span)
      let fields = fields.map { (name: $0.name, value: evaluation($0.value)) }
      return { machine in
        let value = try base(&machine)
        guard case .record(var record) = value else {
          throw Diagnostic(.operands, "'with' changes a record, but got \(value.kindPhrase)", at: place)
        }
        for (name, value) in fields {
          guard record[name.name] != nil else {
            throw interpreter.unknownField(name, record, fix: "add fields with + (\(name.name): …)")
          }
          record.replace(name.name, with: try value(&machine))
        }
        return .record(record)
      }
    case .range(let low, let high, let step, let isClosed):
      let parts = [low, high, step].compactMap { $0 }.map { AnyOperand(evaluation: bound($0)) }
      return { machine in
        .range(try Self.range(try parts.map { try $0.value(&machine) }, isClosed, span))
      }
    default: return { _ in .none }
    }
  }

  /// An end or the step of a range.
  func bound(_ expression: Expression) -> Evaluation {
    let (value, span) = (evaluation(expression), expression.span)
    return { machine in
      let value = try value(&machine)
      guard value.number != nil else {
        throw Diagnostic(.operands, "a range needs numbers, but got \(value.kindPhrase)", at: span)
      }
      return value
    }
  }

  static func range(_ parts: [Value], _ isClosed: Bool, _ span: SourceSpan) throws -> NumberRange {
    let numbers = parts.compactMap(\.number)
    guard
      let range = NumberRange(
        from: numbers[0], to: numbers[1], by: numbers.count > 2 ? numbers[2] : 1, isClosed: isClosed,
        isWhole: parts.allSatisfy { $0.type == .int })
    else {
      throw Diagnostic(
        .valueSize, "this range has no step, no end, or too many elements", at: span, fix: "write a...b by step")
    }
    return range
  }

  /// A value in a text, and what stands before it.
  private struct TextPart {
    let before: String
    let value: AnyOperand
    let format: NumberFormat?
    let place: Expression

    @inline(__always)
    func append(to text: inout String, _ machine: inout Machine, _ context: Context, limit: Int) throws {
      text += before
      let value = try value.value(&machine)
      if let format {
        text += format.apply(value)
      } else if case .int(let number) = value {
        text += String(number)
      } else {
        text += try value.text(context.ticker())
      }
      guard text.utf8.count <= limit else {
        throw Diagnostic(.valueSize, "the text would have more than \(limit) bytes", at: place.span)
      }
    }
  }

  private func text(_ pieces: [Expression.Piece]) -> Evaluation {
    let (context, limit) = (Context(interpreter: interpreter), interpreter.limits.items)
    var (parts, rest): ([TextPart], String) = ([], "")
    for piece in pieces {
      switch piece {
      case .text(let text): rest += text
      case .value(let expression, let format):
        let value = AnyOperand(evaluation: evaluation(expression))
        parts.append(TextPart(before: rest, value: value, format: format, place: expression))
        rest = ""
      }
    }
    if parts.count == 1 {
      let part = parts[0]
      return { [rest] machine in
        var result = ""
        try part.append(to: &result, &machine, context, limit: limit)
        return .string(result + rest)
      }
    }
    return { [parts, rest] machine in
      var result = ""
      for part in parts { try part.append(to: &result, &machine, context, limit: limit) }
      return .string(result + rest)
    }
  }

  private static func negated(_ value: Value, _ span: SourceSpan) throws -> Value {
    switch value {
    case .int(let int):
      guard int != .min else { throw Diagnostic(.overflow, "-(\(int)) is too large for a whole number", at: span) }
      return .int(-int)
    case .float(let number): return .float(-number)
    case .quantity(let quantity): return .quantity(Quantity(-quantity.amount, quantity.unit))
    case .series(let series): return Value(series.values.map { -$0 })
    default: throw Diagnostic(.operands, "'-' does not work on \(value.kindPhrase)", at: span)
    }
  }

  // MARK: Conditions

  /// - Parameter word: what needs the condition, for the message if it gives something else.
  func test(_ condition: Expression, _ word: String) -> Test {
    switch condition.kind {
    case .and(let left, let right):
      let (left, right) = (test(left, "and"), test(right, "and"))
      return { machine in try left(&machine) && right(&machine) }
    case .or(let left, let right):
      let (left, right) = (test(left, "or"), test(right, "or"))
      return { machine in try left(&machine) || right(&machine) }
    case .not(let operand):
      let operand = test(operand, "not")
      return { machine in try !operand(&machine) }
    case .binary(let op, let left, let right):
      if let comparison = comparison(op, left, right, condition.span) { return comparison }
    default: break
    }
    let (value, span) = (evaluation(condition), condition.span)
    return { machine in
      let value = try value(&machine)
      guard case .bool(let truth) = value else { throw Self.notTruth(value, word, span) }
      return truth
    }
  }

  static func notTruth(_ value: Value, _ word: String, _ span: SourceSpan) -> Diagnostic {
    let fix: String? =
      switch value {
      case .int, .float: "compare it, as in != 0"
      case .list, .string, .dictionary: "write .count > 0"
      case .none: "compare it, as in != none"
      default: nil
      }
    return Diagnostic(
      .operands, "'\(word)' needs true or false, but got \(value.kindPhrase)", at: span, fix: fix)
  }

  private struct ValueCase {
    let holds: Test
    let block: Evaluation
  }

  func conditional(
    _ branches: [(condition: Expression, block: Block)], _ otherwise: Block?, _ compile: (Block) -> Evaluation
  ) -> Evaluation {
    let cases = branches.map { ValueCase(holds: test($0.condition, "if"), block: compile($0.block)) }
    let otherwise: Evaluation = if let otherwise { compile(otherwise) } else { { _ in .none } }
    if cases.count == 1 {
      let (holds, yes) = (cases[0].holds, cases[0].block)
      return { machine in try holds(&machine) ? try yes(&machine) : try otherwise(&machine) }
    }
    return { machine in
      for branch in cases where try branch.holds(&machine) { return try branch.block(&machine) }
      return try otherwise(&machine)
    }
  }

  /// `try … else …` as a value or as a statement. What a failed call leaves behind is cleared away.
  func attempt<Result>(
    _ block: Block, _ otherwise: Block, _ error: NameSyntax?,
    _ compile: (Block) -> (inout Machine) throws -> Result
  ) -> (inout Machine) throws -> Result {
    let (block, otherwise) = (compile(block), compile(otherwise))
    let (graveyard, used) = (interpreter.graveyard, layout.slotCount)
    let place: Storage? = if case .slot(let slot)? = error?.place { storage(slot) } else { nil }
    return { machine in
      let (base, depth, shared) = (machine.slots.base, machine.depth, machine.shared)
      do {
        return try block(&machine)
      } catch let problem as Diagnostic where !problem.isStop && problem.code != .steps {
        (machine.depth, machine.shared) = (depth, shared)
        machine.slots.recover(base: base, used: used)
        switch place {
        case .slot(let slot)?: machine[slot] = .string(problem.message)
        case .shared(let place)?: machine.shared[place] = Variable(.string(problem.message), graveyard: graveyard)
        case nil: break
        }
        return try otherwise(&machine)
      }
    }
  }

  // MARK: Names and members

  private func read(_ name: NameSyntax, _ span: SourceSpan) -> Evaluation {
    let text = name.name
    switch name.place {
    case .slot(let slot):
      switch storage(slot) {
      case .slot(let slot):
        return { machine in
          if let value = machine[slot] { return value }
          throw Self.noValue(text, span)
        }
      case .shared(let place):
        return { machine in
          if let value = machine.shared[place].value { return value }
          throw Self.noValue(text, span)
        }
      }
    case .global(let variable):
      return { _ in
        if let value = variable.value { return value }
        throw Self.noValue(text, span)
      }
    case .function(let member) where member.isProperty:
      let interpreter = interpreter
      return { machine in try interpreter.property(member, .none, at: span, &machine) }
    case .function(let member):
      let value = Value.function(Function(member.name, .member(member, receiver: .none)))
      return { _ in value }
    case .namespace(let namespace):
      return { _ in
        throw Diagnostic(
          .kind, "'\(text)' is a group of functions, not a value", at: span,
          fix: "write \(text).\(namespace.type.members.first?.name ?? "…")")
      }
    case nil: return { _ in throw Self.noValue(text, span) }
    }
  }

  static func noValue(_ name: String, _ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .noValue, "'\(name)' has no value yet", at: span,
      hint: "its assignment has not run", fix: "give it a value before, as in \(name) = none")
  }

  private func member(_ base: Expression, _ name: Identifier) -> Evaluation {
    let interpreter = interpreter
    if case .name(let syntax) = base.kind, case .namespace(let namespace)? = syntax.place {
      guard let member = namespace.type.member(name.name) else {
        let problem = interpreter.library.unknownMember(name, of: namespace.type)
        return { _ in throw problem }
      }
      if member.isProperty {
        return { machine in try interpreter.property(member, .none, at: name.span, &machine) }
      }
      let value = Value.function(Function(member.name, .member(member, receiver: .none)))
      return { _ in value }
    }
    let (value, site, origin) = (evaluation(base), MemberSite(name), origin(of: base))
    return { machine in
      let value = try value(&machine)
      if case .record(let record) = value, let field = site.field(of: record) { return field }
      let member = try site.member(of: value, interpreter.library, origin)
      if member.isProperty { return try interpreter.property(member, value, at: name.span, &machine) }
      return .function(Function(member.name, .member(member, receiver: value)))
    }
  }

  /// Where the value of a variable came from, for the note under a message. Of a variable of the running function it
  /// is known if it is assigned in one place.
  func origin(of expression: Expression) -> () -> Diagnostic.Note? {
    guard case .name(let name) = expression.kind else { return { nil } }
    let (interpreter, assignments, line) = (interpreter, assignments, expression.span.line)
    func note(_ span: SourceSpan?) -> Diagnostic.Note? {
      guard let span, span.line != line else { return nil }
      return Diagnostic.Note(text: "'\(name.name)' got its value here", span: span)
    }
    switch name.place {
    case .slot(let slot):
      return {
        guard let spans = assignments.spans[slot], spans.count == 1 else { return nil }
        return note(spans.first)
      }
    case .global(let variable): return { note(interpreter.origin(of: variable)) }
    default: return { nil }
    }
  }

  /// `base[index]`; an item of a list in a variable is taken without touching the list.
  private func element(_ base: Expression, _ index: Expression) -> Evaluation {
    if let place = SlotOperand(index, self) { return element(base, place, index.span) }
    if let place = OffsetOperand(index, self) { return element(base, place, index.span) }
    return element(base, AnyOperand(evaluation: evaluation(index)), index.span)
  }

  private func element<Index: Operand>(_ base: Expression, _ index: Index, _ span: SourceSpan) -> Evaluation {
    if case .name(let name) = base.kind, case .slot(let slot)? = name.place, case .slot(let slot) = storage(slot) {
      return { machine in
        if let place = index.whole(machine), let item = machine.item(slot, place) { return item }
        let index = try index.value(&machine)
        if case .int(let place) = index, let item = machine.item(slot, place) { return item }
        guard let value = machine[slot] else { throw Self.noValue(name.name, base.span) }
        return try value.element(index, at: span)
      }
    }
    let base = evaluation(base)
    return { machine in
      let base = try base(&machine)
      return try base.element(index.value(&machine), at: span)
    }
  }
}
