/// A message of Protocol Buffers being written, field by field in the order of their numbers.
///
/// Source: *Protocol Buffers, Encoding*: a field is its number times eight plus its kind, then its content. As other writers of
/// its third version do, a number or text that is zero or empty is left out, for so it is read.
struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  init() {}

  /// A message made by a function that adds its fields.
  init(_ fill: (inout ProtocolBuffer) -> Void) { fill(&self) }

  private mutating func add(number: UInt64) {
    var rest = number
    while rest >= 128 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func add(key field: Int, kind: UInt64) { add(number: UInt64(field) << 3 | kind) }

  /// A whole number.
  mutating func add(_ field: Int, _ value: Int) {
    guard value != 0 else { return }
    add(key: field, kind: 0)
    add(number: UInt64(bitPattern: Int64(value)))
  }

  /// A number of 64 bits.
  ///
  /// - Parameter isChosen: whether it is one of several that a message can have, and stands even if it is zero.
  mutating func add(_ field: Int, _ value: Double, isChosen: Bool = false) {
    guard value.bitPattern != 0 || isChosen else { return }
    add(key: field, kind: 1)
    for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64(shift)))) }
  }

  /// A truth value that is one of several that a message can have.
  mutating func add(_ field: Int, chosen value: Bool) {
    add(key: field, kind: 0)
    bytes.append(value ? 1 : 0)
  }

  /// Numbers of 32 bits, one after the other.
  mutating func add(_ field: Int, packed values: [Float]) {
    add(key: field, kind: 2)
    add(number: UInt64(4 * values.count))
    for value in values {
      for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32(shift)))) }
    }
  }

  /// Bytes.
  mutating func add(_ field: Int, bytes content: some Collection<UInt8>) {
    add(key: field, kind: 2)
    add(number: UInt64(content.count))
    bytes += content
  }

  /// A text.
  mutating func add(_ field: Int, _ text: String) { if !text.isEmpty { add(field, bytes: Array(text.utf8)) } }

  /// A message inside this one; it stands even if it is empty.
  mutating func add(_ field: Int, _ fill: (inout ProtocolBuffer) -> Void) {
    add(field, bytes: ProtocolBuffer(fill).bytes)
  }
}
