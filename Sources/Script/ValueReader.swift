import OrderedCollections

/// Reads what a ``ValueWriter`` wrote, in a session of another process or a later one.
public final class ValueReader {
  private let stored: StoredValues
  private let context: Context
  private let make: (_ kind: String, _ facts: Value, _ number: Int) throws -> any BoundObject
  private var variables: [Int: Variable] = [:]
  private var functions: [Int: Function] = [:]
  private var objects: [Int: any BoundObject] = [:]
  private var waiting: [Int] = []

  /// A reader.
  ///
  /// - Parameters:
  ///   - stored: what was written.
  ///   - context: of the session that is to have the value.
  ///   - make: makes an object from its facts.
  public init(
    _ stored: StoredValues, context: Context,
    make: @escaping (_ kind: String, _ facts: Value, _ number: Int) throws -> any BoundObject
  ) {
    (self.stored, self.context, self.make) = (stored, context, make)
  }

  /// The seed that was in force.
  public var seed: Int { stored.seed }

  /// The value.
  ///
  /// - Throws: ``StoredValueError``, a ``Diagnostic`` for a function that can no longer be read, and what making an
  ///   object throws.
  public func read() throws -> Value {
    let value = try read(stored.root)
    // A function may refer to a variable that holds that very function.
    while let number = waiting.popLast() {
      guard number < stored.variables.count, let content = stored.variables[number] else { continue }
      variables[number]?.value = try read(content)
    }
    return value
  }

  private func read(_ value: StoredValue) throws -> Value {
    switch value {
    case .none: return .none
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .number(let bits): return .float(Double(bitPattern: bits))
    case .quantity(let bits, let name):
      guard let unit = Quantity.Unit(rawValue: name) else { throw StoredValueError.unknown("unit '\(name)'") }
      return .quantity(Quantity(Double(bitPattern: bits), unit))
    case .text(let text): return .string(text)
    case .range(let range): return .range(range)
    case .list(let items): return Value(try items.map(read))
    case .dictionary(let keys, let values):
      return .dictionary(Mapping(.init(zip(try keys.map(read), try values.map(read))) { _, later in later }))
    case .record(let names, let values):
      return .record(Record(zip(names, try values.map(read)).map { (name: $0, value: $1) }))
    case .series(let bits): return Value(bits.map { Double(bitPattern: $0) })
    case .table(let names, let columns):
      return .table(Table(try zip(names, columns).map { (name: $0, values: try $1.map(read)) }))
    case .function(let number): return .function(try function(number))
    case .object(let number): return .object(try object(number))
    }
  }

  private func object(_ number: Int) throws -> any BoundObject {
    if let object = objects[number] { return object }
    guard number < stored.objects.count else { throw StoredValueError.unknown("object \(number)") }
    let entry = stored.objects[number]
    let object = try make(entry.kind, try read(entry.facts), number)
    objects[number] = object
    return object
  }

  private func function(_ number: Int) throws -> Function {
    if let function = functions[number] { return function }
    guard number < stored.functions.count else { throw StoredValueError.unknown("function \(number)") }
    let entry = stored.functions[number]
    let function: Function
    if let path = entry.member {
      let receiver = try entry.receiver.map(read) ?? .none
      guard let member = context.library.member(path) else { throw StoredValueError.unknown("'\(path)'") }
      function = Function(entry.name, .member(member, receiver: receiver))
    } else {
      let given = entry.captures.sorted { $0.key < $1.key }.map { (name: $0.key, variable: variable($0.value)) }
      function = try context.interpreter.function(
        Source(entry.text ?? "", name: entry.source ?? "a function"), name: entry.name, given: given)
    }
    functions[number] = function
    return function
  }

  private func variable(_ number: Int) -> Variable {
    if let variable = variables[number] { return variable }
    let variable = Variable(graveyard: context.interpreter.graveyard)
    variables[number] = variable
    waiting.append(number)
    return variable
  }
}

extension Interpreter {
  /// Makes a function from its text, with variables of its own instead of those of the session.
  fileprivate func function(
    _ source: Source, name: String?, given: [(name: String, variable: Variable)]
  ) throws -> Function {
    let outer = globals
    globals = .init(uniqueKeysWithValues: given.map { ($0.name, $0.variable) })
    // A stop that is asked for meanwhile is for the work to answer.
    callsFromSwift += 1
    defer {
      globals = outer
      callsFromSwift -= 1
    }
    var parser = Parser(source, limits: limits)
    let block = parser.program()
    let checker = Checker(self)
    checker.given = Set(given.map(\.name))
    let layout = checker.check(block, source: source)
    if let problem = parser.diagnostics.first ?? checker.diagnostics.first { throw problem }
    var machine = Machine()
    machine.slots.enter(after: 0, count: layout.slotCount)
    machine.shared = layout.ownShared.map { _ in Variable(graveyard: graveyard) }
    let value = try Compiler(self, layout).body(block)(&machine)
    adopted += globals.values
    guard case .function(let function) = name.flatMap({ globals[$0]?.value }) ?? value else {
      throw StoredValueError.unknown("function in '\(source.text.prefix(40))'")
    }
    return function
  }
}
