/// Passes over many items that a request to stop ends in their midst: every so many they look at the stop token and at
/// the budget, as a loop of the language does at every turn.
extension Context {
  private static var stride: Int { 1024 }

  /// Does something with every item.
  func forEach<Items: Sequence>(_ items: Items, _ body: (Items.Element) throws -> Void) throws {
    var count = 0
    for item in items {
      if count % Self.stride == 0 { try checkStop() }
      count += 1
      try body(item)
    }
  }

  /// What to call at every item of a pass that is no loop of these.
  func ticker() -> () throws -> Void {
    var count = 0
    return {
      if count % Self.stride == 0 { try checkStop() }
      count += 1
    }
  }

  /// A pass in which a function of the language is called with one item after the other.
  func repeating<Result>(
    _ function: Function, _ pass: ((Value) throws -> Value) throws -> Result
  ) throws -> Result {
    try interpreter.repeating(function, pass)
  }

  /// What a function makes of every item.
  func map<Items: Sequence, Result>(
    _ items: Items, _ transform: (Items.Element) throws -> Result
  ) throws -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(items.underestimatedCount)
    try forEach(items) { results.append(try transform($0)) }
    return results
  }

  /// In order, equal ones as they were.
  func sorted<Item>(_ items: [Item], by isLess: (Item, Item) throws -> Bool) throws -> [Item] {
    var count = 0
    return try items.sorted { left, right in
      if count % Self.stride == 0 { try checkStop() }
      count += 1
      return try isLess(left, right)
    }
  }

  /// A list of values.
  func list<Items: Sequence<Value>>(_ items: Items) throws -> Value { .list(List(try map(items) { $0 })) }

  /// The items of a value, as ``Value/items``.
  ///
  /// - Throws: a ``Diagnostic`` if it has none, or too many.
  func items(_ value: Value) throws -> [Value] {
    switch value {
    case .list(let list): return list.items
    case .range(let range) where range.count <= Limits().items: return try map(0..<range.count, range.element)
    case .series(let series): return try map(series.values) { .float($0) }
    case .string(let text): return try map(text) { .string(String($0)) }
    case .table(let table):
      let row = table.reader
      return try map(0..<table.rowCount) { .record(row($0)) }
    default: break
    }
    guard let items = value.items else {
      throw Diagnostic(.valueSize, "\(value.kindPhrase) has too many items to list", fix: "take a part of it")
    }
    return items
  }
}
