import OrderedCollections
import Primitives

/// What a running function has: its variables, and how it is to be left.
final class Frame {
  enum Flow {
    case onward, breaking, continuing, returning
  }

  var slots: [Variable]
  var flow = Flow.onward
  var result = Value.none

  init(slots: [Variable]) { self.slots = slots }
}

/// Runs checked statements. One interpreter belongs to one session.
final class Interpreter {
  let library: Library
  let output: any SessionOutput
  let stop: StopToken
  let host: AnyObject?
  let limits: Limits
  let graveyard = Graveyard()
  var seed = 0
  /// The session's variables in the order in which they were first named; those of failed cells have no value.
  var globals: OrderedDictionary<String, Variable> = [:]
  private var depth = 0
  private var steps = 0
  /// How many calls from Swift are running: they hear only the second request to stop, because the Swift code
  /// around them answers the first.
  private var callsFromSwift = 0

  init(library: Library, output: any SessionOutput, stop: StopToken, host: AnyObject?, limits: Limits) {
    (self.library, self.output, self.stop, self.host, self.limits) = (library, output, stop, host, limits)
  }

  var globalValues: [(name: String, value: Value)] {
    globals.compactMap { name, variable in name == "_" ? nil : variable.value.map { (name, $0) } }
  }

  /// Keeps the last value of a cell in `_`.
  func keepLast(_ value: Value, at span: SourceSpan) {
    let variable = globals["_"] ?? Variable(graveyard: graveyard)
    globals["_"] = variable
    variable.assign(value, at: span)
  }

  /// A frame for the top level, whose own slots are loop variables only.
  func topFrame(slotCount: Int) -> Frame {
    (depth, steps, callsFromSwift) = (0, 0, 0)
    return Frame(slots: (0..<slotCount).map { _ in Variable(graveyard: graveyard) })
  }

  /// Counts a step, and ends the run if a stop was asked for or the budget is used up.
  func poll(_ span: SourceSpan?) throws {
    steps += 1
    if let budget = limits.steps, steps > budget {
      throw Diagnostic(.steps, "more than \(budget) steps", at: span, hint: "a loop that does not end?")
    }
    if stop.stage >= (callsFromSwift > 0 ? .abandonStep : .finishStep) {
      throw Diagnostic(.stopped, "stopped here, as asked", at: span)
    }
  }

  // MARK: Statements

  /// Runs statements in order; the value is that of the last one.
  func run(_ block: Block, _ frame: Frame) throws -> Value {
    var last = Value.none
    for statement in block.statements {
      last = try run(statement, frame)
      guard case .onward = frame.flow else { return last }
    }
    return last
  }

  func run(_ statement: Statement, _ frame: Frame) throws -> Value {
    try poll(statement.span)
    switch statement.kind {
    case .expression(let expression): return try evaluate(expression, frame)
    case .assign(let target, let op, let value): try assign(target, op, value, statement.span, frame)
    case .function(let name, let syntax):
      try variable(name, frame, statement.span).assign(
        .function(close(syntax, frame)), at: statement.span)
    case .loop(let names, let sequence, let body): try loop(names, sequence, body, frame)
    case .whileLoop(let condition, let body):
      while try truth(condition, "while", frame) {
        try poll(statement.span)
        _ = try run(body, frame)
        if leavesLoop(frame) { break }
      }
    case .breakLoop: frame.flow = .breaking
    case .continueLoop: frame.flow = .continuing
    case .returnValue(let value):
      frame.result = try value.map { try evaluate($0, frame) } ?? .none
      frame.flow = .returning
    case .assertion(let condition, let message): try check(condition, message, statement.span, frame)
    case .importFile(let block): _ = try run(block, frame)
    }
    return .none
  }

  /// After a loop's body: whether the loop ends. `continue` has then done its work.
  private func leavesLoop(_ frame: Frame) -> Bool {
    switch frame.flow {
    case .onward: return false
    case .continuing:
      frame.flow = .onward
      return false
    case .breaking:
      frame.flow = .onward
      return true
    case .returning: return true
    }
  }

  private func loop(_ names: [NameSyntax], _ sequence: Expression, _ body: Block, _ frame: Frame) throws {
    let container = try evaluate(sequence, frame)
    if case .range(let range) = container, names.count == 1 {
      for index in 0..<range.count {
        try turn(names, range.element(index), sequence.span, body, frame)
        if leavesLoop(frame) { break }
      }
      return
    }
    guard let items = container.items else {
      throw Diagnostic(
        .operands, "'for' cannot go through \(container.kindPhrase)", at: sequence.span,
        fix: container.number == nil ? nil : "write 0..<\(container)")
    }
    for item in items {
      try turn(names, item, sequence.span, body, frame)
      if leavesLoop(frame) { break }
    }
  }

  /// One turn of a loop. Every turn has variables of its own, so that closures made in it keep their values.
  private func turn(
    _ names: [NameSyntax], _ item: Value, _ span: SourceSpan, _ body: Block, _ frame: Frame
  ) throws {
    try poll(span)
    let values = names.count == 1 ? [item] : try parts(of: item, count: names.count, span)
    for (name, value) in zip(names, values) {
      guard case .slot(let slot) = name.place else { continue }
      frame.slots[slot] = Variable(value, graveyard: graveyard)
    }
    _ = try run(body, frame)
  }

  private func parts(of item: Value, count: Int, _ span: SourceSpan) throws -> [Value] {
    let values: [Value] =
      switch item {
      case .list(let list): list.items
      case .record(let record): Array(record.fields.values)
      default: []
      }
    guard values.count == count else {
      throw Diagnostic(
        .operands, "'for' with \(count) names needs items of \(count) values, but got \(item.kindPhrase)", at: span)
    }
    return values
  }

  private func check(_ condition: Expression, _ message: Expression?, _ span: SourceSpan, _ frame: Frame) throws {
    var hint: String?
    let holds: Bool
    if case .binary(let op, let left, let right) = condition.kind {
      let a = try evaluate(left, frame)
      let b = try evaluate(right, frame)
      let result = try op.apply(a, b, limits: limits, at: condition.span)
      guard case .bool(let truth) = result else { throw notTruth(result, "assert", condition.span) }
      holds = truth
      hint = "\(a.cell) \(op.rawValue) \(b.cell)"
    } else {
      holds = try truth(condition, "assert", frame)
    }
    guard !holds else { return }
    let text = try message.map { try evaluate($0, frame).text } ?? "this does not hold: \(condition.span.text)"
    throw Diagnostic(.assertion, text, at: condition.span, hint: hint)
  }

  func truth(_ condition: Expression, _ word: String, _ frame: Frame) throws -> Bool {
    let value = try evaluate(condition, frame)
    guard case .bool(let truth) = value else { throw notTruth(value, word, condition.span) }
    return truth
  }

  private func notTruth(_ value: Value, _ word: String, _ span: SourceSpan) -> Diagnostic {
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

  // MARK: Functions

  func close(_ syntax: FunctionSyntax, _ frame: Frame) -> Function {
    Function(syntax.name, .script(syntax, captures: syntax.captures.map { ($0.slot, frame.slots[$0.outer]) }))
  }

  /// Runs a function of the language. `values` has one entry a parameter, `nil` where the default counts.
  func call(
    _ syntax: FunctionSyntax, _ captures: [(slot: Int, variable: Variable)], _ values: [Value?], at span: SourceSpan?
  ) throws -> Value {
    // Six levels more pay for the frames of the call itself.
    let cost = syntax.nesting + 6
    depth += cost
    defer { depth -= cost }
    guard depth <= limits.depth else {
      let name = syntax.name.map { "'\($0)'" } ?? "this closure"
      throw Diagnostic(.depth, "calls of \(name) are nested too deeply", at: span, hint: "does it end?")
    }
    let frame = Frame(slots: (0..<syntax.slotCount).map { _ in Variable(graveyard: graveyard) })
    for capture in captures { frame.slots[capture.slot] = capture.variable }
    for (slot, parameter) in syntax.parameters.enumerated() {
      let value = try values[slot] ?? parameter.defaultValue.map { try evaluate($0, frame) } ?? .none
      frame.slots[slot].value = value
    }
    let last = try run(syntax.body, frame)
    if case .returning = frame.flow { return frame.result }
    return last
  }

  /// A call from Swift: arguments are unnamed, and those beyond a closure's parameters are dropped.
  func callFromSwift(_ function: Function, _ values: [Value]) throws -> Value {
    callsFromSwift += 1
    defer { callsFromSwift -= 1 }
    try poll(nil)
    switch function.body {
    case .script(let syntax, let captures):
      let required = syntax.signature.count { $0.defaultValue == nil }
      guard values.count >= required else {
        throw Diagnostic(
          .missingArgument, "\(function.summary) is called with \(values.count) arguments, but needs \(required)")
      }
      let given = (0..<syntax.parameters.count).map { $0 < values.count ? values[$0] : nil }
      return try call(syntax, captures, given, at: nil)
    case .member(let member, let receiver):
      let isVariadic = member.parameters.contains { $0.arity == .variadic }
      let taken = isVariadic ? values : Array(values.prefix(member.parameters.count))
      let shapes = taken.map { _ in CallMatch.Shape() }
      return try call(member, receiver, taken, shapes, ignoresNames: true, at: nil)
    }
  }
}
