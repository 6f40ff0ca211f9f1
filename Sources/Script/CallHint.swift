/// What is said about a call while it is typed.
public struct CallHint: Sendable, Hashable {
  /// What is called, as it is written: `trainer.run`.
  public var callee: String
  /// The parameters as a signature shows them, `kl: 0`; those that were given are left out.
  public var parameters: [String]
  /// Whether arguments that were given are left out.
  public var isPartial: Bool
  /// Which of them the cursor is at; `nil` where that is not known yet.
  public var current: Int?
  /// One line about that parameter: kind, unit, default.
  public var note: String
}

extension Session {
  /// The call that is open at a place.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - cursor: the place, in characters from the start.
  /// - Returns: `nil` outside of calls, and in calls of what is not known.
  public func callHint(of text: String, at cursor: Int) -> CallHint? {
    CompletionFinder(
      library: library, source: Source(String(text.prefix(cursor))), variables: variables, context: context
    ).hint
  }
}

extension CompletionFinder {
  /// What is said about the innermost call that is open.
  var hint: CallHint? {
    guard let call = call(before: openText == nil ? end : tokens.count - 1, throughLists: true) else { return nil }
    // The first argument has no name.
    let parameters = call.member.parameters.enumerated().filter { index, parameter in
      parameter.name == call.parameter?.name || !(call.used.contains(parameter.name) || index == 0 && call.position > 0)
    }.map(\.element)
    let current = call.parameter.flatMap { current in parameters.firstIndex { $0.name == current.name } }
    return CallHint(
      callee: call.callee, parameters: parameters.map(\.signature),
      isPartial: parameters.count < call.member.parameters.count, current: current,
      note: current.map { parameters[$0].line(width: 0) } ?? call.member.help)
  }
}

/// A call that is open at the cursor.
struct OpenCall {
  /// What is called.
  let member: Member
  /// As it is written.
  let callee: String
  /// The token of its opening parenthesis.
  let open: Int
  /// The names of the arguments given.
  let used: Set<String>
  /// The name of the argument at the cursor, if it has one.
  let label: String?
  /// How many arguments are before the cursor.
  let position: Int

  /// The parameter whose argument is being written; `nil` where a name must come first.
  var parameter: Parameter? {
    if let label {
      return member.parameters.first { $0.name == label } ?? member.parameters.first { $0.arity == .anyNames }
    }
    if position == 0 { return member.parameters.first { $0.arity != .anyNames } }
    if member.parameters.indices.contains(position), member.parameters[position].isUnnamed {
      return member.parameters[position]
    }
    return member.parameters.first { $0.arity == .variadic }
  }
}
