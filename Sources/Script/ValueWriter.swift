import OrderedCollections

/// Writes values.
public final class ValueWriter {
  private let facts: (any BoundObject, Int) throws -> Value
  private var stored = StoredValues()
  /// The numbers of the objects, functions and variables that were written, or are being written.
  private var numbers: [ObjectIdentifier: Int] = [:]
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
    case .record(let record): return .record(names: record.names, values: try all(record.values))
    case .series(let series): return .series(series.values.map(\.bitPattern))
    case .table(let table): return .table(names: table.names, columns: try table.columns.values.map(all))
    case .function(let function): return .function(try write(function, context))
    case .object(let object): return .object(try write(object, context))
    }
  }

  /// The number of something that may be referred to more than once, also by itself: it is written the first time.
  ///
  /// - Parameters:
  ///   - place: makes room for it, and gives the number of that.
  ///   - fill: puts it there.
  private func once(_ thing: AnyObject, _ place: () -> Int, _ fill: (Int) throws -> Void) throws -> Int {
    if let number = numbers[ObjectIdentifier(thing)] { return number }
    let number = place()
    numbers[ObjectIdentifier(thing)] = number
    kept.append(thing)
    try fill(number)
    return number
  }

  private func write(_ object: any BoundObject, _ context: Context) throws -> Int {
    try once(object) {
      stored.objects.append(.init(kind: object.boundType.name, facts: .none))
      return stored.objects.count - 1
    } _: {
      stored.objects[$0].facts = try write(try facts(object, $0), context)
    }
  }

  private func write(_ function: Function, _ context: Context) throws -> Int {
    var written = StoredValues.StoredFunction(name: function.name)
    return try once(function) {
      stored.functions.append(written)
      return stored.functions.count - 1
    } _: { number in
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
    }
  }

  private func write(_ variable: Variable, _ context: Context) throws -> Int {
    try once(variable) {
      stored.variables.append(nil)
      return stored.variables.count - 1
    } _: {
      stored.variables[$0] = try variable.value.map { try write($0, context) }
    }
  }
}
