/// A default value as it is written in a declaration and shown in help.
public enum Constant: Sendable, Hashable, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
  /// `none`: the argument is absent, and `Arguments` gives `nil` for it.
  case nothing
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A number.
  case float(Double)
  /// A text.
  case string(String)
  /// A number with a unit.
  case quantity(Double, Quantity.Unit)
  /// Absent like ``nothing``; help says in these words what is taken then.
  case described(String)

  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .float(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }

  /// The value that a call without the argument passes.
  var value: Value {
    switch self {
    case .nothing, .described: .none
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .float(let value): .float(value)
    case .string(let value): .string(value)
    case .quantity(let amount, let unit): .quantity(Quantity(amount, unit))
    }
  }

  /// As help shows it.
  var text: String {
    if case .described(let text) = self { return text }
    return value.description
  }
}

/// One parameter of a ``Member``.
public struct Parameter: Sendable {
  /// How many arguments a parameter takes.
  public enum Arity: Sendable {
    /// One.
    case one
    /// All unnamed arguments, as a list; only the last parameter can be so.
    case variadic
    /// All arguments whose name no other parameter has, as a record: `sweep(group: [4, 8], seed: 0..<3)`.
    case anyNames
  }

  /// The name that calls write.
  public let name: String
  /// What it takes; of each item if it takes many.
  public let type: ValueType
  /// What a plain number counts, for help only: `"nats"`, `"pixels"`.
  public let unit: String?
  /// What is passed when the call leaves it out; `nil` if it must be given.
  public let defaultValue: Constant?
  /// The numbers allowed, ends included.
  public let limits: ClosedRange<Double>?
  /// One line of help, without a full stop.
  public let help: String
  /// How many arguments it takes.
  public let arity: Arity
  /// Whether it may be given without its name although it is not the first.
  public let isUnnamed: Bool
  /// What completion offers inside its quotes.
  public let suggestions: Suggestions?

  /// A parameter.
  ///
  /// - Parameters:
  ///   - name: the name that calls write.
  ///   - type: what it takes.
  ///   - unit: what a plain number counts, for help.
  ///   - default: what is passed when the call leaves it out; `nil` if it must be given.
  ///   - limits: the numbers allowed, ends included.
  ///   - help: one line without a full stop.
  ///   - arity: how many arguments it takes.
  ///   - isUnnamed: whether it may be given without its name although it is not the first.
  ///   - suggestions: what completion offers inside its quotes.
  public init(
    _ name: String, _ type: ValueType, unit: String? = nil, default: Constant? = nil,
    limits: ClosedRange<Double>? = nil, _ help: String, arity: Arity = .one, isUnnamed: Bool = false,
    suggestions: Suggestions? = nil
  ) {
    (self.name, self.type, self.unit, self.limits) = (name, type, unit, limits)
    (self.help, self.arity, self.isUnnamed, self.suggestions) = (help, arity, isUnnamed, suggestions)
    defaultValue = arity == .one ? `default` : .nothing
  }

  /// As a signature shows it: `kl: a number = 0`.
  var signature: String {
    switch arity {
    case .one: name + (defaultValue.map { ": \($0.text)" } ?? "")
    case .variadic: name + "…"
    case .anyNames: "name: …"
    }
  }

  /// As the hint under an unknown name shows it: `kl (KL weight, default 0)`.
  var brief: String {
    var notes = help.isEmpty ? [] : [help]
    if case .one = arity, let defaultValue { notes.append("default \(defaultValue.text)") }
    return name + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
  }

  /// Why a value does not fit, or `nil` if it does.
  func mismatch(_ value: Value) -> Mismatch? {
    guard type.accepts(value) else {
      if case .none = value, defaultValue?.value == Value.none { return nil }
      return Mismatch(parameter: self, value: value)
    }
    if let limits, let number = value.number, !limits.contains(number) {
      return Mismatch(parameter: self, value: value, isOutside: true)
    }
    return nil
  }
}

/// A value that its parameter does not take, told in one place for the checker and for calls.
struct Mismatch {
  let parameter: Parameter
  let value: Value
  var isOutside = false
  /// The name that was written where the parameter takes any.
  var label: String?

  func diagnostic(of callee: String, at span: SourceSpan?) -> Diagnostic {
    let subject = "'\(label ?? parameter.name)' of '\(callee)'"
    let more = "help(\(callee).\(parameter.name))"
    if isOutside, let limits = parameter.limits {
      let low = Value.whole(limits.lowerBound)
      let high = Value.whole(limits.upperBound)
      let wanted = limits.upperBound.isFinite ? "\(low) to \(high)" : "at least \(low)"
      return Diagnostic(
        .choice, "\(subject) is \(value), but must be \(wanted)", at: span, fix: "write a number in that range",
        more: more)
    }
    if case .quantity(let dimension) = parameter.type, let number = value.number {
      let suggestion = Quantity(number, dimension.suggestion)
      return Diagnostic(
        .unit, "\(subject) wants \(dimension.phrase), but \(value) has no unit", at: span,
        fix: "write \(Value.quantity(suggestion))", more: more)
    }
    if case .quantity(let quantity) = value {
      return Diagnostic(
        .unit, "\(subject) wants \(parameter.type), but \(value) is \(quantity.unit.dimension.name)", at: span,
        fix: fixForUnit(quantity), more: more)
    }
    if case .choice(let names) = parameter.type, case .string(let text) = value {
      let near = Nearest.name(to: text, in: names)
      return Diagnostic(
        .choice, "\(subject) cannot be \(value)", at: span, hint: "one of: " + names.joined(separator: ", "),
        fix: near.map { "replace with \"\($0)\"" }, more: more)
    }
    return Diagnostic(
      .kind, "\(subject) wants \(parameter.type), but got \(value.kindPhrase)", at: span, more: more)
  }

  /// A plain number is what remains when the unit is left out.
  private func fixForUnit(_ quantity: Quantity) -> String? {
    let plain = Value.float(quantity.amount)
    return parameter.type.accepts(plain) ? "write \(Value.whole(quantity.amount))" : nil
  }
}

extension Value {
  /// The value and its kind for a message: `the text "20"`.
  var kindPhrase: String {
    switch self {
    case .none: "none"
    case .bool, .int, .float, .quantity: description
    case .string(let text): "the text " + Value.string(text.count > 40 ? text.prefix(40) + "…" : text).description
    case .range(let range): "the range \(range.text)"
    case .list(let list): "a list of \(list.count)"
    case .object(let object): "\(ValueType.object(object.boundType.name))"
    case .dictionary, .record, .series, .table, .function: "\(type)"
    }
  }
}
