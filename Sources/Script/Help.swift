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
    if let example = member.example ?? member.plainExample(after: prefix) {
      lines += example.split(separator: "\n").map { "  > \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  /// The language reference as Markdown: every function, namespace and kind of object with its members.
  public var reference: String {
    var lines = ["# Reference", ""] + Reference.language + ["## Functions", ""]
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

extension Library {
  /// Everything whose name or help has a word in it, names first.
  ///
  /// - Parameter word: letters, in any case.
  /// - Returns: lines as help shows them.
  public func apropos(_ word: String) -> [String] {
    var entries = functions.map { (path: $0.name, signature: $0.signature, member: $0) }
    for type in namespaces.map(\.type) + types {
      entries += type.members.map { ("\(type.name).\($0.name)", "\(type.name).\($0.signature)", $0) }
    }
    let wanted = word.lowercased()
    var (byName, byHelp): ([String], [String]) = ([], [])
    for entry in entries {
      let line = "\(entry.signature)  \(entry.member.help)"
      if entry.path.lowercased().contains(wanted) {
        byName.append(line)
      } else if entry.member.help.lowercased().contains(wanted) {
        byHelp.append(line)
      }
      for parameter in entry.member.parameters
      where parameter.name.contains(wanted) || parameter.help.lowercased().contains(wanted) {
        byHelp.append("\(entry.path), argument \(parameter.line(width: 0))")
      }
    }
    for type in types where type.name.contains(wanted) || type.help.lowercased().contains(wanted) {
      byName.append("\(type.name): \(type.help)")
    }
    return byName + byHelp
  }
}

extension Member {
  /// A use made from the declaration, for members that show none themselves: what must be given, by its kind.
  fileprivate func plainExample(after prefix: String) -> String? {
    guard !isProperty else { return nil }
    let given = parameters.enumerated().filter { $1.defaultValue == nil && $1.arity == .one }.map { index, parameter in
      (index == 0 || parameter.isUnnamed ? "" : parameter.name + ": ") + parameter.type.sample(limits: parameter.limits)
    }
    return "\(prefix)\(name)(\(given.joined(separator: ", ")))"
  }
}

extension ValueType {
  /// Source text of a value of this kind.
  fileprivate func sample(limits: ClosedRange<Double>?) -> String {
    switch self {
    case .any, .int, .number: Value.whole(limits.map { min(max($0.lowerBound, 1), $0.upperBound) } ?? 1)
    case .none: "none"
    case .bool: "true"
    case .quantity(let dimension): "1\(dimension.suggestion.rawValue)"
    case .string, .topic: "\"text\""
    case .choice(let names): "\"\(names.first ?? "")\""
    case .existingFile, .newFile: "\"path\""
    case .range: "0..<10"
    case .list(let item): "[\(item.sample(limits: limits))]"
    case .dictionary: "[\"key\": 1]"
    case .record: "(x: 1)"
    case .series: "[1, 2, 3]"
    case .table: "table([(x: 1)])"
    case .function: "{ x in x }"
    case .object(let name): name
    case .optional(let type): type.sample(limits: limits)
    case .either(let types): types.first?.sample(limits: limits) ?? "1"
    }
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

  /// Kind, limits and default, and what it is for: what completion says beside the name.
  var note: String {
    let ending = defaultValue.map { ", default \($0.text)" } ?? ", required"
    return "\(help) (\(takes)\(arity == .one ? ending : ""))"
  }

  /// Whether completion should offer a variable first. What takes anything is helped by no order.
  func fits(_ value: Value) -> Bool { type != .any && type.accepts(value) }

  /// One line of help.
  func line(width: Int) -> String {
    let space = String(repeating: " ", count: max(0, width - name.count))
    return "\(name)\(space)  \(note)"
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
