import OrderedCollections

/// A call of a bound member that made an object, to be made again elsewhere.
public struct Recipe {
  /// The facts of the call, as a value.
  public let value: Value

  /// What was called, with what.
  ///
  /// - Parameters:
  ///   - path: where the member is found: `grpo`, `reward.oracle`, `world.dataset`.
  ///   - arguments: what it was called with.
  ///   - context: the seed in force.
  ///   - content: a fingerprint of what the call read from a file, so that other content is another call.
  public init(_ path: String, _ arguments: Arguments, _ context: Context, content: String? = nil) {
    value = Value(record: [
      "call": .string(path), "receiver": arguments.receiver, "seed": .int(context.seed),
      "arguments": .record(
        Record(zip(arguments.parameters, arguments.values).map { (name: $0.name, value: $1) })),
      "content": content.map { .string($0) } ?? .none,
    ])
  }

  /// A call that stands for an operator.
  ///
  /// - Parameters:
  ///   - path: where the member is found: `reward.sum`.
  ///   - arguments: what it would be called with; nothing in it depends on the seed in force.
  public init(_ path: String, with arguments: Record) {
    value = Value(record: [
      "call": .string(path), "receiver": .none, "seed": .int(0), "arguments": .record(arguments),
    ])
  }

  /// Calls it again.
  ///
  /// - Parameters:
  ///   - value: a recipe's facts.
  ///   - context: of the session that is to have what it gives.
  /// - Throws: ``StoredValueError`` for a member that is not there, and what the call throws.
  public static func make(_ value: Value, _ context: Context) throws -> any BoundObject {
    guard case .record(let facts) = value, case .string(let path)? = facts["call"],
      case .int(let seed)? = facts["seed"],
      case .record(let given)? = facts["arguments"], let member = context.library.member(path)
    else { throw StoredValueError.unknown("call in '\(value)'") }
    let outer = context.seed
    context.seed = seed
    defer { context.seed = outer }
    let values = member.parameters.map { given[$0.name] ?? $0.defaultValue?.value ?? .none }
    let arguments = Arguments(
      receiver: facts["receiver"] ?? .none, callee: member.name, parameters: member.parameters, values: values,
      spans: values.map { _ in nil })
    guard case .object(let object) = try member.body(arguments, context) else {
      throw StoredValueError.unknown("object that '\(path)' makes")
    }
    return object
  }
}

extension Library {
  /// Where a member is found: `grpo`, `reward.oracle`, `trainer.run`.
  func path(of member: Member, receiver: Value) -> String {
    if case .none = receiver {
      if function(member.name) != nil { return member.name }
      let namespace = namespaces.first { $0.type.member(member.name) != nil }
      return namespace.map { "\($0.name).\(member.name)" } ?? member.name
    }
    return (type(of: receiver.type).map { "\($0.name)." } ?? "") + member.name
  }

  /// The member at a path.
  func member(_ path: String) -> Member? {
    let parts = path.split(separator: ".").map(String.init)
    guard let first = parts.first, let last = parts.last else { return nil }
    return parts.count == 1 ? function(first) : (namespace(first)?.type ?? type(first))?.member(last)
  }
}
