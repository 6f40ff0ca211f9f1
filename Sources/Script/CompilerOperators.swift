/// Operators on two values: quick for numbers, and what ``Operator`` says for all else.
extension Compiler {
  func binary(_ op: Operator, _ left: Expression, _ right: Expression, _ span: SourceSpan) -> Evaluation {
    switch op {
    case .add: return combine(Adding.self, op, left, right, span).evaluation
    case .subtract: return combine(Subtracting.self, op, left, right, span).evaluation
    case .multiply: return combine(Multiplying.self, op, left, right, span).evaluation
    case .divide: return combine(Dividing.self, op, left, right, span).evaluation
    case .modulo: return combine(Remaining.self, op, left, right, span).evaluation
    case .floorDivide, .power, .contained, .notContained:
      let (interpreter, left, right) = (interpreter, evaluation(left), evaluation(right))
      return { machine in
        let left = try left(&machine)
        return try interpreter.bounded(
          op.apply(left, right(&machine), limits: interpreter.limits, at: span), span)
      }
    case .equal, .unequal, .less, .greater, .atMost, .atLeast:
      guard let holds = comparison(op, left, right, span) else { return { _ in .none } }
      return { machine in .bool(try holds(&machine)) }
    }
  }

  /// A comparison as a condition; `nil` of other operators.
  func comparison(_ op: Operator, _ left: Expression, _ right: Expression, _ span: SourceSpan) -> Test? {
    switch op {
    case .equal: combine(Equal.self, op, left, right, span).test
    case .unequal: combine(Unequal.self, op, left, right, span).test
    case .less: combine(Less.self, op, left, right, span).test
    case .greater: combine(Greater.self, op, left, right, span).test
    case .atMost: combine(AtMost.self, op, left, right, span).test
    case .atLeast: combine(AtLeast.self, op, left, right, span).test
    case .contained: contained(left, right, span)
    default: nil
    }
  }

  private func contained(_ item: Expression, _ container: Expression, _ span: SourceSpan) -> Test {
    let (item, limits, slot) = (evaluation(item), interpreter.limits, SlotOperand(container, self)?.slot)
    let container = evaluation(container)
    return { machine in
      let key = try item(&machine)
      if let slot, let answer = machine.has(slot, key) { return answer }
      let whole = try container(&machine)
      if case .dictionary(let mapping) = whole { return mapping.has(key) }
      return try Operator.contained.apply(key, whole, limits: limits, at: span) == .bool(true)
    }
  }

  private func combine<Kind: Combining>(
    _ kind: Kind.Type, _ op: Operator, _ left: Expression, _ right: Expression, _ span: SourceSpan
  ) -> Kind.Code {
    if let slot = SlotOperand(left, self) { return combine(kind, op, slot, right, span) }
    return combine(kind, op, AnyOperand(evaluation: evaluation(left)), right, span)
  }

  private func combine<Kind: Combining, Left: Operand>(
    _ kind: Kind.Type, _ op: Operator, _ left: Left, _ right: Expression, _ span: SourceSpan
  ) -> Kind.Code {
    let slowly = SlowOperator(op: op, interpreter: interpreter, span: span)
    if let slot = SlotOperand(right, self) { return Kind.code(left, slot, slowly) }
    if let constant = WholeOperand(right) { return Kind.code(left, constant, slowly) }
    return Kind.code(left, AnyOperand(evaluation: evaluation(right)), slowly)
  }
}

/// An operator on values that are no plain numbers.
final class SlowOperator {
  let op: Operator
  let interpreter: Interpreter
  let span: SourceSpan

  init(op: Operator, interpreter: Interpreter, span: SourceSpan) {
    (self.op, self.interpreter, self.span) = (op, interpreter, span)
  }

  func apply(_ left: Value, _ right: Value) throws -> Value {
    try interpreter.bounded(op.apply(left, right, limits: interpreter.limits, at: span), span)
  }
}

extension Operator {
  var isComparison: Bool {
    switch self {
    case .equal, .unequal, .less, .greater, .atMost, .atLeast: true
    default: false
    }
  }

  /// The result on plain numbers; `nil` where ``apply(_:_:limits:at:)`` has to look closer.
  @inline(__always)
  func quick(_ left: Value, _ right: Value) -> Value? {
    switch self {
    case .add: Adding.quick(left, right)
    case .subtract: Subtracting.quick(left, right)
    case .multiply: Multiplying.quick(left, right)
    case .divide: Dividing.quick(left, right)
    default: nil
    }
  }
}

extension Value {
  @inline(__always)
  var isPlainNumber: Bool {
    switch self {
    case .int, .float: true
    default: false
    }
  }
}

// MARK: Kinds

/// What an operator makes of two values: arithmetic a value, a comparison a truth.
protocol Combining {
  associatedtype Result
  /// What is compiled; a struct around a closure, since one that stands alone would be called by way of another.
  associatedtype Code
  /// The result on whole numbers; `nil` where ``Operator`` has to look closer, as at an overflow.
  static func whole(_ a: Int, _ b: Int) -> Result?
  /// The result on plain numbers; `nil` of all else.
  static func quick(_ a: Value, _ b: Value) -> Result?
  /// What ``Operator`` found.
  static func result(_ value: Value) -> Result
  static func code(_ left: some Operand, _ right: some Operand, _ slowly: SlowOperator) -> Code
}

extension Combining {
  @inline(__always)
  static func run(
    _ left: some Operand, _ right: some Operand, _ slowly: SlowOperator, _ machine: inout Machine
  ) throws -> Result {
    if let a = left.whole(machine), let b = right.whole(machine), let result = whole(a, b) { return result }
    let a = try left.value(&machine)
    let b = try right.value(&machine)
    if let result = quick(a, b) { return result }
    return result(try slowly.apply(a, b))
  }
}

protocol Arithmetic: Combining where Result == Value, Code == AnyOperand {
  static func real(_ a: Double, _ b: Double) -> Value?
}

extension Arithmetic {
  @inline(__always) static func result(_ value: Value) -> Value { value }

  static func code(_ left: some Operand, _ right: some Operand, _ slowly: SlowOperator) -> AnyOperand {
    AnyOperand { machine in try run(left, right, slowly, &machine) }
  }

  @inline(__always)
  static func quick(_ a: Value, _ b: Value) -> Value? {
    switch (a, b) {
    case (.int(let a), .int(let b)): whole(a, b)
    case (.float(let a), .float(let b)): real(a, b)
    case (.float(let a), .int(let b)): real(a, Double(b))
    case (.int(let a), .float(let b)): real(Double(a), b)
    default: nil
    }
  }
}

enum Adding: Arithmetic {
  @inline(__always) static func whole(_ a: Int, _ b: Int) -> Value? {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : .int(sum)
  }
  @inline(__always) static func real(_ a: Double, _ b: Double) -> Value? { .float(a + b) }
}

enum Subtracting: Arithmetic {
  @inline(__always) static func whole(_ a: Int, _ b: Int) -> Value? {
    let (difference, overflow) = a.subtractingReportingOverflow(b)
    return overflow ? nil : .int(difference)
  }
  @inline(__always) static func real(_ a: Double, _ b: Double) -> Value? { .float(a - b) }
}

enum Multiplying: Arithmetic {
  @inline(__always) static func whole(_ a: Int, _ b: Int) -> Value? {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : .int(product)
  }
  @inline(__always) static func real(_ a: Double, _ b: Double) -> Value? { .float(a * b) }
}

enum Dividing: Arithmetic {
  @inline(__always) static func whole(_ a: Int, _ b: Int) -> Value? { real(Double(a), Double(b)) }
  @inline(__always) static func real(_ a: Double, _ b: Double) -> Value? { b == 0 ? nil : .float(a / b) }
}

enum Remaining: Arithmetic {
  @inline(__always) static func whole(_ a: Int, _ b: Int) -> Value? {
    // Rounded down, so that the remainder has the sign of the divisor.
    guard b > 0 else { return nil }
    let remainder = a % b
    return .int(remainder < 0 ? remainder + b : remainder)
  }
  @inline(__always) static func real(_ a: Double, _ b: Double) -> Value? { nil }
}

protocol Comparison: Combining where Result == Bool, Code == AnyCondition {
  static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool
}

extension Comparison {
  @inline(__always) static func whole(_ a: Int, _ b: Int) -> Bool? { holds(a, b) }
  @inline(__always) static func result(_ value: Value) -> Bool { value == .bool(true) }

  static func code(_ left: some Operand, _ right: some Operand, _ slowly: SlowOperator) -> AnyCondition {
    AnyCondition { machine in try run(left, right, slowly, &machine) }
  }

  @inline(__always)
  static func quick(_ a: Value, _ b: Value) -> Bool? {
    switch (a, b) {
    case (.int(let a), .int(let b)): holds(a, b)
    case (.float(let a), .float(let b)): holds(a, b)
    case (.float(let a), .int(let b)): holds(a, Double(b))
    case (.int(let a), .float(let b)): holds(Double(a), b)
    default: nil
    }
  }
}

enum Equal: Comparison {
  @inline(__always) static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a == b }
}

enum Unequal: Comparison {
  @inline(__always) static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a != b }
}

enum Less: Comparison {
  @inline(__always) static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a < b }
}

enum Greater: Comparison {
  @inline(__always) static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a > b }
}

enum AtMost: Comparison {
  @inline(__always) static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a <= b }
}

enum AtLeast: Comparison {
  @inline(__always) static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a >= b }
}
