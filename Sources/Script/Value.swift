/// What an expression of the language gives.
///
/// Values have value semantics; only bound objects, and the variables that a function refers to, are shared.
public enum Value {
  /// Nothing.
  case none
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A number.
  case float(Double)
  /// A number with a unit.
  case quantity(Quantity)
  /// A text.
  case string(String)
  /// `a..<b`, `a...b by s`.
  indirect case range(NumberRange)
  /// `[a, b]`.
  case list(List)
  /// `["k": v]`, in the order of insertion.
  case dictionary(Mapping)
  /// `(lr: 1e-5, kl: 0)`.
  case record(Record)
  /// Numbers with arithmetic.
  case series(Series)
  /// Columns of equal length.
  indirect case table(Table)
  /// A function, a closure, or a bound member taken as a value.
  case function(Function)
  /// A bound object.
  case object(any BoundObject)

  /// A list of values.
  public init(_ items: [Value]) { self = .list(List(items)) }

  /// A list of texts.
  public init(_ texts: [String]) { self = .list(List(texts.map { .string($0) })) }

  /// A series of numbers.
  public init(_ numbers: [Double]) { self = .series(Series(numbers)) }

  /// A record from its fields, in order.
  public init(record fields: KeyValuePairs<String, Value>) {
    self = .record(Record(fields.map { (name: $0.key, value: $0.value) }))
  }

  /// How many containers lie inside each other; bounds every recursion over a value.
  var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .dictionary(let mapping): mapping.depth
    case .record(let record): record.depth
    case .table(let table): table.depth
    default: 0
    }
  }

  /// A number for each case.
  var kind: Int {
    switch self {
    case .none: 0
    case .bool: 1
    case .int: 2
    case .float: 3
    case .quantity: 4
    case .string: 5
    case .range: 6
    case .list: 7
    case .dictionary: 8
    case .record: 9
    case .series: 10
    case .table: 11
    case .function: 12
    case .object: 13
    }
  }

  /// The number, if it is one.
  var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }

  /// The kind of the value, as messages and the checker know it.
  public var type: ValueType {
    switch self {
    case .none: .none
    case .bool: .bool
    case .int: .int
    case .float: .number
    case .quantity(let quantity): .quantity(quantity.unit.dimension)
    case .string: .string
    case .range: .range
    case .list: .list(.any)
    case .dictionary: .dictionary
    case .record: .record
    case .series: .series
    case .table: .table
    case .function: .function
    case .object(let object): .object(object.boundType.name)
    }
  }
}
