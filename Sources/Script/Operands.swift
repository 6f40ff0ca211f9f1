/// What an operator, an index or a call works on. The kinds are told apart when the code is compiled, so that reading a
/// variable or a constant is no call when it runs.
protocol Operand {
  func value(_ machine: inout Machine) throws -> Value
  /// The whole number that it is, if that can be told without running anything else.
  func whole(_ machine: borrowing Machine) -> Int?
}

/// Any expression.
struct AnyOperand: Operand {
  let evaluation: Evaluation

  @inline(__always)
  func value(_ machine: inout Machine) throws -> Value { try evaluation(&machine) }

  @inline(__always)
  func whole(_ machine: borrowing Machine) -> Int? { nil }
}

/// A variable of the running function that no closure shares.
struct SlotOperand: Operand {
  let slot: Int
  /// Where it was written; apart from the slot, since what is captured less often is passed on more quickly.
  private let expression: Expression

  init?(_ expression: Expression, _ compiler: Compiler) {
    guard case .name(let name) = expression.kind, case .slot(let slot)? = name.place,
      case .slot(let slot) = compiler.storage(slot)
    else { return nil }
    (self.slot, self.expression) = (slot, expression)
  }

  @inline(__always)
  func value(_ machine: inout Machine) throws -> Value {
    guard let value = machine[slot] else { throw unassigned }
    return value
  }

  private var unassigned: Diagnostic { Compiler.noValue(expression.span.text, expression.span) }

  @inline(__always)
  func whole(_ machine: borrowing Machine) -> Int? { machine.whole(slot) }
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
  func whole(_ machine: borrowing Machine) -> Int? { number }
}

/// A constant without parts.
struct ConstantOperand: Operand {
  let constant: Value

  init?(_ expression: Expression) {
    guard case .literal(let value) = expression.kind, value.depth == 0 else { return nil }
    constant = value
  }

  @inline(__always)
  func value(_ machine: inout Machine) throws -> Value { constant }

  @inline(__always)
  func whole(_ machine: borrowing Machine) -> Int? { nil }
}

/// `n - 1`, `i + 1`: a variable and a whole number in the source.
struct OffsetOperand: Operand {
  private let slot: Int
  private let offset: Int
  /// For all that is no whole number.
  private let evaluation: Evaluation

  init?(_ expression: Expression, _ compiler: Compiler) {
    guard case .binary(let op, let left, let right) = expression.kind, op == .add || op == .subtract,
      let slot = SlotOperand(left, compiler), let number = WholeOperand(right)?.number
    else { return nil }
    (self.slot, offset) = (slot.slot, op == .add ? number : -number)
    evaluation = compiler.evaluation(expression)
  }

  @inline(__always)
  func value(_ machine: inout Machine) throws -> Value {
    if let number = whole(machine) { return .int(number) }
    return try evaluation(&machine)
  }

  @inline(__always)
  func whole(_ machine: borrowing Machine) -> Int? {
    guard let number = machine.whole(slot) else { return nil }
    let (sum, overflow) = number.addingReportingOverflow(offset)
    return overflow ? nil : sum
  }
}

// MARK: Conditions

/// What decides whether a branch is taken.
protocol Condition {
  func holds(_ machine: inout Machine) throws -> Bool
}

/// Any condition.
struct AnyCondition: Condition {
  let test: Test

  @inline(__always)
  func holds(_ machine: inout Machine) throws -> Bool { try test(&machine) }
}

/// `n < 2`: a variable compared with a whole number in the source.
struct SlotCondition: Condition {
  private let slot: Int
  private let number: Int
  private let op: Operator
  /// For all that is no whole number.
  private let test: Test

  init?(_ expression: Expression, _ compiler: Compiler, _ test: @escaping Test) {
    guard case .binary(let op, let left, let right) = expression.kind, op.isComparison,
      let slot = SlotOperand(left, compiler), let number = WholeOperand(right)?.number
    else { return nil }
    (self.slot, self.number, self.op, self.test) = (slot.slot, number, op, test)
  }

  @inline(__always)
  func holds(_ machine: inout Machine) throws -> Bool {
    guard let value = machine.whole(slot) else { return try test(&machine) }
    switch op {
    case .less: return value < number
    case .greater: return value > number
    case .atMost: return value <= number
    case .atLeast: return value >= number
    case .unequal: return value != number
    default: return value == number
    }
  }
}
