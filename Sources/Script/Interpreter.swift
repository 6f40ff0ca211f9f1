import OrderedCollections
import Primitives

/// What the compiled code of one session runs against.
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
  /// The variables of functions that were read from files.
  var adopted: [Variable] = []
  /// Where variables were assigned, by the numbers that they keep.
  private(set) var origins: [SourceSpan] = []
  /// The depth and steps of the machine that waits for Swift code to return.
  private var depth = 0
  private var steps = 0
  /// How many calls from Swift are running: they hear only the second request to stop, because the Swift code
  /// around them answers the first.
  var callsFromSwift = 0
  /// Machines of calls from Swift that are over, kept for the next.
  private var idle: [Machine] = []
  /// What calls enter without holding it: a function that calls itself would hold itself for ever.
  private var borrowed: [ObjectIdentifier: FunctionCode] = [:]

  /// Turns between looks at the stop token; bound members, which may take long, are always followed by one.
  private static let patience = 128

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
    variable.assign(value, at: origin(span))
  }

  /// The number of an origin.
  func origin(_ span: SourceSpan) -> Int {
    origins.append(span)
    return origins.count - 1
  }

  func origin(of variable: Variable) -> SourceSpan? {
    variable.origin >= 0 && variable.origin < origins.count ? origins[variable.origin] : nil
  }

  /// Lets go of all values: functions refer to the variables that hold them.
  func clear() {
    for variable in globals.values + adopted { variable.value = nil }
    borrowed = [:]
  }

  /// A function's code for calls that do not hold it: it is kept as long as any variable has a value.
  func borrow(_ code: FunctionCode) -> Borrowed<FunctionCode> {
    borrowed[ObjectIdentifier(code)] = code
    return Borrowed(code)
  }

  /// Runs the statements of a cell; the value is that of the last one.
  func run(_ statements: [Statement], _ layout: Layout) throws -> Value {
    (depth, steps, callsFromSwift) = (0, 0, 0)
    let code = Compiler(self, layout).body(Block(statements))
    var machine = Machine()
    machine.slots.enter(after: 0, count: layout.slotCount)
    machine.shared = layout.ownShared.map { _ in Variable(graveyard: graveyard) }
    return try code(&machine)
  }

  // MARK: Limits

  /// Counts a step, and ends the run if a stop was asked for or the budget is used up.
  @inline(__always)
  func poll(_ machine: inout Machine, _ span: SourceSpan?) throws {
    machine.steps += 1
    if machine.steps >= machine.checkpoint { machine.checkpoint = try check(machine.steps, span) }
  }

  /// - Returns: at how many steps to look again.
  private func check(_ steps: Int, _ span: SourceSpan?) throws -> Int {
    if let budget = limits.steps, steps > budget {
      throw Diagnostic(.steps, "more than \(budget) steps", at: span, hint: "a loop that does not end?")
    }
    if stop.look() >= (callsFromSwift > 0 ? .abandonStep : .finishStep) {
      throw Diagnostic(.stopped, "stopped here, as asked", at: span)
    }
    return min(steps + Self.patience, limits.steps.map { $0 + 1 } ?? .max)
  }

  /// Counts a step of Swift code.
  func poll() throws {
    steps += 1
    _ = try check(steps, nil)
  }

  /// The value, unless it grew beyond what printing, comparing and releasing can bear.
  @inline(__always)
  func bounded(_ value: Value, _ span: SourceSpan?) throws -> Value {
    guard value.depth <= limits.valueDepth else {
      throw Diagnostic(.valueSize, "this value nests more than \(limits.valueDepth) containers", at: span)
    }
    return value
  }

  // MARK: Calls

  /// Runs a function of the language. `values` has one entry a parameter, `nil` where the default counts.
  ///
  /// - Parameter used: how many slots the caller has.
  func call(
    _ syntax: FunctionSyntax, _ captures: [Variable], _ values: [Value?], after used: Int, at span: SourceSpan?,
    _ machine: inout Machine
  ) throws -> Value {
    guard let code = syntax.code else { return .none }
    machine.depth += code.cost
    guard machine.depth <= limits.depth else { throw tooDeep(syntax, span) }
    let shared = machine.shared
    machine.slots.enter(after: used, count: code.slotCount)
    if !code.isPlain {
      machine.shared = captures
      for _ in 0..<code.ownShared { machine.shared.append(Variable(graveyard: graveyard)) }
    }
    for (index, parameter) in code.parameters.enumerated() {
      let value = try values[index] ?? parameter.defaultValue.map { try $0(&machine) } ?? .none
      switch parameter.place {
      case .slot(let slot): machine[slot] = value
      case .shared(let place): machine.shared[place].value = value
      }
    }
    try poll(&machine, span)
    let result = try code.body(&machine)
    machine.slots.leave(after: used, count: code.slotCount)
    machine.depth -= code.cost
    machine.shared = shared
    return result
  }

  func tooDeep(_ syntax: FunctionSyntax, _ span: SourceSpan?) -> Diagnostic {
    let name = syntax.name.map { "'\($0)'" } ?? "this closure"
    return Diagnostic(.depth, "calls of \(name) are nested too deeply", at: span, hint: "does it end?")
  }

  /// Calls a bound member from a machine, which waits meanwhile.
  func call(
    _ member: Member, _ receiver: Value, _ values: [Value], _ plan: CallPlan, at span: SourceSpan?,
    _ machine: inout Machine
  ) throws -> Value {
    (depth, steps) = (machine.depth, machine.steps)
    let result = try call(member, receiver, values, plan, at: span)
    // What Swift code did may have taken long.
    (machine.steps, machine.checkpoint) = (steps, 0)
    return result
  }

  /// Calls a bound member with arguments as they were written, checks them, and gives its errors a place.
  private func call(
    _ member: Member, _ receiver: Value, _ values: [Value], _ plan: CallPlan, at span: SourceSpan?
  ) throws -> Value {
    let arguments = Arguments(
      receiver: receiver, callee: member.name, parameters: member.parameters,
      values: try plan.arranged(values, for: member, at: span), spans: plan.spans)
    do {
      return try bounded(member.body(arguments, Context(interpreter: self)), span)
    } catch let problem as Diagnostic {
      throw span.map { problem.located($0) } ?? problem
    } catch {
      throw Diagnostic(.failed, "\(error)", at: span, more: "help(\(member.name))")
    }
  }

  /// A property of a value.
  func property(_ member: Member, _ receiver: Value, at span: SourceSpan?, _ machine: inout Machine) throws -> Value {
    try call(member, receiver, [], .empty, at: span, &machine)
  }

  /// A call from Swift: arguments are unnamed, and those beyond a closure's parameters are dropped.
  ///
  /// - Parameter isOutermost: whether Swift code around it has nothing to finish, so that it hears the first request to stop.
  func callFromSwift(_ function: Function, _ values: [Value], isOutermost: Bool = false) throws -> Value {
    let weight = isOutermost ? 0 : 1
    callsFromSwift += weight
    var machine = idle.popLast() ?? Machine()
    let outer = depth
    (machine.depth, machine.steps, machine.checkpoint) = (outer, steps, isOutermost ? steps + Self.patience : 0)
    defer {
      (depth, steps) = (outer, machine.steps)
      callsFromSwift -= weight
    }
    if !isOutermost { try poll(&machine, nil) }
    let result = try call(function, values, &machine)
    idle.append(machine)
    return result
  }

  /// A pass of Swift code that calls a function with one item after the other: what a call needs is kept for the next.
  func repeating<Result>(
    _ function: Function, _ pass: ((Value) throws -> Value) throws -> Result
  ) throws -> Result {
    guard case .script(let syntax, _) = function.body, syntax.parameters.count == 1, let code = syntax.code,
      code.isPlain
    else { return try pass { try callFromSwift(function, [$0]) } }
    var machine = idle.popLast() ?? Machine()
    machine.checkpoint = 0
    let outer = depth
    func call(_ item: Value) throws -> Value {
      callsFromSwift += 1
      (machine.depth, machine.steps) = (outer + code.cost, steps)
      defer {
        (depth, steps) = (outer, machine.steps)
        callsFromSwift -= 1
      }
      guard machine.depth <= limits.depth else { throw tooDeep(syntax, nil) }
      do {
        machine.slots.enter(after: 0, count: code.slotCount)
        machine[0] = item
        try poll(&machine, nil)
        let result = try code.body(&machine)
        machine.slots.leave(after: 0, count: code.slotCount)
        return result
      } catch {
        // What the failed call left behind is nobody's.
        machine = Machine()
        throw error
      }
    }
    let result = try pass(call)
    idle.append(machine)
    return result
  }

  private func call(_ function: Function, _ values: [Value], _ machine: inout Machine) throws -> Value {
    switch function.body {
    case .script(let syntax, let captures):
      let count = syntax.parameters.count
      var values = values
      // `pairs.map { a, b in … }`: one item with as many values as there are parameters.
      if count > 1, values.count == 1, syntax.signature[1].defaultValue == nil, let parts = values[0].parts,
        parts.count == count
      {
        values = parts
      }
      if values.count < count {
        let required = syntax.signature.count { $0.defaultValue == nil }
        guard values.count >= required else {
          throw Diagnostic(
            .missingArgument, "\(function.summary) is called with \(values.count) arguments, but needs \(required)")
        }
      }
      let given = (0..<count).map { $0 < values.count ? values[$0] : nil }
      return try call(syntax, captures, given, after: 0, at: nil, &machine)
    case .member(let member, let receiver):
      let isVariadic = member.parameters.contains { $0.arity == .variadic }
      let taken = isVariadic ? values : Array(values.prefix(member.parameters.count))
      let plan = CallPlan(member, taken.map { _ in CallMatch.Shape() }, ignoresNames: true, at: nil)
      return try call(member, receiver, taken, plan, at: nil, &machine)
    }
  }
}

/// Which arguments of a call go where in a member's list, found once for a place in the source.
struct CallPlan {
  static let empty = CallPlan()
  /// The arguments of each parameter.
  private var supplied: [[Int]] = []
  private var shapes: [CallMatch.Shape] = []
  private var problem: Diagnostic?
  /// Where each parameter's argument was written.
  private(set) var spans: [SourceSpan?] = []

  private init() {}

  init(_ member: Member, _ shapes: [CallMatch.Shape], ignoresNames: Bool = false, at span: SourceSpan?) {
    let match = CallMatch(member.name, member.parameters, shapes, ignoresNames: ignoresNames, at: span)
    (supplied, self.shapes, problem) = (match.supplied, shapes, match.diagnostics.first)
    spans = supplied.map { $0.first.flatMap { shapes[$0].span } }
  }

  /// The values in the order of the parameters, checked, defaults filled in.
  func arranged(_ values: [Value], for member: Member, at span: SourceSpan?) throws -> [Value] {
    if let problem { throw problem }
    guard !supplied.isEmpty else { return [] }
    var result: [Value] = []
    result.reserveCapacity(supplied.count)
    for (place, indexes) in supplied.enumerated() {
      for index in indexes {
        if var mismatch = member.parameters[place].mismatch(values[index]) {
          if member.parameters[place].arity == .anyNames { mismatch.label = shapes[index].label }
          throw mismatch.diagnostic(of: member.name, at: shapes[index].span ?? span)
        }
      }
      switch member.parameters[place].arity {
      case .one:
        result.append(indexes.first.map { values[$0] } ?? member.parameters[place].defaultValue?.value ?? .none)
      case .variadic: result.append(Value(indexes.map { values[$0] }))
      case .anyNames:
        result.append(.record(Record(indexes.map { (name: shapes[$0].label ?? "", value: values[$0]) })))
      }
    }
    return result
  }
}
