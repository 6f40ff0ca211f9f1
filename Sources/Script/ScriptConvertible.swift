/// A Swift type that a value of the language can become.
public protocol ScriptConvertible {
  /// What the language calls it.
  static var scriptType: ValueType { get }
  /// The value as this type, or `nil` if it is of another kind.
  static func from(_ value: Value) -> Self?
}

extension Bool: ScriptConvertible {
  /// A truth value.
  public static var scriptType: ValueType { .bool }
  /// The truth value.
  public static func from(_ value: Value) -> Bool? {
    if case .bool(let bool) = value { bool } else { nil }
  }
}

extension Int: ScriptConvertible {
  /// A whole number.
  public static var scriptType: ValueType { .int }
  /// The whole number.
  public static func from(_ value: Value) -> Int? {
    if case .int(let int) = value { int } else { nil }
  }
}

extension Double: ScriptConvertible {
  /// A number.
  public static var scriptType: ValueType { .number }
  /// The number; a percentage gives its share.
  public static func from(_ value: Value) -> Double? {
    if case .quantity(let quantity) = value, quantity.unit == .percent { quantity.base } else { value.number }
  }
}

extension Float: ScriptConvertible {
  /// A number.
  public static var scriptType: ValueType { .number }
  /// The number, rounded to single precision.
  public static func from(_ value: Value) -> Float? { Double.from(value).map { Float($0) } }
}

extension String: ScriptConvertible {
  /// A text.
  public static var scriptType: ValueType { .string }
  /// The text.
  public static func from(_ value: Value) -> String? {
    if case .string(let text) = value { text } else { nil }
  }
}

extension Value: ScriptConvertible {
  /// Anything.
  public static var scriptType: ValueType { .any }
  /// The value itself.
  public static func from(_ value: Value) -> Value? { value }
}

extension Function: ScriptConvertible {
  /// A function.
  public static var scriptType: ValueType { .function }
  /// The function.
  public static func from(_ value: Value) -> Function? {
    if case .function(let function) = value { function } else { nil }
  }
}

extension Record: ScriptConvertible {
  /// A record.
  public static var scriptType: ValueType { .record }
  /// The record.
  public static func from(_ value: Value) -> Record? {
    if case .record(let record) = value { record } else { nil }
  }
}

extension Table: ScriptConvertible {
  /// A table.
  public static var scriptType: ValueType { .table }
  /// The table.
  public static func from(_ value: Value) -> Table? {
    if case .table(let table) = value { table } else { nil }
  }
}

extension Array: ScriptConvertible where Element: ScriptConvertible {
  /// A list.
  public static var scriptType: ValueType { .list(Element.scriptType) }
  /// The items of a list, a range or a series.
  public static func from(_ value: Value) -> [Element]? {
    guard let items = value.items else { return nil }
    var result: [Element] = []
    result.reserveCapacity(items.count)
    for item in items {
      guard let element = Element.from(item) else { return nil }
      result.append(element)
    }
    return result
  }
}

extension Optional: ScriptConvertible where Wrapped: ScriptConvertible {
  /// This, or none.
  public static var scriptType: ValueType { .optional(Wrapped.scriptType) }
  /// `nil` of `none`.
  public static func from(_ value: Value) -> Wrapped?? {
    if case .none = value { .some(nil) } else { Wrapped.from(value).map { .some($0) } }
  }
}
