import Foundation
import OrderedCollections

/// The operators on values.
extension Operator {
  /// - Throws: a ``Diagnostic`` at `span`, which covers both operands.
  func apply(_ left: Value, _ right: Value, limits: Limits, at span: SourceSpan) throws -> Value {
    switch self {
    case .equal: return .bool(left == right)
    case .unequal: return .bool(left != right)
    case .contained: return .bool(try contains(right, left, span))
    case .notContained: return .bool(try !contains(right, left, span))
    case .less, .greater, .atMost, .atLeast: return .bool(try compare(left, right, span))
    case .add, .subtract, .multiply, .divide, .floorDivide, .modulo, .power: break
    }
    switch (left, right) {
    case (.int(let a), .int(let b)): return try whole(a, b, span)
    case (.int, .float), (.float, .int), (.float, .float):
      return .float(try number(left.number ?? 0, right.number ?? 0, span))
    case (.quantity, _), (_, .quantity): return try quantity(left, right, span)
    case (.series, _), (_, .series): return try series(left, right, span)
    default: return try container(left, right, limits, span)
    }
  }

  private func mismatch(_ left: Value, _ right: Value, _ span: SourceSpan) -> Diagnostic {
    var fix: String?
    if self == .add {
      if case .string = left { fix = "write \"…\\(value)\" to put a value into a text" }
      if case .string = right { fix = "write \"\\(value)…\" to put a value into a text" }
    }
    return Diagnostic(
      .operands, "'\(rawValue)' does not work on \(left.kindPhrase) and \(right.kindPhrase)", at: span, fix: fix)
  }

  // MARK: Numbers

  private func whole(_ a: Int, _ b: Int, _ span: SourceSpan) throws -> Value {
    let result: (partialValue: Int, overflow: Bool)
    switch self {
    case .add: result = a.addingReportingOverflow(b)
    case .subtract: result = a.subtractingReportingOverflow(b)
    case .multiply: result = a.multipliedReportingOverflow(by: b)
    case .power:
      guard b >= 0 else { return .float(try number(Double(a), Double(b), span)) }
      result = wholePower(a, b)
    case .floorDivide, .modulo:
      guard b != 0 else { throw byZero(span) }
      let (quotient, overflow) = a.dividedReportingOverflow(by: b)
      guard !overflow else {
        result = (0, self == .floorDivide)
        break
      }
      // Rounded down, so that the remainder has the sign of the divisor.
      let remainder = a % b
      let isOff = remainder != 0 && (remainder < 0) != (b < 0)
      return .int(self == .modulo ? remainder + (isOff ? b : 0) : quotient - (isOff ? 1 : 0))
    default: return .float(try number(Double(a), Double(b), span))
    }
    guard !result.overflow else {
      throw Diagnostic(
        .overflow, "\(a) \(rawValue) \(b) is too large for a whole number", at: span, hint: "at most \(Int.max)",
        fix: "write one of them with a decimal point")
    }
    return .int(result.partialValue)
  }

  private func wholePower(_ base: Int, _ exponent: Int) -> (partialValue: Int, overflow: Bool) {
    var (result, factor, left) = (1, base, exponent)
    while left > 0 {
      if left & 1 == 1 {
        let (product, overflow) = result.multipliedReportingOverflow(by: factor)
        guard !overflow else { return (0, true) }
        result = product
      }
      left >>= 1
      guard left > 0 else { break }
      let (square, overflow) = factor.multipliedReportingOverflow(by: factor)
      guard !overflow else { return (0, true) }
      factor = square
    }
    return (result, false)
  }

  private func number(_ a: Double, _ b: Double, _ span: SourceSpan) throws -> Double {
    switch self {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .power: return pow(a, b)
    default:
      guard b != 0 else { throw byZero(span) }
      if self == .divide { return a / b }
      return self == .floorDivide ? (a / b).rounded(.down) : a - b * (a / b).rounded(.down)
    }
  }

  private func byZero(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(.division, "division by zero", at: span, fix: "test the divisor, or write try … else 0")
  }

  /// Quantities of one dimension add and divide; a number scales one; a percentage of a number is a number.
  private func quantity(_ left: Value, _ right: Value, _ span: SourceSpan) throws -> Value {
    switch (left, right) {
    case (.quantity(let a), .quantity(let b)) where a.unit.dimension == b.unit.dimension:
      if self == .divide { return .float(try number(a.base, b.base, span)) }
      guard self == .add || self == .subtract || self == .modulo else { break }
      return .quantity(Quantity(try number(a.amount, b.converted(to: a.unit).amount, span), a.unit))
    case (.quantity(let a), _):
      guard let b = right.number else { break }
      if self == .multiply, a.unit == .percent { return .float(a.base * b) }
      guard self == .multiply || self == .divide else { break }
      return .quantity(Quantity(try number(a.amount, b, span), a.unit))
    case (_, .quantity(let b)):
      guard let a = left.number, self == .multiply else { break }
      return b.unit == .percent ? .float(a * b.base) : .quantity(Quantity(a * b.amount, b.unit))
    default: break
    }
    throw mismatch(left, right, span)
  }

  private func series(_ left: Value, _ right: Value, _ span: SourceSpan) throws -> Value {
    switch (left, right) {
    case (.series(let a), .series(let b)):
      guard a.values.count == b.values.count else {
        throw Diagnostic(
          .operands, "series of \(a.values.count) and \(b.values.count) numbers have no '\(rawValue)'", at: span,
          fix: "cut them to one length, as in a[0..<n]")
      }
      return Value(try elementwise(a.values.count, { a.values[$0] }, { b.values[$0] }, span))
    case (.series(let a), _):
      guard let b = right.number else { break }
      return Value(try elementwise(a.values.count, { a.values[$0] }, { _ in b }, span))
    case (_, .series(let b)):
      guard let a = left.number else { break }
      return Value(try elementwise(b.values.count, { _ in a }, { b.values[$0] }, span))
    default: break
    }
    throw mismatch(left, right, span)
  }

  /// The commonest operators in loops of their own, which the compiler makes vectors of.
  @inline(__always)
  private func elementwise(
    _ count: Int, _ left: (Int) -> Double, _ right: (Int) -> Double, _ span: SourceSpan
  ) throws -> [Double] {
    switch self {
    case .add: (0..<count).map { left($0) + right($0) }
    case .subtract: (0..<count).map { left($0) - right($0) }
    case .multiply: (0..<count).map { left($0) * right($0) }
    default: try (0..<count).map { try number(left($0), right($0), span) }
    }
  }

  // MARK: Texts and containers

  private func container(_ left: Value, _ right: Value, _ limits: Limits, _ span: SourceSpan) throws -> Value {
    switch (self, left, right) {
    case (.add, .string(let a), .string(let b)):
      try bound(a.utf8.count, 1, b.utf8.count, limits, span)
      return .string(a + b)
    case (.add, .list(let a), .list(let b)):
      try bound(a.count, 1, b.count, limits, span)
      var sum = a
      sum.append(contentsOf: b)
      return .list(sum)
    case (.add, .record(var a), .record(let b)):
      for (name, value) in b.fields { a.replace(name, with: value) }
      return .record(a)
    case (.multiply, .string(let a), .int(let count)):
      try bound(a.utf8.count, count, 0, limits, span)
      return .string(String(repeating: a, count: max(count, 0)))
    case (.multiply, .list(let a), .int(let count)):
      try bound(a.count, count, 0, limits, span)
      if a.count == 1, count > 0 { return .list(List(Array(repeating: a[0], count: count), depth: a.depth)) }
      return .list(List(Array((0..<max(count, 0)).map { _ in a.items }.joined()), depth: a.depth))
    default:
      guard let result = try combined(left, right) else { throw mismatch(left, right, span) }
      return result
    }
  }

  /// A sum or product of which an object is a part, or `nil` if there is none.
  private func combined(_ left: Value, _ right: Value) throws -> Value? {
    for (one, other) in [(left, right), (right, left)] {
      guard case .object(let object) = one, let part = object as? any ArithmeticObject else { continue }
      if let result = try self == .add ? part.sum(with: other) : self == .multiply ? part.product(with: other) : nil {
        return result
      }
    }
    return nil
  }

  private func bound(_ size: Int, _ times: Int, _ more: Int, _ limits: Limits, _ span: SourceSpan) throws {
    let (product, overflow) = size.multipliedReportingOverflow(by: max(times, 0))
    guard !overflow, times <= limits.items, product <= limits.items - more else {
      throw Diagnostic(.valueSize, "the result would have more than \(limits.items) items", at: span)
    }
  }

  private func contains(_ container: Value, _ item: Value, _ span: SourceSpan) throws -> Bool {
    switch (container, item) {
    case (.list(let list), _): return list.items.contains(item)
    case (.dictionary(let mapping), _): return mapping.entries[item] != nil
    case (.record(let record), .string(let name)): return record[name] != nil
    case (.string(let text), .string(let part)): return part.isEmpty || text.contains(part)
    case (.series(let series), _):
      return item.number.map { series.values.contains($0) } ?? false
    case (.range(let range), _):
      guard let number = item.number else { return false }
      let index = ((number - range.start) / range.step).rounded()
      return index >= 0 && index < Double(range.count) && range.element(Int(index)).number == number
    default: throw mismatch(item, container, span)
    }
  }

  private func compare(_ left: Value, _ right: Value, _ span: SourceSpan) throws -> Bool {
    guard let isLess = left.isLess(than: right), let isGreater = right.isLess(than: left) else {
      throw mismatch(left, right, span)
    }
    switch self {
    case .less: return isLess
    case .greater: return isGreater
    // NaN is neither less nor greater nor equal.
    case .atMost: return isLess || left == right
    default: return isGreater || left == right
    }
  }
}

extension Operator {
  /// Whether it may work on values of these kinds; where a kind is not known, or other kinds may come in, it may.
  func fits(_ left: ValueType, _ right: ValueType) -> Bool {
    let plain: [ValueType] = [.none, .bool, .int, .number, .string, .function]
    guard plain.contains(left), plain.contains(right) else { return true }
    let isNumeric = [left, right].allSatisfy { $0 == .int || $0 == .number }
    switch self {
    case .equal, .unequal, .contained, .notContained: return true
    case .less, .greater, .atMost, .atLeast: return isNumeric || left == right && [.bool, .string].contains(left)
    case .add: return isNumeric || (left == .string && right == .string)
    case .multiply: return isNumeric || (left == .string && right == .int)
    default: return isNumeric
    }
  }
}

extension Value {
  /// The order of numbers, quantities of one dimension, texts, and lists item by item; `nil` where there is none.
  func isLess(than other: Value) -> Bool? {
    switch (self, other) {
    case (.int(let a), .int(let b)): return a < b
    case (.string(let a), .string(let b)): return a < b
    case (.quantity(let a), .quantity(let b)): return a.unit.dimension == b.unit.dimension ? a.base < b.base : nil
    case (.bool(let a), .bool(let b)): return !a && b
    case (.list(let a), .list(let b)):
      for (x, y) in zip(a.items, b.items) where x != y { return x.isLess(than: y) }
      return a.count < b.count
    default:
      guard let a = number, let b = other.number else { return nil }
      return a < b
    }
  }
}
