/// A function as a value: one of the language with the variables that it refers to, or a bound member.
public final class Function {
  enum Body {
    case script(FunctionSyntax, captures: [Variable])
    case member(Member, receiver: Value)
  }

  /// Its name; `nil` of a closure.
  public let name: String?
  let body: Body

  init(_ name: String?, _ body: Body) { (self.name, self.body) = (name, body) }

  /// Its parameters, in order.
  public var parameters: [Parameter] {
    switch body {
    case .script(let syntax, captures: _): syntax.signature
    case .member(let member, receiver: _): member.parameters
    }
  }

  /// It as a declaration, for what is said of a call while it is typed.
  var declared: Member {
    if case .member(let member, receiver: _) = body { return member }
    let documentation: String? = if case .script(let syntax, _) = body { syntax.documentation } else { nil }
    return .function(name ?? "closure", documentation ?? "", parameters, result: .any) { _, _ in .none }
  }

  /// Its text as it was written; of a bound member its name.
  public var text: String {
    if case .script(let syntax, _) = body { syntax.span.text } else { name ?? "" }
  }

  /// Whether it refers to nothing but its arguments and the library, so that calling it changes nothing else.
  public var isSelfContained: Bool {
    switch body {
    case .script(let syntax, let captures): captures.isEmpty && syntax.layout.globals.isEmpty
    case .member(_, let receiver): receiver == .none
    }
  }

  /// As a value is shown: `func clamp(x, low, high)`.
  var summary: String {
    let list = parameters.map(\.signature).joined(separator: ", ")
    if let name { return "func \(name)(\(list))" }
    return "{ \(list)\(list.isEmpty ? "" : " ")in … }"
  }
}
