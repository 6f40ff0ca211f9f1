public import OrderedCollections

/// The items of a list.
public struct List: RandomAccessCollection, ExpressibleByArrayLiteral {
  /// The items in order.
  public private(set) var items: [Value]
  private(set) var depth: Int

  /// A list of items.
  public init(_ items: [Value]) {
    self.items = items
    depth = items.reduce(0) { Swift.max($0, $1.depth) } + 1
  }

  /// Items of which none is deeper than those of a list this deep.
  init(_ items: [Value], depth: Int) { (self.items, self.depth) = (items, depth) }

  /// A list of items.
  public init(arrayLiteral elements: Value...) { self.init(elements) }

  /// The first index, 0.
  public var startIndex: Int { 0 }
  /// The number of items.
  public var endIndex: Int { items.count }

  /// An item; the index must be in range.
  public subscript(index: Int) -> Value { items[index] }

  mutating func replace(at index: Int, with value: Value) {
    items[index] = value
    depth = Swift.max(depth, value.depth + 1)
  }

  /// Replaces an item by a value without parts.
  @inline(__always)
  mutating func replaceSimple(at index: Int, with value: Value) { items[index] = value }

  mutating func append(_ item: Value) {
    items.append(item)
    depth = Swift.max(depth, item.depth + 1)
  }

  /// Changes an item in place.
  mutating func change(at index: Int, _ body: (inout Value) throws -> Void) throws {
    var value = Value.none
    swap(&value, &items[index])
    defer { replace(at: index, with: value) }
    try body(&value)
  }

  mutating func append(contentsOf other: List) {
    items.append(contentsOf: other.items)
    depth = Swift.max(depth, other.depth)
  }
}

/// The entries of a dictionary, in the order of insertion.
public struct Mapping {
  /// One reference, so that a value of the language stays small, and changes in place if nobody else has it.
  private final class Storage {
    var entries: OrderedDictionary<Value, Value>
    var depth: Int

    init(_ entries: OrderedDictionary<Value, Value>, _ depth: Int) { (self.entries, self.depth) = (entries, depth) }
  }

  private var storage: Storage

  /// A dictionary of entries.
  public init(_ entries: OrderedDictionary<Value, Value> = [:]) {
    storage = Storage(entries, entries.reduce(0) { max($0, $1.key.depth, $1.value.depth) } + 1)
  }

  /// Keys and values in order.
  public var entries: OrderedDictionary<Value, Value> { storage.entries }

  var depth: Int { storage.depth }

  /// The value of a key, or `nil` if there is none.
  public subscript(key: Value) -> Value? { storage.entries[key] }

  /// Whether there is a key.
  func has(_ key: Value) -> Bool { storage.entries.index(forKey: key) != nil }

  private mutating func own() {
    if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.entries, storage.depth) }
  }

  mutating func replace(_ key: Value, with value: Value) {
    own()
    storage.entries[key] = value
    storage.depth = max(storage.depth, key.depth + 1, value.depth + 1)
  }

  /// Replaces the value of a key by one without parts; `false` if there is no such key, or no such value.
  @inline(__always)
  mutating func changeSimply(_ key: Value, _ change: (Value) -> Value?) -> Bool {
    own()
    let storage = storage
    guard let index = storage.entries.index(forKey: key), let value = change(storage.entries.values[index]) else {
      return false
    }
    storage.entries.values[index] = value
    return true
  }

  /// Changes the value of a key in place; `false` if there is no such key and none is to be added.
  mutating func change(_ key: Value, adding: Bool, _ body: (inout Value) throws -> Void) throws -> Bool {
    own()
    guard let index = storage.entries.index(forKey: key) else {
      guard adding else { return false }
      var value = Value.none
      try body(&value)
      replace(key, with: value)
      return true
    }
    var value = Value.none
    swap(&value, &storage.entries.values[index])
    defer {
      storage.depth = max(storage.depth, value.depth + 1)
      storage.entries.values[index] = value
    }
    try body(&value)
    return true
  }
}

/// The fields of a record, in order.
public struct Record {
  /// The names of fields, which all records made in one place share, and how deep such a record is.
  final class Shape {
    let names: OrderedSet<String>
    let depth: Int

    init(_ names: OrderedSet<String>, depth: Int = 1) { (self.names, self.depth) = (names, depth) }
  }

  private(set) var shape: Shape
  /// The values of the fields, in order.
  public private(set) var values: [Value]

  /// A record of fields.
  public init(_ fields: OrderedDictionary<String, Value>) {
    self.init(Shape(fields.keys), Array(fields.values))
  }

  /// A record of fields; of two of one name the later counts.
  public init(_ fields: [(name: String, value: Value)]) {
    self.init(OrderedDictionary(fields.map { ($0.name, $0.value) }) { _, later in later })
  }

  /// A record of as many values as the shape has names.
  init(_ shape: Shape, _ values: [Value]) {
    (self.shape, self.values) = (shape, values)
    deepen(values.reduce(0) { max($0, $1.depth) })
  }

  /// Names and values in order.
  public var fields: OrderedDictionary<String, Value> {
    OrderedDictionary(uncheckedUniqueKeys: shape.names, values: values)
  }

  var depth: Int { shape.depth }

  /// The names of the fields, in order.
  public var names: [String] { shape.names.elements }

  /// A field's value, or `nil` if there is none of that name.
  public subscript(name: String) -> Value? { place(of: name).map { values[$0] } }

  /// Where a field stands, or `nil` if there is none of that name.
  func place(of name: String) -> Int? { shape.names.firstIndex(of: name) }

  private mutating func deepen(_ depth: Int) {
    if depth >= shape.depth { shape = Shape(shape.names, depth: depth + 1) }
  }

  mutating func replace(_ name: String, with value: Value) {
    if let place = place(of: name) { return replace(at: place, with: value) }
    var names = shape.names
    names.append(name)
    shape = Shape(names, depth: max(shape.depth, value.depth + 1))
    values.append(value)
  }

  mutating func replace(at place: Int, with value: Value) {
    deepen(value.depth)
    values[place] = value
  }

  /// Changes the value at a place.
  mutating func change(at place: Int, _ body: (inout Value) throws -> Void) throws {
    var value = Value.none
    swap(&value, &values[place])
    defer { replace(at: place, with: value) }
    try body(&value)
  }
}

extension Record: Hashable {
  /// Equal records have the same names in the same order.
  public static func == (left: Record, right: Record) -> Bool {
    (left.shape === right.shape || left.shape.names == right.shape.names) && left.values == right.values
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(shape.names)
    hasher.combine(values)
  }
}

extension Value {
  /// Changes a list in place; `nil` if this is something else.
  mutating func changeList<Result>(_ body: (inout List) throws -> Result) rethrows -> Result? {
    guard case .list(var list) = self else { return nil }
    // Held once only, or it would be copied.
    self = .none
    defer { self = .list(list) }
    return try body(&list)
  }

  /// Changes a dictionary in place; `nil` if this is something else.
  mutating func changeMapping<Result>(_ body: (inout Mapping) throws -> Result) rethrows -> Result? {
    guard case .dictionary(var mapping) = self else { return nil }
    self = .none
    defer { self = .dictionary(mapping) }
    return try body(&mapping)
  }

  /// Changes a record in place; `nil` if this is something else.
  mutating func changeRecord<Result>(_ body: (inout Record) throws -> Result) rethrows -> Result? {
    guard case .record(var record) = self else { return nil }
    self = .none
    defer { self = .record(record) }
    return try body(&record)
  }

  /// Adds a text to a text, or a list to a list, in place; `false` if these are something else or too long.
  mutating func append(contentsOf other: Value, limit: Int) -> Bool {
    if case .list(let more) = other {
      return changeList { list in
        guard list.count + more.count <= limit else { return false }
        list.append(contentsOf: more)
        return true
      } ?? false
    }
    guard case .string(let more) = other, case .string(var text) = self,
      text.utf8.count + more.utf8.count <= limit
    else { return false }
    self = .none
    text += more
    self = .string(text)
    return true
  }
}

/// `a..<b`, `a...b`, and `a...b by s`. Element i is `start + i · step`, so that steps do not drift.
public struct NumberRange: Sendable, Hashable, Codable {
  /// The first element.
  public let start: Double
  /// The distance between elements, not 0.
  public let step: Double
  /// The bound after the dots, whether it is an element or not.
  public let end: Double
  /// The number of elements.
  public let count: Int
  /// Whether the elements are whole numbers.
  public let isWhole: Bool
  /// As it was written.
  public let text: String

  /// A range, or `nil` if its step is 0, a bound is not finite, or it has more than 2⁵³ elements.
  ///
  /// - Parameters:
  ///   - start: the first element.
  ///   - end: the last element if `isClosed`, else the first one left out.
  ///   - step: the distance between elements; negative ones count down.
  ///   - isClosed: whether `end` itself belongs to it.
  ///   - isWhole: whether the elements are whole numbers.
  public init?(from start: Double, to end: Double, by step: Double = 1, isClosed: Bool, isWhole: Bool) {
    guard start.isFinite, end.isFinite, step.isFinite, step != 0 else { return nil }
    let span = (end - start) / step
    // Beyond 2⁵³ not every whole number is one of these.
    guard span < 0x1p53, !isWhole || max(abs(start), abs(end), abs(step)) <= 0x1p53 else { return nil }
    // A share of a step forgives the rounding of 0...1 by 0.1.
    let last = (span + 1e-9).rounded(.down)
    if span < 0 {
      count = isClosed && span > -1e-9 ? 1 : 0
    } else if isClosed {
      count = Int(last) + 1
    } else {
      count = Int((span - 1e-9).rounded(.up))
    }
    (self.start, self.step, self.end, self.isWhole) = (start, step, end, isWhole)
    func shown(_ number: Double) -> String { isWhole ? Value.int(Int(number)).text : Value.float(number).text }
    text = shown(start) + (isClosed ? "..." : "..<") + shown(end) + (step == 1 ? "" : " by \(shown(step))")
  }

  /// Element i, counted from 0.
  public func element(_ index: Int) -> Value {
    let value = start + Double(index) * step
    return isWhole ? .int(Int(value)) : .float(value)
  }
}

/// Numbers with element-wise arithmetic, such as a metric over the steps of a run.
public struct Series: Sendable, Hashable {
  /// The numbers in order.
  public var values: [Double]

  /// A series of numbers.
  public init(_ values: [Double]) { self.values = values }
}
