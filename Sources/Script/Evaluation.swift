import OrderedCollections

/// Expressions.
extension Interpreter {
  func evaluate(_ expression: Expression, _ frame: Frame) throws -> Value {
    switch expression.kind {
    case .literal(let value): return value
    case .name(let name): return try read(name, frame, expression.span)
    case .call(let call): return try evaluate(call, expression.span, frame)
    case .binary(let op, let left, let right):
      let a = try evaluate(left, frame)
      return try bounded(
        op.apply(a, evaluate(right, frame), limits: limits, at: expression.span), expression.span)
    case .member(let base, let name): return try member(base, name, frame)
    case .and(let left, let right): return .bool(try truth(left, "and", frame) && truth(right, "and", frame))
    case .or(let left, let right): return .bool(try truth(left, "or", frame) || truth(right, "or", frame))
    case .not(let operand): return .bool(try !truth(operand, "not", frame))
    case .negate(let operand): return try negate(evaluate(operand, frame), expression.span)
    case .conditional(let branches, let otherwise):
      for (condition, block) in branches where try truth(condition, "if", frame) { return try run(block, frame) }
      return try otherwise.map { try run($0, frame) } ?? .none
    case .index(let base, let index):
      return try evaluate(base, frame).element(evaluate(index, frame), at: index.span)
    case .function(let syntax): return .function(close(syntax, frame))
    default: return try bounded(construct(expression, frame), expression.span)
    }
  }

  /// Expressions that make a container or a text; apart, so that the frame of `evaluate` stays small.
  private func construct(_ expression: Expression, _ frame: Frame) throws -> Value {
    switch expression.kind {
    case .text(let pieces): return .string(try text(pieces, frame))
    case .list(let items): return Value(try items.map { try evaluate($0, frame) })
    case .dictionary(let entries):
      var mapping = Mapping()
      for (key, value) in entries { mapping.replace(try evaluate(key, frame), with: try evaluate(value, frame)) }
      return .dictionary(mapping)
    case .record(let fields):
      return .record(Record(try fields.map { (name: $0.name.name, value: try evaluate($0.value, frame)) }))
    case .with(let base, let fields): return try with(base, fields, frame)
    case .range(let low, let high, let step, let isClosed):
      return try range(low, high, step, isClosed, expression.span, frame)
    case .attempt(let block, let otherwise, let name): return try attempt(block, otherwise, name, frame)
    default: return .none
    }
  }

  /// The value, unless it grew beyond what printing, comparing and releasing can bear.
  func bounded(_ value: Value, _ span: SourceSpan?) throws -> Value {
    guard value.depth <= limits.valueDepth else {
      throw Diagnostic(.valueSize, "this value nests more than \(limits.valueDepth) containers", at: span)
    }
    return value
  }

  private func text(_ pieces: [Expression.Piece], _ frame: Frame) throws -> String {
    var result = ""
    for piece in pieces {
      switch piece {
      case .text(let text): result += text
      case .value(let expression, let format):
        let value = try evaluate(expression, frame)
        result += format?.apply(value) ?? value.text
        guard result.utf8.count <= limits.items else {
          throw Diagnostic(.valueSize, "the text would have more than \(limits.items) bytes", at: expression.span)
        }
      }
    }
    return result
  }

  private func negate(_ value: Value, _ span: SourceSpan) throws -> Value {
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

  private func range(
    _ low: Expression, _ high: Expression, _ step: Expression?, _ isClosed: Bool, _ span: SourceSpan, _ frame: Frame
  ) throws -> Value {
    let parts = try [low, high, step].compactMap { $0 }.map { ($0, try evaluate($0, frame)) }
    for (part, value) in parts where value.number == nil {
      throw Diagnostic(.operands, "a range needs numbers, but got \(value.kindPhrase)", at: part.span)
    }
    let numbers = parts.compactMap(\.1.number)
    let isWhole = parts.allSatisfy { $0.1.type == .int }
    guard
      let range = NumberRange(
        from: numbers[0], to: numbers[1], by: numbers.count > 2 ? numbers[2] : 1, isClosed: isClosed,
        isWhole: isWhole)
    else {
      throw Diagnostic(
        .valueSize, "this range has no step, no end, or too many elements", at: span, fix: "write a...b by step")
    }
    return .range(range)
  }

  private func with(_ base: Expression, _ fields: [Field], _ frame: Frame) throws -> Value {
    let value = try evaluate(base, frame)
    guard case .record(var record) = value else {
      throw Diagnostic(.operands, "'with' changes a record, but got \(value.kindPhrase)", at: base.span)
    }
    for field in fields {
      guard record[field.name.name] != nil else {
        throw unknownField(field.name, record, fix: "add fields with + (\(field.name.name): …)")
      }
      record.replace(field.name.name, with: try evaluate(field.value, frame))
    }
    return .record(record)
  }

  private func attempt(_ block: Block, _ otherwise: Block, _ name: NameSyntax?, _ frame: Frame) throws -> Value {
    do {
      return try run(block, frame)
    } catch let error as Diagnostic where !error.isStop && error.code != .steps {
      if case .slot(let slot)? = name?.place {
        frame.slots[slot] = Variable(.string(error.message), graveyard: graveyard)
      }
      return try run(otherwise, frame)
    }
  }

  // MARK: Names and members

  func variable(_ name: NameSyntax, _ frame: Frame, _ span: SourceSpan) throws -> Variable {
    switch name.place {
    case .slot(let slot): return frame.slots[slot]
    case .global(let variable): return variable
    default: throw Diagnostic(.notAssignable, "'\(name.name)' cannot be assigned to", at: span)
    }
  }

  private func read(_ name: NameSyntax, _ frame: Frame, _ span: SourceSpan) throws -> Value {
    switch name.place {
    case .slot(let slot): if let value = frame.slots[slot].value { return value }
    case .global(let variable): if let value = variable.value { return value }
    case .function(let member): return .function(Function(member.name, .member(member, receiver: .none)))
    case .namespace(let namespace):
      throw Diagnostic(
        .kind, "'\(name.name)' is a group of functions, not a value", at: span,
        fix: "write \(name.name).\(namespace.type.members.first?.name ?? "…")")
    case nil: break
    }
    throw Diagnostic(
      .noValue, "'\(name.name)' has no value yet", at: span,
      hint: "its assignment has not run", fix: "give it a value before, as in \(name.name) = none")
  }

  private func member(_ base: Expression, _ name: Identifier, _ frame: Frame) throws -> Value {
    if case .name(let syntax) = base.kind, case .namespace(let namespace)? = syntax.place {
      guard let member = namespace.type.member(name.name) else { throw library.unknownMember(name, of: namespace.type) }
      return member.isProperty
        ? try call(member, .none, [], [], at: name.span)
        : .function(Function(member.name, .member(member, receiver: .none)))
    }
    return try member(evaluate(base, frame), name, because: origin(of: base, frame))
  }

  /// A member of a value: a field of a record, a property, or a method as a function.
  func member(_ value: Value, _ name: Identifier, because: Diagnostic.Note?) throws -> Value {
    if case .record(let record) = value, let field = record[name.name] { return field }
    guard let member = library.type(of: value.type)?.member(name.name) else {
      if case .record(let record) = value { throw unknownField(name, record, fix: nil) }
      throw library.unknownMember(name, of: library.type(of: value.type), value: value, because: because)
    }
    if member.isProperty { return try call(member, value, [], [], at: name.span) }
    return .function(Function(member.name, .member(member, receiver: value)))
  }

  private func unknownField(_ name: Identifier, _ record: Record, fix: String?) -> Diagnostic {
    let near = Nearest.name(to: name.name, in: record.fields.keys)
    return Diagnostic(
      .unknownMember, "the record has no field '\(name.name)'", at: name.span,
      hint: near.map { "closest: \($0)" } ?? "it has: \(record.fields.keys.prefix(12).joined(separator: ", "))",
      fix: near.map { "replace with '\($0)'" } ?? fix)
  }

  /// Where the value of a variable came from, for the note under a message.
  func origin(of expression: Expression, _ frame: Frame) -> Diagnostic.Note? {
    guard case .name(let name) = expression.kind, let variable = try? variable(name, frame, expression.span),
      let origin = variable.origin, origin.line != expression.span.line
    else { return nil }
    return Diagnostic.Note(text: "'\(name.name)' got its value here", span: origin)
  }
}

extension Library {
  func unknownMember(
    _ name: Identifier, of type: BoundType?, value: Value? = nil, because: Diagnostic.Note? = nil
  ) -> Diagnostic {
    let subject = type.map { "'\($0.name)'" } ?? value?.kindPhrase ?? "this value"
    guard let type else {
      return Diagnostic(.unknownMember, "\(subject) has no members", at: name.span, because: because)
    }
    let near = Nearest.name(to: name.name, in: type.members.map(\.name)).flatMap { type.member($0) }
    let known = type.members.prefix(12).map(\.name).joined(separator: ", ")
    return Diagnostic(
      .unknownMember, "\(subject) has no member '\(name.name)'", at: name.span,
      hint: near.map { "closest: \($0.name) (\($0.help))" } ?? "it has: \(known)", because: because,
      fix: near.map { "replace with '\($0.name)'" }, more: "help(\(type.name))")
  }
}
