import OrderedCollections

/// Turns the checked statements of one function, or of a cell, into closures, so that nothing is looked up twice.
///
/// Every closure is small and calls the closures of its parts; what they all share is in the ``Machine`` that they
/// pass on. Closures inside each other take stack, so nothing here nests deeper than the source does.
struct Compiler {
  /// Where a variable of the running function is.
  enum Storage {
    case slot(Int)
    /// An index into the machine's shared variables.
    case shared(Int)
  }

  let interpreter: Interpreter
  let layout: Layout
  private let shared: [Int: Int]
  /// Where each slot is assigned in this function, for notes under messages.
  let assignments = Assignments()

  /// A branch of an `if` with several. A struct, since a closure that stands alone in an array is called by way of
  /// another.
  private struct Case {
    let holds: Test
    let block: Execution
  }

  /// Filled while a function is compiled, read when something in it fails.
  final class Assignments {
    var spans: [Int: [SourceSpan]] = [:]
  }

  init(_ interpreter: Interpreter, _ layout: Layout) {
    (self.interpreter, self.layout) = (interpreter, layout)
    let places = layout.captures.map(\.slot) + layout.ownShared
    shared = Dictionary(places.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  func storage(_ slot: Int) -> Storage { shared[slot].map { .shared($0) } ?? .slot(slot) }

  // MARK: Blocks

  /// A function's body: the value of its last statement, or what it returned.
  func body(_ block: Block) -> Evaluation { tail(block.statements[...], turns: 4) }

  /// A block inside a value, which nothing leaves early.
  func value(of block: Block) -> Evaluation {
    guard let last = block.statements.last else { return { _ in .none } }
    let value = tail(last)
    guard block.statements.count > 1 else { return value }
    let before = sequence(block.statements.dropLast())
    return { machine in
      _ = try before(&machine)
      return try value(&machine)
    }
  }

  /// Statements in order, as a tree of pairs, so that a long block neither walks a list nor nests deeply.
  func sequence(_ statements: ArraySlice<Statement>) -> Execution {
    guard let first = statements.first else { return { _ in .onward } }
    guard statements.count > 1 else { return execution(first) }
    let middle = statements.startIndex + statements.count / 2
    let (left, right) = (sequence(statements[..<middle]), sequence(statements[middle...]))
    return { machine in
      let flow = try left(&machine)
      return flow == .onward ? try right(&machine) : flow
    }
  }

  /// The last statements of a function. `if … { return … }` followed by more is an `if` with two values, up to so
  /// many times, each of which nests.
  private func tail(_ statements: ArraySlice<Statement>, turns: Int) -> Evaluation {
    guard let last = statements.last else { return { _ in .none } }
    if turns > 0, let index = statements.dropLast().firstIndex(where: { $0.returnsUnderCondition != nil }),
      let (condition, block) = statements[index].returnsUnderCondition
    {
      let branch = branch(
        condition, block, tail(block.statements[...], turns: 1), tail(statements[(index + 1)...], turns: turns - 1))
      return index == statements.startIndex ? branch : after(statements[..<index], statements[index].span, branch)
    }
    let value = tail(last)
    return statements.count == 1 ? value : after(statements.dropLast(), last.span, value)
  }

  private func branch(
    _ condition: Expression, _ block: Block, _ yes: @escaping Evaluation, _ no: @escaping Evaluation
  ) -> Evaluation {
    let test = test(condition, "if")
    var slot: SlotOperand?
    if block.statements.count == 1, case .returnValue(let value?) = block.statements[0].kind {
      slot = SlotOperand(value, self)
    }
    if let condition = SlotCondition(condition, self, test) {
      return if let slot { branch(condition, slot, no) } else { branch(condition, AnyOperand(evaluation: yes), no) }
    }
    return branch(AnyCondition(test: test), AnyOperand(evaluation: yes), no)
  }

  private func branch<Holds: Condition, Yes: Operand>(
    _ condition: Holds, _ yes: Yes, _ no: @escaping Evaluation
  ) -> Evaluation {
    { machine in try condition.holds(&machine) ? try yes.value(&machine) : try no(&machine) }
  }

  private func after(
    _ statements: ArraySlice<Statement>, _ span: SourceSpan, _ value: @escaping Evaluation
  ) -> Evaluation {
    let (interpreter, before) = (interpreter, sequence(statements))
    return { machine in
      if try before(&machine) == .returning { return machine.takeResult() }
      // What was called may have been asked to stop.
      try interpreter.poll(&machine, span)
      return try value(&machine)
    }
  }

  private func tail(_ statement: Statement) -> Evaluation {
    switch statement.kind {
    case .expression(let expression):
      switch expression.kind {
      case .conditional(let branches, let otherwise):
        return conditional(branches, otherwise) { tail($0.statements[...], turns: 1) }
      case .attempt(let block, let otherwise, let error):
        return attempt(block, otherwise, error) { tail($0.statements[...], turns: 1) }
      default: return evaluation(expression)
      }
    case .returnValue(let value): return evaluation(orNone: value)
    default:
      let execution = execution(statement)
      return { machine in try execution(&machine) == .returning ? machine.takeResult() : .none }
    }
  }

  // MARK: Statements

  func execution(_ statement: Statement) -> Execution {
    let (interpreter, span) = (interpreter, statement.span)
    switch statement.kind {
    case .expression(let expression): return execution(expression, span)
    case .assign(let target, let op, let value): return assignment(target, op, value, span)
    case .unpack(let targets, let value): return unpacking(targets, value, span)
    case .function(let name, let syntax):
      let function = closure(syntax)
      return store(name, span) { machine in .function(try function(&machine)) }
    case .loop(let names, let sequence, let body): return loop(names, sequence, body, span)
    case .whileLoop(let condition, let body):
      let (holds, body) = (test(condition, "while"), sequence(body.statements[...]))
      return { machine in
        while try holds(&machine) {
          try interpreter.poll(&machine, span)
          switch try body(&machine) {
          case .onward, .continuing: continue
          case .breaking: return .onward
          case .returning: return .returning
          }
        }
        return .onward
      }
    case .breakLoop: return { _ in .breaking }
    case .continueLoop: return { _ in .continuing }
    case .returnValue(let value):
      let value = evaluation(orNone: value)
      return { machine in
        machine.result = try value(&machine)
        return .returning
      }
    case .assertion(let condition, let message): return assertion(condition, message)
    case .importFile(let block): return sequence(block.statements[...])
    }
  }

  /// An expression as a statement: the blocks of an `if` may leave the loop or function around it.
  private func execution(_ expression: Expression, _ span: SourceSpan) -> Execution {
    let interpreter = interpreter
    switch expression.kind {
    case .conditional(let branches, let otherwise):
      let otherwise = sequence(otherwise?.statements[...] ?? [])
      if branches.count == 1 {
        let (holds, yes) = (test(branches[0].condition, "if"), sequence(branches[0].block.statements[...]))
        return { machine in
          try interpreter.poll(&machine, span)
          return try holds(&machine) ? try yes(&machine) : try otherwise(&machine)
        }
      }
      let cases = branches.map { Case(holds: test($0.condition, "if"), block: sequence($0.block.statements[...])) }
      return { machine in
        try interpreter.poll(&machine, span)
        for branch in cases where try branch.holds(&machine) { return try branch.block(&machine) }
        return try otherwise(&machine)
      }
    case .attempt(let block, let otherwise, let error):
      return attempt(block, otherwise, error) { sequence($0.statements[...]) }
    default:
      let value = evaluation(expression)
      return { machine in
        try interpreter.poll(&machine, span)
        _ = try value(&machine)
        return .onward
      }
    }
  }

  // MARK: Loops

  /// One turn of a loop gives its variables new values; shared ones are new, so that closures keep theirs.
  private func setter(_ name: NameSyntax) -> (inout Machine, Value) -> Void {
    guard case .slot(let slot)? = name.place else { return { _, _ in } }
    let graveyard = interpreter.graveyard
    switch storage(slot) {
    case .slot(let slot): return { machine, value in machine[slot] = value }
    case .shared(let place):
      return { machine, value in machine.shared[place] = Variable(value, graveyard: graveyard) }
    }
  }

  private func loop(_ names: [NameSyntax], _ sequence: Expression, _ body: Block, _ span: SourceSpan) -> Execution {
    let (interpreter, place) = (interpreter, sequence.span)
    let body = self.sequence(body.statements[...])
    if names.count == 1, let counted = countedLoop(names[0], sequence, body) { return counted }
    let container = evaluation(sequence)
    let setters = names.map { setter($0) }
    let set: (inout Machine, Value) throws -> Void =
      setters.count == 1
      ? setters[0]
      : { machine, item in
        let parts = try Self.parts(of: item, count: setters.count, place)
        for (set, part) in zip(setters, parts) { set(&machine, part) }
      }
    return { machine in
      let container = try container(&machine)
      func turn(_ item: Value) throws -> Flow {
        try interpreter.poll(&machine, place)
        try set(&machine, item)
        return try body(&machine)
      }
      func through(_ items: some Sequence<Value>) throws -> Flow {
        for item in items {
          switch try turn(item) {
          case .onward, .continuing: continue
          case .breaking: return .onward
          case .returning: return .returning
          }
        }
        return .onward
      }
      if case .range(let range) = container { return try through((0..<range.count).lazy.map(range.element)) }
      guard container.itemCount != nil else {
        throw Diagnostic(
          .operands, "'for' cannot go through \(container.kindPhrase)", at: place,
          fix: container.number == nil ? nil : "write 0..<\(container)")
      }
      return try through(Context(interpreter: interpreter).items(container))
    }
  }

  /// `for i in a..<b by s` of whole numbers, without making the range.
  private func countedLoop(_ name: NameSyntax, _ sequence: Expression, _ body: @escaping Execution) -> Execution? {
    guard case .range(let from, let to, let by, let isClosed) = sequence.kind else { return nil }
    let (interpreter, place, set) = (interpreter, sequence.span, setter(name))
    var slot: Int?
    if case .slot(let number)? = name.place, case .slot(let number) = storage(number) { slot = number }
    let (low, high) = (bound(from), bound(to))
    let step: Evaluation = if let by { bound(by) } else { { _ in .int(1) } }
    let whole = -0x20_0000_0000_0000...0x20_0000_0000_0000
    return { [slot] machine in
      let (first, last, step) = (try low(&machine), try high(&machine), try step(&machine))
      if case .int(let first) = first, case .int(let last) = last, case .int(let step) = step, step > 0,
        whole.contains(first), whole.contains(last), whole.contains(step)
      {
        var index = first
        let end = isClosed ? last + 1 : last
        while index < end {
          try interpreter.poll(&machine, place)
          if let slot { machine[slot] = .int(index) } else { set(&machine, .int(index)) }
          index += step
          switch try body(&machine) {
          case .onward, .continuing: continue
          case .breaking: return .onward
          case .returning: return .returning
          }
        }
        return .onward
      }
      let range = try Self.range([first, last, step], isClosed, place)
      for index in 0..<range.count {
        try interpreter.poll(&machine, place)
        set(&machine, range.element(index))
        switch try body(&machine) {
        case .onward, .continuing: continue
        case .breaking: return .onward
        case .returning: return .returning
        }
      }
      return .onward
    }
  }

  private static func parts(of item: Value, count: Int, _ span: SourceSpan) throws -> [Value] {
    guard let values = item.parts, values.count == count else {
      throw Diagnostic(
        .operands, "'for' with \(count) names needs items of \(count) values, but got \(item.kindPhrase)", at: span)
    }
    return values
  }

  /// `a, b = pair`: all values are there before the first is assigned, so that `a, b = [b, a]` swaps.
  private func unpacking(_ targets: [Expression], _ value: Expression, _ span: SourceSpan) -> Execution {
    let (interpreter, place, value) = (interpreter, value.span, evaluation(value))
    let setters = targets.map { target -> Assigning in
      if case .name(let name) = target.kind { return assigning(name, span) }
      return changing(target, nil, span)
    }
    return { machine in
      try interpreter.poll(&machine, span)
      let value = try value(&machine)
      guard let parts = value.parts, parts.count == setters.count else {
        throw Diagnostic(
          .operands, "\(setters.count) names need as many values, but got \(value.kindPhrase)", at: place)
      }
      for (set, part) in zip(setters, parts) { try set(&machine, { _ in part }) }
      return .onward
    }
  }

  // MARK: Assertions

  private func assertion(_ condition: Expression, _ message: Expression?) -> Execution {
    let (interpreter, span) = (interpreter, condition.span)
    let message: Evaluation =
      if let message { evaluation(message) } else { { _ in .string("this does not hold: \(span.text)") } }
    guard case .binary(let op, let first, let second) = condition.kind else {
      let holds = test(condition, "assert")
      return { machine in
        try interpreter.poll(&machine, span)
        guard try holds(&machine) else { throw Diagnostic(.assertion, try message(&machine).text, at: span) }
        return .onward
      }
    }
    let (left, right) = (evaluation(first), evaluation(second))
    return { machine in
      try interpreter.poll(&machine, span)
      let (a, b) = (try left(&machine), try right(&machine))
      let result = try op.apply(a, b, limits: interpreter.limits, at: span)
      guard case .bool(let truth) = result else { throw Self.notTruth(result, "assert", span) }
      guard truth else {
        throw Diagnostic(
          .assertion, try message(&machine).text, at: span, hint: "\(a.cell) \(op.rawValue) \(b.cell)")
      }
      return .onward
    }
  }
}

extension Value {
  /// What destructuring takes apart: the items of a list, the values of a record.
  var parts: [Value]? {
    switch self {
    case .list(let list): list.items
    case .record(let record): record.values
    case .series(let series): series.values.map { .float($0) }
    default: nil
    }
  }
}

extension Statement {
  /// The condition and block of an `if` without `else` whose block always returns.
  fileprivate var returnsUnderCondition: (condition: Expression, block: Block)? {
    guard case .expression(let expression) = kind, case .conditional(let branches, otherwise: nil) = expression.kind,
      branches.count == 1, case .returnValue? = branches[0].block.statements.last?.kind
    else { return nil }
    return branches[0]
  }
}
