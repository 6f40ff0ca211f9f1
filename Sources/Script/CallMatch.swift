/// Which arguments of a call go to which parameters: one rule for the checker, which knows expressions, and for calls,
/// which know values.
struct CallMatch {
  /// What is known of an argument without its value.
  struct Shape {
    var label: String?
    var labelSpan: SourceSpan?
    var span: SourceSpan?
    var isTrailing = false
    /// The source text, for fixes.
    var text: String { span?.text ?? "…" }
  }

  /// The arguments of each parameter, by index.
  private(set) var supplied: [[Int]]
  private(set) var diagnostics: [Diagnostic] = []
  private let callee: String
  private let parameters: [Parameter]
  private let arguments: [Shape]

  /// - Parameters:
  ///   - callee: what the call names, for messages.
  ///   - parameters: what it takes.
  ///   - arguments: what was written.
  ///   - ignoresNames: whether unnamed arguments go to any parameter in order; so for calls from Swift.
  ///   - span: the call, for what is missing.
  init(
    _ callee: String, _ parameters: [Parameter], _ arguments: [Shape], ignoresNames: Bool = false, at span: SourceSpan?
  ) {
    (self.callee, self.parameters, self.arguments) = (callee, parameters, arguments)
    supplied = Array(repeating: [], count: parameters.count)
    var next = 0
    for (index, argument) in arguments.enumerated() {
      if argument.isTrailing {
        placeTrailing(index)
      } else if let label = argument.label {
        placeNamed(index, label)
      } else {
        placeUnnamed(index, &next, ignoresNames)
      }
    }
    reportMissing(span)
  }

  private mutating func report(
    _ code: Diagnostic.Code, _ message: String, _ index: Int, hint: String? = nil,
    because: Diagnostic.Note? = nil, fix: String? = nil
  ) {
    let place = arguments[index].labelSpan ?? arguments[index].span
    diagnostics.append(
      Diagnostic(
        code, message, at: place, hint: hint, because: because, fix: fix, more: "help(\(callee))"))
  }

  private mutating func placeUnnamed(_ index: Int, _ next: inout Int, _ ignoresNames: Bool) {
    guard next < parameters.count, parameters[next].arity != .anyNames else {
      let most = parameters.count { $0.arity == .one }
      let takes = most == 0 ? "no arguments" : most == 1 ? "one argument" : "\(most) arguments"
      report(.unnamedArgument, "'\(callee)' takes \(takes)", index, fix: "remove '\(arguments[index].text.prefix(40))'")
      return
    }
    let parameter = parameters[next]
    if parameter.arity == .variadic {
      supplied[next].append(index)
      return
    }
    defer { next += 1 }
    guard next == 0 || parameter.isUnnamed || ignoresNames else {
      report(
        .unnamedArgument, "argument \(index + 1) of '\(callee)' needs its name", index,
        hint: "taken for: \(parameter.brief)", fix: "write \(parameter.name): \(arguments[index].text.prefix(40))")
      supplied[next].append(index)
      return
    }
    supplied[next].append(index)
  }

  private mutating func placeNamed(_ index: Int, _ label: String) {
    if let place = parameters.firstIndex(where: { $0.name == label && $0.arity == .one }) {
      if let first = supplied[place].first {
        report(
          .doubledArgument, "'\(label)' of '\(callee)' is given twice", index,
          because: .init(
            text: "first given here", span: arguments[first].labelSpan ?? arguments[first].span),
          fix: "remove one of them")
      } else {
        supplied[place].append(index)
      }
    } else if let place = parameters.firstIndex(where: { $0.arity == .anyNames }) {
      supplied[place].append(index)
    } else {
      let near = Nearest.name(to: label, in: parameters.map(\.name))
      let known = parameters.first { $0.name == near }
      let names = parameters.map(\.name).joined(separator: ", ")
      report(
        .unknownArgument, "'\(callee)' has no argument '\(label)'", index,
        hint: known.map { "closest: \($0.brief)" } ?? (names.isEmpty ? "it takes none" : "it has: \(names)"),
        fix: near.map { "replace with '\($0)'" })
    }
  }

  private mutating func placeTrailing(_ index: Int) {
    let place = parameters.indices.last {
      supplied[$0].isEmpty && parameters[$0].arity == .one && ValueType.function.mayBe(parameters[$0].type)
    }
    if let place {
      supplied[place].append(index)
    } else {
      report(.unnamedArgument, "'\(callee)' takes no closure", index, fix: "remove the braces")
    }
  }

  private mutating func reportMissing(_ span: SourceSpan?) {
    let missing = parameters.indices.filter { parameters[$0].defaultValue == nil && supplied[$0].isEmpty }
    guard let first = missing.first, diagnostics.isEmpty else { return }
    let names = missing.map { "'\(parameters[$0].name)'" }.joined(separator: ", ")
    let parameter = parameters[first]
    let fix = first == 0 || parameter.isUnnamed ? "add \(parameter.type)" : "add \(parameter.name): …"
    diagnostics.append(
      Diagnostic(
        .missingArgument, "'\(callee)' needs \(names)", at: span,
        hint: parameter.help.isEmpty ? nil : "\(parameter.name): \(parameter.help)", fix: fix,
        more: "help(\(callee))"))
  }
}

extension ValueType {
  /// Whether a parameter of another type could take a value of this one.
  func mayBe(_ other: ValueType) -> Bool { other.mayAccept(self) }
}
