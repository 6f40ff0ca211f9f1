import OrderedCollections

/// Help and the reference, made from the declarations.
extension Library {
  /// Help on `grpo`, `reward`, `trainer`, `trainer.run`, `grpo.kl` or `trainer.run.steps`.
  ///
  /// - Returns: `nil` if there is nothing of that name.
  public func help(_ topic: String) -> String? {
    let path = topic.split(separator: ".").map(String.init)
    guard let first = path.first else { return overview }
    if let member = function(first) { return help(member, path.dropFirst()) }
    guard let type = namespace(first)?.type ?? type(first) else { return nil }
    guard path.count > 1 else {
      let dot = namespace(first) == nil ? "." : "\(first)."
      return (["\(first): \(type.help)"] + type.members.map { "  \(dot)\($0.signature)  \($0.help)" })
        .joined(separator: "\n")
    }
    return type.member(path[1]).flatMap { help($0, path.dropFirst(2), prefix: first + ".") }
  }

  private var overview: String {
    (functions.map { "\($0.signature)  \($0.help)" } + namespaces.map { "\($0.name)  \($0.type.help)" })
      .joined(separator: "\n")
  }

  private func help(_ member: Member, _ rest: ArraySlice<String>, prefix: String = "") -> String? {
    if let name = rest.first {
      guard let parameter = member.parameters.first(where: { $0.name == name }) else { return nil }
      return "\(prefix)\(member.name): " + parameter.line(width: parameter.name.count)
    }
    var lines = ["\(prefix)\(member.signature)", "  \(member.help)"]
    let width = member.parameters.reduce(0) { max($0, $1.name.count) }
    lines += member.parameters.map { "  " + $0.line(width: width) }
    if member.result != .none { lines.append("  gives \(member.result)") }
    if let example = member.example { lines += example.split(separator: "\n").map { "  > \($0)" } }
    return lines.joined(separator: "\n")
  }

  /// The language reference as Markdown: every function, namespace and kind of object with its members.
  public var reference: String {
    var lines = ["# Reference", "", "## Functions", ""]
    for member in functions { lines += section(member, "###", prefix: "") }
    for namespace in namespaces {
      lines += ["## \(namespace.name)", "", namespace.type.help + ".", ""]
      for member in namespace.type.members { lines += section(member, "###", prefix: namespace.name + ".") }
    }
    for type in types {
      lines += ["## Values: \(type.name)", "", type.help + ".", ""]
      for member in type.members { lines += section(member, "###", prefix: ".") }
    }
    return lines.joined(separator: "\n")
  }

  private func section(_ member: Member, _ level: String, prefix: String) -> [String] {
    let gives = member.result == .none ? "" : " Gives \(member.result)."
    var lines = ["\(level) `\(prefix)\(member.signature)`", "", "\(member.help).\(gives)", ""]
    if !member.parameters.isEmpty {
      lines += ["| argument | takes | default | |", "|---|---|---|---|"]
      for parameter in member.parameters {
        let isRequired = parameter.defaultValue == nil
        lines.append(
          "| `\(parameter.name)` | \(parameter.takes) | \(isRequired ? "" : "`\(parameter.defaultValue?.text ?? "")`") "
            + "| \(parameter.help) |")
      }
      lines.append("")
    }
    if let example = member.example { lines += ["```", example, "```", ""] }
    return lines
  }
}

extension Parameter {
  /// Kind, unit and limits in words.
  var takes: String {
    var text = type.description
    if let unit { text += " in \(unit)" }
    if let limits {
      let low = Value.whole(limits.lowerBound)
      text += limits.upperBound.isFinite ? ", \(low) to \(Value.whole(limits.upperBound))" : ", at least \(low)"
    }
    switch arity {
    case .one: return text
    case .variadic: return "any number of them: \(text)"
    case .anyNames: return "any names: \(text)"
    }
  }

  /// One line of help.
  func line(width: Int) -> String {
    let space = String(repeating: " ", count: max(0, width - name.count))
    let ending = arity == .one ? defaultValue.map { ", default \($0.text)" } ?? ", required" : ""
    return "\(name)\(space)  \(help) (\(takes)\(ending))"
  }
}

extension Interpreter {
  /// Help on a topic of the library, or on a variable of the session, also with a member.
  func help(_ topic: String) -> String? {
    if let text = library.help(topic) { return text }
    let path = topic.split(separator: ".").map(String.init)
    guard let first = path.first, let value = globals[first]?.value else { return nil }
    if case .function(let function) = value, path.count == 1 {
      let text = [function.documentation].compactMap { $0 }.map { "\n  \($0)" }
      return function.summary + text.joined()
    }
    guard let type = library.type(of: value.type) else { return "\(first): \(value.kindPhrase)" }
    guard path.count > 1 else { return "\(first): \(value.shown(limit: 4))\n" + (library.help(type.name) ?? "") }
    return library.help(([type.name] + path.dropFirst()).joined(separator: "."))
  }

  func noHelp(_ topic: String) -> Diagnostic {
    let names = library.functions.map(\.name) + library.namespaces.map(\.name) + library.types.map(\.name)
    let near = Nearest.name(to: topic, in: names + globals.keys)
    return Diagnostic(.unknownName, "there is no help on '\(topic)'", fix: near.map { "help(\($0))" } ?? "help()")
  }
}

extension Function {
  /// The `##` lines above a function of the language, or the help of a member.
  var documentation: String? {
    switch body {
    case .script(let syntax, captures: _): syntax.documentation?.split(separator: "\n").joined(separator: "\n  ")
    case .member(let member, receiver: _): member.help
    }
  }
}
