import OrderedCollections

/// Items by index or key.
extension List {
  /// The place of an index, negative ones counted from the end.
  func position(of index: Value, at span: SourceSpan) throws -> Int {
    guard case .int(let number) = index else {
      throw Diagnostic(.index, "an index is a whole number, but got \(index.kindPhrase)", at: span)
    }
    let position = number < 0 ? number + count : number
    guard indices.contains(position) else { throw Diagnostic.outside(number, count, span) }
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
      return Value(try positions(range, count: list.count, at: span).map { list[$0] })
    case (.list(let list), _): return list[try list.position(of: index, at: span)]
    case (.series(let series), .range(let range)):
      return Value(try positions(range, count: series.values.count, at: span).map { series.values[$0] })
    case (.series(let series), _):
      let list = List(series.values.map { .float($0) })
      return list[try list.position(of: index, at: span)]
    case (.string(let text), .range(let range)):
      let letters = Array(text)
      return .string(String(try positions(range, count: letters.count, at: span).map { letters[$0] }))
    case (.string(let text), _):
      let letters = List(text.map { .string(String($0)) })
      return letters[try letters.position(of: index, at: span)]
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
      let rows = List(table.rows.map { .record($0) })
      return rows[try rows.position(of: index, at: span)]
    case (.record(let record), .string(let name)):
      if let value = record[name] { return value }
      throw Diagnostic(.key, "the record has no field \(index)", at: span)
    default: throw Diagnostic(.index, "\(kindPhrase) has no items by \(index.kindPhrase)", at: span)
    }
  }

  /// The positions of a slice; its ends must lie inside.
  private func positions(_ range: NumberRange, count: Int, at span: SourceSpan) throws -> [Int] {
    guard range.count > 0 else { return [] }
    guard range.isWhole else { throw Diagnostic(.index, "a slice needs whole numbers", at: span) }
    let last = range.start + Double(range.count - 1) * range.step
    for end in [range.start, last] where end < 0 || end >= Double(count) {
      throw Diagnostic.outside(Int(end), count, span)
    }
    return (0..<range.count).map { Int(range.start + Double($0) * range.step) }
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
