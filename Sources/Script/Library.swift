/// All that Swift gives to the language: functions, namespaces and kinds of objects. See ``Member`` for how to write
/// them.
///
/// Libraries are put together with ``adding(_:)``, usually to ``standard``, the language's own functions and the
/// members of lists, texts and numbers, which are declared in the same way.
public struct Library: Sendable {
  /// The global functions, in the order of the reference.
  public private(set) var functions: [Member]
  /// The namespaces, in the order of the reference.
  public private(set) var namespaces: [Namespace]
  /// The kinds of objects, in the order of the reference.
  public private(set) var types: [BoundType]
  private var functionIndex: [String: Int] = [:]
  private var namespaceIndex: [String: Int] = [:]
  private var typeIndex: [String: Int] = [:]

  /// A library. Of two declarations of one name the later counts.
  public init(functions: [Member] = [], namespaces: [Namespace] = [], types: [BoundType] = []) {
    (self.functions, self.namespaces, self.types) = (functions, namespaces, types)
    for (index, member) in functions.enumerated() { functionIndex[member.name] = index }
    for (index, namespace) in namespaces.enumerated() { namespaceIndex[namespace.name] = index }
    for (index, type) in types.enumerated() { typeIndex[type.name] = index }
  }

  /// This library and another.
  public func adding(_ other: Library) -> Library {
    Library(
      functions: functions + other.functions, namespaces: namespaces + other.namespaces,
      types: types + other.types)
  }

  /// The global function of a name, or `nil`.
  public func function(_ name: String) -> Member? { functionIndex[name].map { functions[$0] } }

  /// The namespace of a name, or `nil`.
  public func namespace(_ name: String) -> Namespace? { namespaceIndex[name].map { namespaces[$0] } }

  /// The kind of object of a name, or `nil`.
  public func type(_ name: String) -> BoundType? { typeIndex[name].map { types[$0] } }

  /// The members of a kind of value, or `nil` if they are not known before it runs.
  public func type(of kind: ValueType) -> BoundType? {
    switch kind {
    case .bool, .none, .any, .topic, .either, .optional, .function: nil
    case .int, .number: type("number")
    case .quantity: type("quantity")
    case .string, .choice, .existingFile, .newFile: type("text")
    case .range, .list: type("list")
    case .dictionary: type("dictionary")
    case .record: type("record")
    case .series: type("series")
    case .table: type("table")
    case .object(let name): type(name)
    }
  }
}
