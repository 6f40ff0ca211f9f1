/// Operators on two values: quick for numbers, and what ``Operator`` says for all else.
extension Compiler {
  func binary(_ op: Operator, _ left: Expression, _ right: Expression, _ span: SourceSpan) -> Evaluation {
    switch op {
    case .add: return arithmetic(Adding.self, op, left, right, span)
    case .subtract: return arithmetic(Subtracting.self, op, left, right, span)
    case .multiply: return arithmetic(Multiplying.self, op, left, right, span)
    case .divide: return arithmetic(Dividing.self, op, left, right, span)
    case .modulo: return arithmetic(Remaining.self, op, left, right, span)
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
    case .equal: compare(Equal.self, op, left, right, span)
    case .unequal: compare(Unequal.self, op, left, right, span)
    case .less: compare(Less.self, op, left, right, span)
    case .greater: compare(Greater.self, op, left, right, span)
    case .atMost: compare(AtMost.self, op, left, right, span)
    case .atLeast: compare(AtLeast.self, op, left, right, span)
    case .contained: contained(left, right, span)
    default: nil
    }
  }

  private func contained(_ item: Expression, _ container: Expression, _ span: SourceSpan) -> Test {
    let (item, container, limits) = (evaluation(item), evaluation(container), interpreter.limits)
    return { machine in
      let key = try item(&machine)
      let whole = try container(&machine)
      if case .dictionary(let mapping) = whole { return mapping.has(key) }
      return try Operator.contained.apply(key, whole, limits: limits, at: span) == .bool(true)
    }
  }

  // The kinds of operands are told apart once, so that reading a variable or a constant is no call.

  private func arithmetic<Kind: Arithmetic>(
    _ kind: Kind.Type, _ op: Operator, _ left: Expression, _ right: Expression, _ span: SourceSpan
  ) -> Evaluation {
    if let slot = SlotOperand(left, self) { return arithmetic(kind, op, slot, right, span) }
    return arithmetic(kind, op, AnyOperand(evaluation: evaluation(left)), right, span)
  }

  private func arithmetic<Kind: Arithmetic, Left: Operand>(
    _ kind: Kind.Type, _ op: Operator, _ left: Left, _ right: Expression, _ span: SourceSpan
  ) -> Evaluation {
    if let slot = SlotOperand(right, self) { return arithmetic(kind, op, left, slot, span) }
    if let constant = WholeOperand(right) { return arithmetic(kind, op, left, constant, span) }
    return arithmetic(kind, op, left, AnyOperand(evaluation: evaluation(right)), span)
  }

  private func arithmetic<Kind: Arithmetic, Left: Operand, Right: Operand>(
    _ kind: Kind.Type, _ op: Operator, _ left: Left, _ right: Right, _ span: SourceSpan
  ) -> Evaluation {
    let interpreter = interpreter
    return { machine in
      if let a = left.whole(machine), let b = right.whole(machine), let result = Kind.whole(a, b) { return result }
      let a = try left.value(&machine)
      let b = try right.value(&machine)
      if let result = Kind.quick(a, b) { return result }
      return try interpreter.bounded(op.apply(a, b, limits: interpreter.limits, at: span), span)
    }
  }

  private func compare<Kind: Comparison>(
    _ kind: Kind.Type, _ op: Operator, _ left: Expression, _ right: Expression, _ span: SourceSpan
  ) -> Test {
    if let slot = SlotOperand(left, self) { return compare(kind, op, slot, right, span) }
    return compare(kind, op, AnyOperand(evaluation: evaluation(left)), right, span)
  }

  private func compare<Kind: Comparison, Left: Operand>(
    _ kind: Kind.Type, _ op: Operator, _ left: Left, _ right: Expression, _ span: SourceSpan
  ) -> Test {
    if let slot = SlotOperand(right, self) { return compare(kind, op, left, slot, span) }
    if let constant = WholeOperand(right) { return compare(kind, op, left, constant, span) }
    return compare(kind, op, left, AnyOperand(evaluation: evaluation(right)), span)
  }

  private func compare<Kind: Comparison, Left: Operand, Right: Operand>(
    _ kind: Kind.Type, _ op: Operator, _ left: Left, _ right: Right, _ span: SourceSpan
  ) -> Test {
    let limits = interpreter.limits
    return { machine in
      if let a = left.whole(machine), let b = right.whole(machine) { return Kind.holds(a, b) }
      let a = try left.value(&machine)
      let b = try right.value(&machine)
      if let result = Kind.quick(a, b) { return result }
      if case .bool(true) = try op.apply(a, b, limits: limits, at: span) { return true }
      return false
    }
  }
}

extension Operator {
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

// MARK: Operands

protocol Operand {
  func value(_ machine: inout Machine) throws -> Value
  /// The whole number that it is, if that can be told without evaluating anything.
  func whole(_ machine: Machine) -> Int?
}

struct AnyOperand: Operand {
  let evaluation: Evaluation

  @inline(__always)
  func value(_ machine: inout Machine) throws -> Value { try evaluation(&machine) }

  @inline(__always)
  func whole(_ machine: Machine) -> Int? { nil }
}

/// A variable of the running function that no closure shares.
struct SlotOperand: Operand {
  let slot: Int
  let name: String
  let span: SourceSpan

  init?(_ expression: Expression, _ compiler: Compiler) {
    guard case .name(let name) = expression.kind, case .slot(let slot)? = name.place,
      case .slot(let slot) = compiler.storage(slot)
    else { return nil }
    (self.slot, self.name, span) = (slot, name.name, expression.span)
  }

  @inline(__always)
  func value(_ machine: inout Machine) throws -> Value {
    guard let value = machine[slot] else { throw Compiler.noValue(name, span) }
    return value
  }

  @inline(__always)
  func whole(_ machine: Machine) -> Int? { machine.whole(slot) }
}

/// A whole number in the source.
struct WholeOperand: Operand {
  let number: Int

  init?(_ expression: Expression) {
    guard case .literal(.int(let number)) = expression.kind else { return nil }
    self.number = number
  }

  @inline(__always)
  func value(_ machine: inout Machine) throws -> Value { .int(number) }

  @inline(__always)
  func whole(_ machine: Machine) -> Int? { number }
}

// MARK: Kinds

/// Arithmetic on plain numbers; `nil` where ``Operator`` has to look closer, as at an overflow.
protocol Arithmetic {
  static func whole(_ a: Int, _ b: Int) -> Value?
  static func real(_ a: Double, _ b: Double) -> Value?
}

extension Arithmetic {
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

/// A comparison of plain numbers; `nil` of other values.
protocol Comparison {
  static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool
}

extension Comparison {
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
