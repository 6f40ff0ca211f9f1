/// Calls: the border between the language and bound code.
extension Interpreter {
  func evaluate(_ call: CallSyntax, _ span: SourceSpan, _ frame: Frame) throws -> Value {
    let called = try evaluate(call.callee, frame)
    guard case .function(let function) = called else {
      if call.readsMember { return called }
      throw Diagnostic(
        .notCallable, "\(called.kindPhrase) cannot be called", at: call.callee.span, fix: "remove the parentheses")
    }
    let values = try call.arguments.map { try evaluate($0.value, frame) }
    let shapes = call.arguments.map(\.shape)
    do {
      switch function.body {
      case .member(let member, let receiver): return try self.call(member, receiver, values, shapes, at: span)
      case .script(let syntax, let captures):
        let name = syntax.name ?? "this closure"
        let match = CallMatch(name, syntax.signature, shapes, at: span)
        if let problem = match.diagnostics.first { throw problem }
        return try self.call(syntax, captures, match.supplied.map { $0.first.map { values[$0] } }, at: span)
      }
    } catch var problem as Diagnostic {
      if problem.because == nil { problem.because = origin(of: problem, call, frame) }
      throw problem
    }
  }

  /// The note for a problem with an argument that is a variable.
  private func origin(of problem: Diagnostic, _ call: CallSyntax, _ frame: Frame) -> Diagnostic.Note? {
    guard let range = problem.span?.range, [.kind, .unit, .choice, .missingFile].contains(problem.code),
      let argument = call.arguments.first(where: { $0.value.span.range == range })
    else { return nil }
    return origin(of: argument.value, frame)
  }

  /// Calls a bound member with arguments as they were written, checks them, and gives its errors a place.
  func call(
    _ member: Member, _ receiver: Value, _ values: [Value], _ shapes: [CallMatch.Shape], ignoresNames: Bool = false,
    at span: SourceSpan?
  ) throws -> Value {
    let match = CallMatch(member.name, member.parameters, shapes, ignoresNames: ignoresNames, at: span)
    if let problem = match.diagnostics.first { throw problem }
    var checked: [Value] = []
    var spans: [SourceSpan?] = []
    for (parameter, indexes) in zip(member.parameters, match.supplied) {
      for index in indexes {
        if let mismatch = parameter.mismatch(values[index]) {
          throw mismatch.diagnostic(of: member.name, at: shapes[index].span ?? span)
        }
      }
      spans.append(indexes.first.flatMap { shapes[$0].span })
      switch parameter.arity {
      case .one: checked.append(indexes.first.map { values[$0] } ?? parameter.defaultValue?.value ?? .none)
      case .variadic: checked.append(Value(indexes.map { values[$0] }))
      case .anyNames:
        checked.append(.record(Record(indexes.map { (name: shapes[$0].label ?? "", value: values[$0]) })))
      }
    }
    let arguments = Arguments(
      receiver: receiver, callee: member.name, parameters: member.parameters, values: checked, spans: spans)
    do {
      return try bounded(member.body(arguments, Context(interpreter: self)), span)
    } catch let problem as Diagnostic {
      throw span.map { problem.located($0) } ?? problem
    } catch {
      throw Diagnostic(.failed, "\(error)", at: span, more: "help(\(member.name))")
    }
  }
}

extension Argument {
  /// What is known without the value.
  var shape: CallMatch.Shape {
    CallMatch.Shape(label: label?.name, labelSpan: label?.span, span: value.span, isTrailing: isTrailing)
  }
}
