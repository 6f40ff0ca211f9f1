/// Assignments, also to items and fields: `xs[0] = 1`, `cfg.lr = 2e-5`, `xs += [x]`.
extension Compiler {
  func assignment(
    _ target: Expression, _ op: Operator?, _ expression: Expression, _ span: SourceSpan
  ) -> Execution {
    guard case .name(let name) = target.kind else { return change(target, op, expression, span) }
    let value = evaluation(expression)
    guard let op else { return store(name, span, value) }
    if op == .add, case .list(let items) = expression.kind, items.count == 1 {
      return change(name, target.span, span, appending: items[0])
    }
    let (interpreter, limits, access) = (interpreter, interpreter.limits, access(name, target.span, span))
    if case .slot(let slot)? = name.place, case .slot(let slot) = storage(slot) {
      return { machine in
        try interpreter.poll(&machine, span)
        let more = try value(&machine)
        if let old = machine.whole(slot), case .int(let more) = more, let result = op.quick(.int(old), .int(more)) {
          machine[slot] = result
          return .onward
        }
        if op == .add, case .string(let text) = more, machine.append(slot, text, limit: limits.items) {
          return .onward
        }
        // Numbers only: whoever looks at a long text holds it, and then it would be copied.
        if more.isPlainNumber, let old = machine[slot], let result = op.quick(old, more) {
          machine[slot] = result
          return .onward
        }
        try access(&machine) { try Self.change(&$0, [], op, more, limits, span) }
        return .onward
      }
    }
    return { machine in
      try interpreter.poll(&machine, span)
      let more = try value(&machine)
      try access(&machine) { try Self.change(&$0, [], op, more, limits, span) }
      return .onward
    }
  }

  /// An assignment of a value to a name.
  func store(_ name: NameSyntax, _ span: SourceSpan, _ value: @escaping Evaluation) -> Execution {
    let interpreter = interpreter
    switch name.place {
    case .slot(let slot)?:
      note(slot, span)
      switch storage(slot) {
      case .slot(let slot):
        return { machine in
          try interpreter.poll(&machine, span)
          machine[slot] = try value(&machine)
          return .onward
        }
      case .shared(let place):
        return { machine in
          try interpreter.poll(&machine, span)
          machine.shared[place].value = try value(&machine)
          return .onward
        }
      }
    case .global(let variable)?:
      let origin = interpreter.origin(span)
      return { machine in
        try interpreter.poll(&machine, span)
        variable.assign(try value(&machine), at: origin)
        return .onward
      }
    default:
      return { _ in throw Diagnostic(.notAssignable, "'\(name.name)' cannot be assigned to", at: span) }
    }
  }

  /// An assignment of what it is given.
  typealias Assigning = (inout Machine, Evaluation) throws -> Void

  func assigning(_ name: NameSyntax, _ span: SourceSpan) -> Assigning {
    switch name.place {
    case .slot(let slot)?:
      note(slot, span)
      switch storage(slot) {
      case .slot(let slot): return { machine, value in machine[slot] = try value(&machine) }
      case .shared(let place): return { machine, value in machine.shared[place].value = try value(&machine) }
      }
    case .global(let variable)?:
      let origin = interpreter.origin(span)
      return { machine, value in variable.assign(try value(&machine), at: origin) }
    default:
      return { _, _ in throw Diagnostic(.notAssignable, "'\(name.name)' cannot be assigned to", at: span) }
    }
  }

  private func note(_ slot: Int, _ span: SourceSpan) { assignments.spans[slot, default: []].append(span) }

  private static func unassigned(_ name: String, _ span: SourceSpan) -> Diagnostic {
    Diagnostic(.noValue, "'\(name)' has no value yet", at: span, fix: "\(name) = …")
  }

  // MARK: Changes

  /// `xs += [x]`: one more item of a list, without a list for it alone.
  private func change(
    _ name: NameSyntax, _ place: SourceSpan, _ span: SourceSpan, appending item: Expression
  ) -> Execution {
    let (interpreter, limits, item) = (interpreter, interpreter.limits, evaluation(item))
    let access = access(name, place, span)
    return { machine in
      try interpreter.poll(&machine, span)
      let item = try item(&machine)
      try access(&machine) { value in
        let isDone = value.changeList { list in
          guard list.count < limits.items, item.depth < limits.valueDepth else { return false }
          list.append(item)
          return true
        }
        if isDone != true { try Self.change(&value, [], .add, Value([item]), limits, span) }
      }
      return .onward
    }
  }

  private typealias Access = (inout Machine, (inout Value) throws -> Void) throws -> Void

  /// Lets a value be changed in its variable, which does not hold it meanwhile, so that a long list is not copied.
  private func access(_ name: NameSyntax, _ place: SourceSpan, _ span: SourceSpan) -> Access {
    let text = name.name
    switch name.place {
    case .slot(let slot)?:
      note(slot, span)
      switch storage(slot) {
      case .slot(let slot):
        return { machine, change in
          guard var value = machine.take(slot) else { throw Self.unassigned(text, place) }
          defer { machine[slot] = value }
          try change(&value)
        }
      case .shared(let index):
        return { machine, change in try Self.change(machine.shared[index], text, place, change) }
      }
    case .global(let variable)?:
      let origin = interpreter.origin(span)
      return { _, change in
        try Self.change(variable, text, place, change)
        variable.origin = origin
      }
    default:
      return { _, _ in throw Diagnostic(.notAssignable, "'\(text)' cannot be assigned to", at: place) }
    }
  }

  private static func change(
    _ variable: Variable, _ name: String, _ place: SourceSpan, _ change: (inout Value) throws -> Void
  ) throws {
    var held: Value?
    swap(&held, &variable.value)
    guard var value = held else { throw unassigned(name, place) }
    held = nil
    defer { variable.value = value }
    try change(&value)
  }

  private enum Step {
    case index(Value, SourceSpan)
    case field(Identifier)
  }

  /// `target op= value` where the target lies in a variable, however deep.
  private func change(
    _ target: Expression, _ op: Operator?, _ value: Expression, _ span: SourceSpan
  ) -> Execution {
    let interpreter = interpreter
    if case .index(let base, let index) = target.kind, case .name(let name) = base.kind {
      let item = ItemTarget(name, target.span, index.span, op, span)
      if let place = SlotOperand(index, self) { return change(item, place, value) }
      if let place = OffsetOperand(index, self) { return change(item, place, value) }
      return change(item, AnyOperand(evaluation: evaluation(index)), value)
    }
    let value = evaluation(value)
    let change = changing(target, op, span)
    return { machine in
      try interpreter.poll(&machine, span)
      try change(&machine, value)
      return .onward
    }
  }

  /// `name[index] op= …`.
  private final class ItemTarget {
    let name: NameSyntax
    let place: SourceSpan
    let index: SourceSpan
    let op: Operator?
    let span: SourceSpan

    init(_ name: NameSyntax, _ place: SourceSpan, _ index: SourceSpan, _ op: Operator?, _ span: SourceSpan) {
      (self.name, self.place, self.index, self.op, self.span) = (name, place, index, op, span)
    }
  }

  private func change<Index: Operand>(_ item: ItemTarget, _ index: Index, _ value: Expression) -> Execution {
    if let constant = ConstantOperand(value) { return change(item, index, constant) }
    return change(item, index, AnyOperand(evaluation: evaluation(value)))
  }

  private func change<Index: Operand, New: Operand>(_ item: ItemTarget, _ index: Index, _ value: New) -> Execution {
    let (interpreter, limits, access) = (interpreter, interpreter.limits, access(item.name, item.place, item.span))
    if item.op == nil, case .slot(let slot)? = item.name.place, case .slot(let slot) = storage(slot) {
      let slowly: (inout Machine, Value, Value) throws -> Void = { machine, position, new in
        if case .int(let index) = position, machine.replaceItem(slot, index, new) { return }
        try access(&machine) { try Self.change(&$0, [.index(position, item.index)], nil, new, limits, item.span) }
      }
      return { machine in
        try interpreter.poll(&machine, item.span)
        if let index = index.whole(machine) {
          let new = try value.value(&machine)
          if !machine.replaceItem(slot, index, new) { try slowly(&machine, .int(index), new) }
        } else {
          let position = try index.value(&machine)
          try slowly(&machine, position, value.value(&machine))
        }
        return .onward
      }
    }
    var slot: Int?
    if item.op != nil, case .slot(let place)? = item.name.place, case .slot(let place) = storage(place) { slot = place }
    return { [slot] machine in
      try interpreter.poll(&machine, item.span)
      let position = try index.value(&machine)
      let new = try value.value(&machine)
      if let slot, new.isPlainNumber, machine.changeEntry(slot, position, { item.op?.quick($0, new) }) {
        return .onward
      }
      try access(&machine) { place in
        // A value without parts needs no way to be walked.
        let isDone =
          try new.depth > 0
          ? nil
          : place.changeMapping { mapping in
            try mapping.change(position, adding: item.op == nil) {
              try Self.change(&$0, [], item.op, new, limits, item.span)
            }
          }
        if isDone != true {
          try Self.change(&place, [.index(position, item.index)], item.op, new, limits, item.span)
        }
      }
      return .onward
    }
  }

  /// An assignment to an item or a field, however deep.
  func changing(_ target: Expression, _ op: Operator?, _ span: SourceSpan) -> Assigning {
    let limits = interpreter.limits
    var steps: [(Evaluation?, Identifier?, SourceSpan)] = []
    var base = target
    while true {
      if case .index(let inner, let index) = base.kind {
        steps.append((evaluation(index), nil, index.span))
        base = inner
      } else if case .member(let inner, let field) = base.kind {
        steps.append((nil, field, field.span))
        base = inner
      } else {
        break
      }
    }
    guard case .name(let name) = base.kind else {
      return { _, _ in throw Diagnostic(.notAssignable, "this cannot be assigned to", at: base.span) }
    }
    steps.reverse()
    let access = access(name, target.span, span)
    return { [steps] machine, value in
      let path = try steps.map { index, field, at -> Step in
        if let field { return .field(field) }
        return .index(try index?(&machine) ?? .none, at)
      }
      let new = try value(&machine)
      try access(&machine) { try Self.change(&$0, path[...], op, new, limits, span) }
    }
  }

  private static func change(
    _ place: inout Value, _ steps: ArraySlice<Step>, _ op: Operator?, _ value: Value, _ limits: Limits,
    _ span: SourceSpan
  ) throws {
    guard value.depth + steps.count <= limits.valueDepth else {
      throw Diagnostic(.valueSize, "this value nests more than \(limits.valueDepth) containers", at: span)
    }
    guard let step = steps.first else {
      if let op, value.isPlainNumber, let result = op.quick(place, value) {
        place = result
      } else if op != .add || !place.append(contentsOf: value, limit: limits.items) {
        place = try op?.apply(place, value, limits: limits, at: span) ?? value
      }
      return
    }
    func inside(_ item: inout Value) throws { try change(&item, steps.dropFirst(), op, value, limits, span) }
    switch step {
    case .index(let index, let at):
      if try place.changeList({ try $0.change(at: $0.position(of: index, at: at), inside) }) != nil { return }
      let isNew = op == nil && steps.count == 1
      let done: Void? = try place.changeMapping { mapping in
        guard try mapping.change(index, adding: isNew, inside) else { throw mapping.missing(index, at: at) }
      }
      if done != nil { return }
      throw Diagnostic(.notAssignable, "items of \(place.kindPhrase) cannot be assigned to", at: at)
    case .field(let name):
      let done: Void? = try place.changeRecord { record in
        guard let field = record.place(of: name.name) else {
          throw Diagnostic(
            .unknownMember, "the record has no field '\(name.name)'", at: name.span,
            fix: "add fields with + (\(name.name): …)")
        }
        try record.change(at: field, inside)
      }
      if done != nil { return }
      throw Diagnostic(
        .notAssignable, "'\(name.name)' of \(place.kindPhrase) cannot be assigned to", at: name.span)
    }
  }
}
