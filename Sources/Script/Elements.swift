import OrderedCollections

/// Items by index or key.
extension List {
  /// The place of an index, negative ones counted from the end.
  func position(of index: Value, at span: SourceSpan) throws -> Int {
    try index.position(among: count, at: span)
  }
}

extension Value {
  /// The place that an index means among so many items, negative ones counted from the end.
  fileprivate func position(among count: Int, at span: SourceSpan) throws -> Int {
    guard case .int(let number) = self else {
      throw Diagnostic(.index, "an index is a whole number, but got \(kindPhrase)", at: span)
    }
    let position = number < 0 ? number + count : number
    guard (0..<count).contains(position) else { throw Diagnostic.outside(number, count, span) }
    return position
  }
}

extension Mapping {
  func missing(_ key: Value, at span: SourceSpan) -> Diagnostic {
    let keys = entries.keys.compactMap { key in if case .string(let text) = key { text } else { nil } }
    var near: String?
    if case .string(let text) = key { near = Nearest.name(to: text, in: keys) }
    return Diagnostic(
      .key, "the dictionary has no key \(key)", at: span,
      hint: near.map { "closest: \"\($0)\"" }
        ?? (keys.isEmpty ? nil : "it has: \(keys.prefix(12).joined(separator: ", "))"),
      fix: near.map { "replace with \"\($0)\"" } ?? "write .get(\(key), default: …)")
  }
}

extension BoundObject {
  /// What `object[0]` is answered.
  fileprivate func withoutItems(at span: SourceSpan) -> Diagnostic {
    let list = boundType.members.first { member in
      guard member.isProperty, case .list = member.result else { return false }
      return true
    }
    return Diagnostic(
      .index, "an object of kind \(boundType.name) has no items of its own", at: span,
      fix: list.map { "write .\($0.name)[…]: \($0.help.lowercased())" }, more: "help(\(boundType.name))")
  }
}

extension Diagnostic {
  static func outside(_ index: Int, _ count: Int, _ span: SourceSpan) -> Diagnostic {
    let items = count == 1 ? "one item" : "\(count) items"
    return Diagnostic(
      .index, "index \(index) is outside; there \(count == 1 ? "is" : "are") \(count == 0 ? "no items" : items)",
      at: span, fix: count == 0 ? nil : "use 0 to \(count - 1), or -1 for the last")
  }
}

extension Value {
  /// `base[index]`: an item, a slice by a range, an entry, a column.
  func element(_ index: Value, at span: SourceSpan) throws -> Value {
    switch (self, index) {
    case (.list(let list), .range(let range)):
      return .list(List(try slice(list.items, range, at: span), depth: list.depth))
    case (.list(let list), _): return list[try list.position(of: index, at: span)]
    case (.series(let series), .range(let range)):
      return Value(try slice(series.values, range, at: span))
    case (.series(let series), _):
      return .float(series.values[try index.position(among: series.values.count, at: span)])
    case (.string(let text), .range(let range)):
      if range.step == 1, range.start >= 0, range.isWhole,
        let start = text.index(text.startIndex, offsetBy: Int(range.start), limitedBy: text.endIndex),
        let end = text.index(start, offsetBy: range.count, limitedBy: text.endIndex)
      {
        return .string(String(text[start..<end]))
      }
      return .string(String(try slice(Array(text), range, at: span)))
    case (.string(let text), _):
      let position = try index.position(among: text.count, at: span)
      return .string(String(text[text.index(text.startIndex, offsetBy: position)]))
    case (.dictionary(let mapping), _):
      guard let value = mapping[index] else { throw mapping.missing(index, at: span) }
      return value
    case (.range(let range), .int(let number)):
      let position = number < 0 ? number + range.count : number
      guard position >= 0, position < range.count else { throw Diagnostic.outside(number, range.count, span) }
      return range.element(position)
    case (.table(let table), .string(let name)):
      guard let column = table.columns[name] else { throw table.missing(name, at: span) }
      return Value(column)
    case (.table(let table), .int):
      return .record(table.row(try index.position(among: table.rowCount, at: span)))
    case (.record(let record), .string(let name)):
      if let value = record[name] { return value }
      throw Diagnostic(.key, "the record has no field \(index)", at: span)
    case (.object(let object), _): throw object.withoutItems(at: span)
    default: throw Diagnostic(.index, "\(kindPhrase) has no items by \(index.kindPhrase)", at: span)
    }
  }

  /// The items of a slice, whose ends must lie inside.
  private func slice<Item>(_ items: [Item], _ range: NumberRange, at span: SourceSpan) throws -> [Item] {
    guard range.count > 0 else { return [] }
    let last = range.start + Double(range.count - 1) * range.step
    for end in [range.start, last] where end < 0 || end >= Double(items.count) {
      throw Diagnostic.outside(Int(end), items.count, span)
    }
    // A run of neighbours is copied at once.
    guard range.step != 1 else { return Array(items[Int(range.start)...Int(last)]) }
    return (0..<range.count).map { items[Int(range.start + Double($0) * range.step)] }
  }
}

extension Table {
  func missing(_ column: String, at span: SourceSpan?) -> Diagnostic {
    let near = Nearest.name(to: column, in: columns.keys)
    return Diagnostic(
      .key, "the table has no column \"\(column)\"", at: span,
      hint: near.map { "closest: \"\($0)\"" } ?? "it has: \(columns.keys.prefix(12).joined(separator: ", "))",
      fix: near.map { "replace with \"\($0)\"" })
  }
}
