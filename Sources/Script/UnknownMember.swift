import OrderedCollections

/// What is said of a member or a field that is not there.
extension Interpreter {
  func unknownField(_ name: Identifier, _ record: Record, fix: String?) -> Diagnostic {
    Self.unknownField(name, record, fix: fix)
  }

  static func unknownField(_ name: Identifier, _ record: Record, fix: String?) -> Diagnostic {
    let near = Nearest.name(to: name.name, in: record.names)
    return Diagnostic(
      .unknownMember, "the record has no field '\(name.name)'", at: name.span,
      hint: near.map { "closest: \($0)" } ?? "it has: \(record.names.prefix(12).joined(separator: ", "))",
      fix: near.map { "replace with '\($0)'" } ?? fix)
  }
}

extension Library {
  func unknownMember(
    _ name: Identifier, of type: BoundType?, value: Value? = nil, because: Diagnostic.Note? = nil
  ) -> Diagnostic {
    let subject = type.map { "'\($0.name)'" } ?? value?.kindPhrase ?? "this value"
    guard let type else {
      return Diagnostic(.unknownMember, "\(subject) has no members", at: name.span, because: because)
    }
    let habit = Habits.members[name.name].flatMap { type.member($0) }
    let near = habit ?? Nearest.name(to: name.name, in: type.members.map(\.name)).flatMap { type.member($0) }
    var other = near == nil && type.isValue ? Habits.signs[name.name] : nil
    if case .table(let table)? = value {
      if table.columns[name.name] != nil { other = "write [\"\(name.name)\"] for the column" }
    } else if type.name == "table", near == nil {
      other = "write [\"\(name.name)\"] for a column"
    }
    let known = type.members.prefix(12).map(\.name).joined(separator: ", ")
    return Diagnostic(
      .unknownMember, "\(subject) has no member '\(name.name)'", at: name.span,
      hint: near.map { "closest: \($0.name) (\($0.help))" } ?? "it has: \(known)", because: because,
      fix: other ?? near.map { "replace with '\($0.name)'" }, more: "help(\(type.name))")
  }
}
