/// The kind of value that a parameter takes or a member gives.
public indirect enum ValueType: Sendable, Hashable, CustomStringConvertible {
  /// Anything; checked when it runs, if at all.
  case any
  /// `none`.
  case none
  /// `true` or `false`.
  case bool
  /// A whole number.
  case int
  /// A number, whole or not.
  case number
  /// A number with a unit of this dimension.
  case quantity(Quantity.Dimension)
  /// A text.
  case string
  /// One of these texts.
  case choice([String])
  /// The path of a file that must exist; a path written in the source is looked up before anything runs.
  case existingFile
  /// The path of a file that will be written; an ``existingFile`` of the same path may then be missing at first.
  case newFile
  /// `0..<n`.
  case range
  /// A list, and what its items are. A range is accepted where a list of numbers is.
  case list(ValueType)
  /// `["k": v]`.
  case dictionary
  /// `(lr: 1e-5)`.
  case record
  /// A series; a list of numbers and a range are accepted for it.
  case series
  /// A table.
  case table
  /// A function or closure.
  case function
  /// A bound object, by the name of its ``BoundType``.
  case object(String)
  /// This, or `none`.
  case optional(ValueType)
  /// Any of these.
  case either([ValueType])
  /// A name of the language that is not evaluated, such as `grpo.kl` in `help(grpo.kl)`; arrives as a text.
  case topic

  /// How messages and help call it.
  public var description: String {
    switch self {
    case .any: "any value"
    case .none: "none"
    case .bool: "true or false"
    case .int: "a whole number"
    case .number: "a number"
    case .quantity(let dimension): dimension.phrase
    case .string: "a text"
    case .choice(let names): Self.alternatives(names.map { "\"\($0)\"" })
    case .existingFile: "the path of an existing file"
    case .newFile: "the path of a file to write"
    case .range: "a range"
    case .list(.any): "a list"
    case .list(let item): "a list, each \(item)"
    case .dictionary: "a dictionary"
    case .record: "a record"
    case .series: "a series"
    case .table: "a table"
    case .function: "a function"
    case .object(let name): "aeiou".contains(name.first ?? " ") ? "an \(name)" : "a \(name)"
    case .optional(let type): "\(type) or none"
    case .either(let types): Self.alternatives(types.map(\.description))
    case .topic: "a name"
    }
  }

  private static func alternatives(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
    return names.dropLast().joined(separator: ", ") + " or " + last
  }

  /// Whether a value is of this kind.
  func accepts(_ value: Value) -> Bool {
    switch (self, value) {
    case (.any, _), (.none, .none), (.bool, .bool), (.int, .int), (.number, .int), (.number, .float): true
    case (.string, .string), (.existingFile, .string), (.newFile, .string), (.topic, .string): true
    case (.choice(let names), .string(let text)): names.contains(text)
    case (.quantity(let dimension), .quantity(let quantity)): quantity.unit.dimension == dimension
    case (.range, .range), (.dictionary, .dictionary), (.record, .record), (.table, .table): true
    case (.function, .function), (.series, .series): true
    case (.list(let item), .list(let list)): item == .any || list.items.allSatisfy(item.accepts)
    case (.list(let item), .range(let range)):
      item == .any || item == .number || (item == .int && range.isWhole)
    case (.list(let item), .series): item == .any || item == .number
    case (.series, .range): true
    case (.series, .list(let list)): list.items.allSatisfy { $0.number != nil }
    case (.object(let name), .object(let object)): object.boundType.name == name
    case (.optional(let type), _): value == .none || type.accepts(value)
    case (.either(let types), _): types.contains { $0.accepts(value) }
    default: false
    }
  }

  /// Whether a value of kind `other`, known before anything runs, may be of this kind.
  func mayAccept(_ other: ValueType) -> Bool {
    switch (self, other) {
    case (.any, _), (_, .any): true
    case (_, .either(let types)): types.contains(where: mayAccept)
    case (_, .optional(let type)): mayAccept(type) || mayAccept(.none)
    case (.optional(let type), _): other == .none || type.mayAccept(other)
    case (.either(let types), _): types.contains { $0.mayAccept(other) }
    // A number known only as such may turn out to be whole.
    case (.number, .int), (.int, .number): true
    case (.string, .choice), (.choice, .string), (.existingFile, .string), (.newFile, .string): true
    case (.existingFile, .existingFile), (.topic, .string): true
    case (.list(let left), .list(let right)): left.mayAccept(right)
    case (.list(let item), .range), (.list(let item), .series): item.mayAccept(.number)
    case (.series, .range): true
    case (.series, .list(let item)): ValueType.number.mayAccept(item)
    default: self == other
    }
  }

  /// The least kind that covers both.
  func joined(_ other: ValueType) -> ValueType { self == other ? self : .any }
}
