/// The checked arguments of one call, with defaults filled in.
public struct Arguments {
  /// The value before the dot, `none` of a global function.
  public let receiver: Value
  let callee: String
  let parameters: [Parameter]
  let values: [Value]
  /// Where each argument was written; `nil` for defaults and calls from Swift.
  let spans: [SourceSpan?]

  /// An argument as it arrived: `none` if it was left out and has no default.
  public func value(_ name: String) -> Value {
    for place in parameters.indices where parameters[place].name == name { return values[place] }
    return .none
  }

  /// Whether a value other than `none` was given or is the default.
  public func has(_ name: String) -> Bool { value(name) != .none }

  /// An argument as a Swift type: `let steps: Int = try arguments["steps"]`; optional types give `nil` for `none`.
  ///
  /// - Throws: a ``Diagnostic`` if it is of another kind.
  public subscript<Wanted: ScriptConvertible>(name: String) -> Wanted {
    get throws {
      guard let wanted = Wanted.from(value(name)) else { throw unexpected(name, Wanted.scriptType) }
      return wanted
    }
  }

  /// An argument that is a bound object.
  ///
  /// - Throws: a ``Diagnostic`` if it is something else.
  public subscript<Object: BoundObject>(name: String) -> Object {
    get throws {
      guard case .object(let object) = value(name), let wanted = object as? Object else {
        throw unexpected(name, declared(name))
      }
      return wanted
    }
  }

  /// An argument that is a bound object, or `nil` for `none`.
  ///
  /// - Throws: a ``Diagnostic`` if it is something else.
  public subscript<Object: BoundObject>(name: String) -> Object? {
    get throws {
      if value(name) == .none { return nil }
      let wanted: Object = try self[name]
      return wanted
    }
  }

  /// An argument that is a list of bound objects; one alone counts as a list of one.
  ///
  /// - Throws: a ``Diagnostic`` if an item is something else.
  public func objects<Object: BoundObject>(_ name: String, as type: Object.Type = Object.self) throws -> [Object] {
    let items: [Value] = if case .list(let list) = value(name) { list.items } else { [value(name)] }
    return try items.map { item in
      guard case .object(let object) = item, let wanted = object as? Object else {
        throw unexpected(name, declared(name))
      }
      return wanted
    }
  }

  /// A quantity in its base: seconds, pixels, bytes, a share.
  ///
  /// - Throws: a ``Diagnostic`` if it has no unit.
  public func amount(_ name: String) throws -> Double {
    guard case .quantity(let quantity) = value(name) else { throw unexpected(name, declared(name)) }
    return quantity.base
  }

  /// A diagnostic that points at an argument; for what a declaration cannot say.
  ///
  /// - Parameters:
  ///   - name: the argument.
  ///   - message: what is wrong with it.
  ///   - fix: what to do.
  public func problem(_ name: String, _ message: String, fix: String? = nil) -> Diagnostic {
    let span = parameters.firstIndex { $0.name == name }.flatMap { spans[$0] }
    return Diagnostic(.choice, message, at: span, fix: fix, more: "help(\(callee))")
  }

  /// The object before the dot.
  ///
  /// - Throws: a ``Diagnostic`` if it is something else.
  func receiver<Receiver: BoundObject>(as type: Receiver.Type) throws -> Receiver {
    guard case .object(let object) = receiver, let wanted = object as? Receiver else {
      throw Diagnostic(.kind, "'\(callee)' is not a member of \(receiver.kindPhrase)")
    }
    return wanted
  }

  private func declared(_ name: String) -> ValueType {
    parameters.first { $0.name == name }?.type ?? .any
  }

  private func unexpected(_ name: String, _ wanted: ValueType) -> Diagnostic {
    let span = parameters.firstIndex { $0.name == name }.flatMap { spans[$0] }
    return Diagnostic(
      .kind, "'\(name)' of '\(callee)' wants \(wanted), but got \(value(name).kindPhrase)", at: span,
      more: "help(\(callee))")
  }
}
