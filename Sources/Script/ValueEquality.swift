import Foundation

extension Value: Hashable {
  /// Structural equality; whole and other numbers compare by value, functions and objects by identity.
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.none, .none): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.quantity(let a), .quantity(let b)): a == b
    case (.range(let a), .range(let b)): a == b
    case (.list(let a), .list(let b)): a.items == b.items
    case (.dictionary(let a), .dictionary(let b)): a.entries == b.entries
    case (.record(let a), .record(let b)): a == b
    case (.series(let a), .series(let b)): a.values == b.values
    case (.table(let a), .table(let b)): a.columns == b.columns
    case (.function(let a), .function(let b)): a === b
    case (.object(let a), .object(let b)): a === b
    default: left.number.flatMap { a in right.number.map { a == $0 } } ?? false
    }
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .none: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .int(let value): hasher.combine(Double(value))
    case .float(let value): hasher.combine(value)
    case .string(let value): hasher.combine(value)
    case .quantity(let value): hasher.combine(value)
    case .range(let value): hasher.combine(value)
    case .list(let list): hasher.combine(list.items)
    case .dictionary(let mapping): hasher.combine(mapping.entries)
    case .record(let record): hasher.combine(record)
    case .series(let series): hasher.combine(series.values)
    case .table(let table): hasher.combine(table.columns)
    case .function(let function): hasher.combine(ObjectIdentifier(function))
    case .object(let object): hasher.combine(ObjectIdentifier(object))
    }
  }

  /// What dictionaries ask for: numbers and texts have a quicker hash than ``Hasher``'s.
  ///
  /// Texts are equal if their normal forms are, so those are hashed; a text of plain letters is its own.
  public func _rawHashValue(seed: Int) -> Int {
    var state = UInt64(truncatingIfNeeded: seed)
    switch self {
    case .int(let value): Self.mix(Double(value).bitPattern, into: &state)
    case .float(let value): Self.mix((value == 0 ? 0 : value).bitPattern, into: &state)
    case .string(let text):
      if !Self.mix(text, into: &state) { _ = Self.mix(text.precomposedStringWithCanonicalMapping, into: &state) }
    default:
      var hasher = Hasher()
      hash(into: &hasher)
      Self.mix(UInt64(truncatingIfNeeded: hasher.finalize()), into: &state)
    }
    return Int(truncatingIfNeeded: state ^ state >> 32)
  }

  /// A product of 128 bits folded to 64, so that every bit of the word counts in every bit of the state.
  @inline(__always)
  private static func mix(_ word: UInt64, into state: inout UInt64) {
    let (high, low) = (state ^ word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    state = high ^ low
  }

  /// - Returns: whether the text has plain letters only.
  private static func mix(_ text: String, into state: inout UInt64) -> Bool {
    var (word, seen): (UInt64, UInt8) = (0, 0)
    let bytes = text.utf8Span.span
    for place in bytes.indices {
      let byte = bytes[place]
      word = word << 8 | UInt64(byte)
      seen |= byte
      if place & 7 == 7 { mix(word, into: &state) }
    }
    mix(word, into: &state)
    mix(UInt64(bytes.count), into: &state)
    return seen < 0x80
  }
}
