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

  mutating func append(contentsOf other: List) {
    items.append(contentsOf: other.items)
    depth = Swift.max(depth, other.depth)
  }
}

/// The entries of a dictionary, in the order of insertion.
public struct Mapping {
  /// Keys and values in order.
  public private(set) var entries: OrderedDictionary<Value, Value>
  private(set) var depth: Int

  /// A dictionary of entries.
  public init(_ entries: OrderedDictionary<Value, Value> = [:]) {
    self.entries = entries
    depth = entries.reduce(0) { max($0, $1.key.depth, $1.value.depth) } + 1
  }

  /// The value of a key, or `nil` if there is none.
  public subscript(key: Value) -> Value? { entries[key] }

  mutating func replace(_ key: Value, with value: Value) {
    entries[key] = value
    depth = max(depth, key.depth + 1, value.depth + 1)
  }
}

/// The fields of a record, in order.
public struct Record {
  /// Names and values in order.
  public private(set) var fields: OrderedDictionary<String, Value>
  private(set) var depth: Int

  /// A record of fields.
  public init(_ fields: OrderedDictionary<String, Value>) {
    self.fields = fields
    depth = fields.values.reduce(0) { max($0, $1.depth) } + 1
  }

  /// A record of fields; of two of one name the later counts.
  public init(_ fields: [(name: String, value: Value)]) {
    self.init(OrderedDictionary(fields.map { ($0.name, $0.value) }) { _, later in later })
  }

  /// The names of the fields, in order.
  public var names: [String] { Array(fields.keys) }

  /// A field's value, or `nil` if there is none of that name.
  public subscript(name: String) -> Value? { fields[name] }

  mutating func replace(_ name: String, with value: Value) {
    fields[name] = value
    depth = max(depth, value.depth + 1)
  }
}

/// `a..<b`, `a...b`, and `a...b by s`. Element i is `start + i · step`, so that steps do not drift.
public struct NumberRange: Sendable, Hashable {
  /// The first element.
  public let start: Double
  /// The distance between elements, not 0.
  public let step: Double
  /// The number of elements.
  public let count: Int
  /// Whether the elements are whole numbers.
  public let isWhole: Bool
  /// As it was written.
  let text: String

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
    (self.start, self.step, self.isWhole) = (start, step, isWhole)
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
