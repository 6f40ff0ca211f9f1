import OrderedCollections

/// Calls, of functions of the language and of bound members.
extension Compiler {
  func call(_ call: CallSyntax, _ span: SourceSpan) -> Evaluation {
    if call.arguments.contains(where: \.isSpread) { return spreadingCall(call, span) }
    let site = CallSite(call, span, origins: call.arguments.map { origin(of: $0.value) })
    let arguments = call.arguments.map { AnyOperand(evaluation: evaluation($0.value)) }
    switch call.callee.kind {
    case .name(let name):
      if case .function(let member)? = name.place { return bound(member, arguments, site) }
      if case .global(let variable)? = name.place {
        switch arguments.count {
        case 0: return named(variable, NoArguments(), arguments, call, site)
        case 1:
          if let slot = OffsetOperand(call.arguments[0].value, self) {
            return named(variable, OneArgument(first: slot), arguments, call, site)
          }
          if let slot = SlotOperand(call.arguments[0].value, self) {
            return named(variable, OneArgument(first: slot), arguments, call, site)
          }
          return named(variable, OneArgument(first: arguments[0]), arguments, call, site)
        case 2:
          let two = TwoArguments(first: arguments[0].evaluation, second: arguments[1].evaluation)
          return named(variable, two, arguments, call, site)
        default: return named(variable, ManyArguments(all: arguments), arguments, call, site)
        }
      }
    case .member(let base, let name):
      guard case .name(let syntax) = base.kind, case .namespace(let namespace)? = syntax.place else {
        return method(base, name, arguments, call, site)
      }
      if let member = namespace.type.member(name.name), !member.isProperty { return bound(member, arguments, site) }
    default: break
    }
    return general(call, arguments, site)
  }

  /// Makes a function of what was written, with the variables that it shares.
  func closure(_ syntax: FunctionSyntax) -> (inout Machine) throws -> Function {
    let compiler = Compiler(interpreter, syntax.layout)
    let parameters = syntax.parameters.enumerated().map { slot, parameter in
      (place: compiler.storage(slot), defaultValue: parameter.defaultValue.map { compiler.evaluation($0) })
    }
    syntax.code = FunctionCode(syntax, parameters, compiler.body(syntax.body))
    let captured: [Int] = syntax.layout.captures.compactMap { capture in
      if case .shared(let place) = storage(capture.outer) { place } else { nil }
    }
    if captured.isEmpty {
      return { _ in Function(syntax.name, .script(syntax, captures: [])) }
    }
    return { machine in
      Function(syntax.name, .script(syntax, captures: captured.map { machine.shared[$0] }))
    }
  }

  /// A call of whatever an expression gives.
  private func general(_ call: CallSyntax, _ arguments: [AnyOperand], _ site: CallSite) -> Evaluation {
    let callee = evaluation(call.callee)
    let finish = finish(call, arguments, site)
    return { machine in try finish(callee(&machine), &machine) }
  }

  /// A call with `...cfg`, whose arguments are known only when it runs.
  private func spreadingCall(_ call: CallSyntax, _ span: SourceSpan) -> Evaluation {
    let (interpreter, used, place) = (interpreter, layout.slotCount, call.callee.span)
    let callee = evaluation(call.callee)
    let arguments = call.arguments.map { ($0.shape, $0.isSpread, evaluation($0.value)) }
    return { machine in
      let called = try callee(&machine)
      guard case .function(let function) = called else {
        throw Diagnostic(.notCallable, "\(called.kindPhrase) cannot be called", at: place)
      }
      var (shapes, values): ([CallMatch.Shape], [Value]) = ([], [])
      for (shape, isSpread, value) in arguments {
        let value = try value(&machine)
        guard isSpread else {
          shapes.append(shape)
          values.append(value)
          continue
        }
        guard case .record(let record) = value else {
          throw Diagnostic(
            .kind, "'...' spreads a record, but got \(value.kindPhrase)", at: shape.span,
            fix: "write ...(name: value)")
        }
        for (name, value) in record.fields {
          shapes.append(CallMatch.Shape(label: name, labelSpan: shape.span, span: shape.span))
          values.append(value)
        }
      }
      switch function.body {
      case .member(let member, let receiver):
        return try interpreter.call(
          member, receiver, values, CallPlan(member, shapes, at: span), at: span, &machine)
      case .script(let syntax, let captures):
        let match = CallMatch(syntax.name ?? "this closure", syntax.signature, shapes, at: span)
        if let problem = match.diagnostics.first { throw problem }
        let given = match.supplied.map { $0.first.map { values[$0] } }
        return try interpreter.call(syntax, captures, given, after: used, at: span, &machine)
      }
    }
  }

  /// What is left of a call when it is known what is called.
  private func finish(
    _ call: CallSyntax, _ arguments: [AnyOperand], _ site: CallSite
  ) -> (Value, inout Machine) throws -> Value {
    let (interpreter, used, place) = (interpreter, layout.slotCount, call.callee.span)
    return { called, machine in
      guard case .function(let function) = called else {
        if call.readsMember { return called }
        throw Diagnostic(
          .notCallable, "\(called.kindPhrase) cannot be called", at: place, fix: "remove the parentheses")
      }
      let values = try arguments.map { try $0.value(&machine) }
      do {
        switch function.body {
        case .member(let member, let receiver):
          let plan = CallPlan(member, site.shapes, at: site.span)
          return try interpreter.call(member, receiver, values, plan, at: site.span, &machine)
        case .script(let syntax, let captures):
          try site.match(syntax)
          return try interpreter.call(
            syntax, captures, site.order.map { $0.map { values[$0] } }, after: used, at: site.span, &machine)
        }
      } catch let problem as Diagnostic {
        throw site.explained(problem)
      }
    }
  }

  /// A call of a member that is known before it runs.
  private func bound(_ member: Member, _ arguments: [AnyOperand], _ site: CallSite) -> Evaluation {
    let (interpreter, span) = (interpreter, site.span)
    let plan = CallPlan(member, site.shapes, at: span)
    return { machine in
      let values = try arguments.map { try $0.value(&machine) }
      do {
        return try interpreter.call(member, .none, values, plan, at: span, &machine)
      } catch let problem as Diagnostic {
        throw site.explained(problem)
      }
    }
  }

  /// A call of a member of a value.
  private func method(
    _ base: Expression, _ name: Identifier, _ arguments: [AnyOperand], _ call: CallSyntax, _ site: CallSite
  ) -> Evaluation {
    let (interpreter, value, members, origin) = (interpreter, evaluation(base), MemberSite(name), origin(of: base))
    let finish = finish(call, arguments, site)
    return { machine in
      let receiver = try value(&machine)
      if case .record(let record) = receiver, let field = members.field(of: record) {
        return try finish(field, &machine)
      }
      let member = try members.member(of: receiver, interpreter.library, origin)
      if member.isProperty {
        return try finish(interpreter.property(member, receiver, at: name.span, &machine), &machine)
      }
      let values = try arguments.map { try $0.value(&machine) }
      do {
        let plan = site.plan(member, members)
        return try interpreter.call(member, receiver, values, plan, at: site.span, &machine)
      } catch let problem as Diagnostic {
        throw site.explained(problem)
      }
    }
  }

  private func named<List: ArgumentList>(
    _ variable: Variable, _ list: List, _ arguments: [AnyOperand], _ call: CallSyntax, _ site: CallSite
  ) -> Evaluation {
    let call = NamedCall(
      variable, list, general(call, arguments, site), site: site, used: layout.slotCount, interpreter: interpreter)
    return { machine in try call.evaluate(&machine) }
  }
}

/// A call of a function in a variable of the session, the quickest there is: what was found the last time counts until
/// the variable is assigned.
private final class NamedCall<List: ArgumentList> {
  private let variable: Variable
  private let list: List
  private let general: Evaluation
  private let site: CallSite
  private let used: Int
  private let interpreter: Interpreter
  private let limit: Int
  private var generation = -1
  private var code: Borrowed<FunctionCode>?

  init(
    _ variable: Variable, _ list: List, _ general: @escaping Evaluation, site: CallSite, used: Int,
    interpreter: Interpreter
  ) {
    (self.variable, self.list, self.general, self.site) = (variable, list, general, site)
    (self.used, self.interpreter, limit) = (used, interpreter, interpreter.limits.depth)
  }

  @inline(__always)
  func evaluate(_ machine: inout Machine) throws -> Value {
    if generation != variable.generation { find() }
    guard let code else { return try general(&machine) }
    return try code.use { code in
      let values = try list.values(&machine)
      machine.depth += code.cost
      guard machine.depth <= limit else { throw site.tooDeep(interpreter) }
      machine.slots.enter(after: used, count: code.slotCount)
      list.store(values, &machine)
      try interpreter.poll(&machine, site.span)
      let result = try code.body(&machine)
      machine.slots.leave(after: used, count: code.slotCount)
      machine.depth -= code.cost
      return result
    }
  }

  private func find() {
    generation = variable.generation
    code = site.direct(variable).map { interpreter.borrow($0) }
  }
}

/// A call in the source, with what was found for it the last time.
final class CallSite {
  let shapes: [CallMatch.Shape]
  let span: SourceSpan
  private let origins: [() -> Diagnostic.Note?]
  private var syntax: FunctionSyntax?
  /// The argument of each parameter.
  private(set) var order: [Int?] = []
  private var plan = CallPlan.empty
  private var planVersion = -1
  init(_ call: CallSyntax, _ span: SourceSpan, origins: [() -> Diagnostic.Note?]) {
    (shapes, self.span, self.origins) = (call.arguments.map(\.shape), span, origins)
  }

  /// Finds which arguments go where in a function of the language.
  func match(_ syntax: FunctionSyntax) throws {
    guard syntax !== self.syntax else { return }
    let match = CallMatch(syntax.name ?? "this closure", syntax.signature, shapes, at: span)
    if let problem = match.diagnostics.first { throw problem }
    (order, self.syntax) = (match.supplied.map(\.first), syntax)
  }

  /// The code of the function in a variable, if it can be entered with the arguments as they stand.
  func direct(_ variable: Variable) -> FunctionCode? {
    guard case .function(let function)? = variable.value, case .script(let syntax, _) = function.body,
      let code = syntax.code, code.isPlain, (try? match(syntax)) != nil, order == Array(0..<shapes.count)
    else { return nil }
    return code
  }

  func plan(_ member: Member, _ members: MemberSite) -> CallPlan {
    if planVersion != members.version {
      (plan, planVersion) = (CallPlan(member, shapes, at: span), members.version)
    }
    return plan
  }

  func tooDeep(_ interpreter: Interpreter) -> Diagnostic {
    syntax.map { interpreter.tooDeep($0, span) } ?? Diagnostic(.depth, "calls are nested too deeply", at: span)
  }

  /// A problem with an argument that is a variable says where its value came from.
  func explained(_ problem: Diagnostic) -> Diagnostic {
    guard problem.because == nil, let range = problem.span?.range,
      [.kind, .unit, .choice, .missingFile].contains(problem.code),
      let index = shapes.firstIndex(where: { $0.span?.range == range })
    else { return problem }
    var result = problem
    result.because = origins[index]()
    return result
  }
}

// MARK: Arguments

/// The arguments of a call by their number, so that they are passed without an array. All are evaluated before the
/// first is stored, since evaluation may use the slots in which they will stand.
protocol ArgumentList {
  associatedtype Values
  func values(_ machine: inout Machine) throws -> Values
  func store(_ values: consuming Values, _ machine: inout Machine)
}

struct NoArguments: ArgumentList {
  @inline(__always) func values(_ machine: inout Machine) {}
  @inline(__always) func store(_ values: Void, _ machine: inout Machine) {}
}

struct OneArgument<First: Operand>: ArgumentList {
  let first: First
  @inline(__always) func values(_ machine: inout Machine) throws -> Value { try first.value(&machine) }
  @inline(__always) func store(_ values: consuming Value, _ machine: inout Machine) { machine[0] = values }
}

struct TwoArguments: ArgumentList {
  let first: Evaluation
  let second: Evaluation
  @inline(__always) func values(_ machine: inout Machine) throws -> (Value, Value) {
    let value = try first(&machine)
    return (value, try second(&machine))
  }
  @inline(__always) func store(_ values: consuming (Value, Value), _ machine: inout Machine) {
    machine[0] = values.0
    machine[1] = values.1
  }
}

struct ManyArguments: ArgumentList {
  let all: [AnyOperand]
  func values(_ machine: inout Machine) throws -> [Value] { try all.map { try $0.value(&machine) } }
  func store(_ values: consuming [Value], _ machine: inout Machine) {
    for (slot, value) in values.enumerated() { machine.slots[slot] = value }
  }
}

extension Argument {
  /// What is known without the value.
  var shape: CallMatch.Shape {
    CallMatch.Shape(label: label?.name, labelSpan: label?.span, span: value.span, isTrailing: isTrailing)
  }
}
