import OrderedCollections

/// Writes values.
public final class ValueWriter {
  private let facts: (any BoundObject, Int) throws -> Value
  private var stored = StoredValues()
  private var variables: [ObjectIdentifier: Int] = [:]
  private var functions: [ObjectIdentifier: Int] = [:]
  private var objects: [ObjectIdentifier: Int] = [:]
  /// An identifier is one object's only as long as that lives.
  private var kept: [AnyObject] = []

  /// A writer.
  ///
  /// - Parameter facts: what it takes to make an object again, for ``ValueReader``; it is also told the object's number.
  public init(facts: @escaping (any BoundObject, Int) throws -> Value) { self.facts = facts }

  /// A value with all that it refers to.
  ///
  /// - Throws: ``StoredValueError``, and what the facts of an object throw.
  public func write(_ value: Value, context: Context) throws -> StoredValues {
    stored.seed = context.seed
    stored.root = try write(value, context)
    return stored
  }

  private func write(_ value: Value, _ context: Context) throws -> StoredValue {
    guard value.depth <= 100 else { throw StoredValueError.nesting(value.depth) }
    func all(_ values: some Sequence<Value>) throws -> [StoredValue] { try values.map { try write($0, context) } }
    switch value {
    case .none: return .none
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .float(let value): return .number(value.bitPattern)
    case .quantity(let value): return .quantity(value.amount.bitPattern, unit: value.unit.rawValue)
    case .string(let text): return .text(text)
    case .range(let range): return .range(range)
    case .list(let list): return .list(try all(list.items))
    case .dictionary(let mapping):
      return .dictionary(keys: try all(mapping.entries.keys), values: try all(mapping.entries.values))
    case .record(let record): return .record(names: record.names, values: try all(record.fields.values))
    case .series(let series): return .series(series.values.map(\.bitPattern))
    case .table(let table): return .table(names: table.names, columns: try table.columns.values.map(all))
    case .function(let function): return .function(try write(function, context))
    case .object(let object): return .object(try write(object, context))
    }
  }

  private func write(_ object: any BoundObject, _ context: Context) throws -> Int {
    if let number = objects[ObjectIdentifier(object)] { return number }
    let number = stored.objects.count
    objects[ObjectIdentifier(object)] = number
    kept.append(object)
    stored.objects.append(.init(kind: object.boundType.name, facts: .none))
    stored.objects[number].facts = try write(try facts(object, number), context)
    return number
  }

  private func write(_ function: Function, _ context: Context) throws -> Int {
    if let number = functions[ObjectIdentifier(function)] { return number }
    let number = stored.functions.count
    functions[ObjectIdentifier(function)] = number
    kept.append(function)
    var written = StoredValues.StoredFunction(name: function.name)
    stored.functions.append(written)
    switch function.body {
    case .member(let member, let receiver):
      written.member = context.library.path(of: member, receiver: receiver)
      written.receiver = try write(receiver, context)
    case .script(let syntax, let captures):
      let text = syntax.span.text
      // Of `start call()` the text is the call alone.
      written.text = syntax.name != nil || text.hasPrefix("{") ? text : "{ \(text) }"
      written.source = syntax.span.source.name
      var named = syntax.layout.globals
      for (place, variable) in zip(syntax.layout.captures, captures) { named[place.name] = variable }
      for (name, variable) in named.sorted(by: { $0.key < $1.key }) {
        guard !name.hasPrefix("$") else { throw StoredValueError.unnamed(text) }
        written.captures[name] = try write(variable, context)
      }
    }
    stored.functions[number] = written
    return number
  }

  private func write(_ variable: Variable, _ context: Context) throws -> Int {
    if let number = variables[ObjectIdentifier(variable)] { return number }
    let number = stored.variables.count
    variables[ObjectIdentifier(variable)] = number
    kept.append(variable)
    stored.variables.append(nil)
    stored.variables[number] = try variable.value.map { try write($0, context) }
    return number
  }
}
