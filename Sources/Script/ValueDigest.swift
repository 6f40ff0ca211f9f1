import OrderedCollections
public import Primitives

/// A fingerprint of a value and all that it holds, bit for bit, the same in every process.
///
/// Functions count as their text, objects as whoever asks says.
public struct ValueDigest {
  /// The fingerprint so far.
  public private(set) var fingerprint = Fingerprint()
  private let object: (any BoundObject, inout Fingerprint) -> Void
  private let text: (String) -> String

  /// The digest of a value.
  ///
  /// - Parameters:
  ///   - value: of any kind.
  ///   - text: what a text counts as, such as one without the name of a folder that no two runs share.
  ///   - object: adds what an object is.
  public init(
    _ value: Value, text: @escaping (String) -> String = { $0 },
    object: @escaping (any BoundObject, inout Fingerprint) -> Void
  ) {
    (self.text, self.object) = (text, object)
    add(value)
  }

  // Values nest no deeper than the session's limits allow.
  private mutating func add(_ value: Value) {
    fingerprint.combine(UInt64(value.kind))
    switch value {
    case .none: break
    case .bool(let value): fingerprint.combine(value ? 1 : 0 as UInt64)
    case .int(let value): fingerprint.combine(UInt64(bitPattern: Int64(value)))
    case .float(let value): fingerprint.combine(value)
    case .quantity(let quantity):
      fingerprint.combine(quantity.amount)
      fingerprint.combine(quantity.unit.rawValue)
    case .string(let string): fingerprint.combine(text(string))
    case .range(let range):
      for number in [range.start, range.step, Double(range.count)] { fingerprint.combine(number) }
    case .list(let list): add(list.items)
    case .dictionary(let mapping):
      add(mapping.entries.keys)
      add(mapping.entries.values)
    case .record(let record):
      for name in record.names { fingerprint.combine(name) }
      add(record.values)
    case .series(let series): for number in series.values { fingerprint.combine(number) }
    case .table(let table):
      for (name, values) in table.columns {
        fingerprint.combine(name)
        add(values)
      }
    case .function(let function): fingerprint.combine(function.text)
    case .object(let bound): object(bound, &fingerprint)
    }
  }

  private mutating func add(_ values: some Collection<Value>) {
    fingerprint.combine(UInt64(values.count))
    for value in values { add(value) }
  }
}
