import OrderedCollections

extension Value {
  /// What `for` goes through: the items of a list, a range or a series, the entries of a dictionary as records, the
  /// characters of a text, the rows of a table; `nil` of anything else, and of ranges beyond ten million.
  public var items: [Value]? {
    switch self {
    case .list(let list): list.items
    case .range(let range): range.count <= Limits().items ? (0..<range.count).map(range.element) : nil
    case .series(let series): series.values.map { .float($0) }
    case .string(let text): text.map { .string(String($0)) }
    case .table(let table): table.rows.map { .record($0) }
    case .dictionary(let mapping):
      mapping.entries.map { key, value in Value(record: ["key": key, "value": value]) }
    default: nil
    }
  }

  /// How many items there are, or `nil` if it has none.
  var itemCount: Int? {
    switch self {
    case .list(let list): list.count
    case .range(let range): range.count
    case .series(let series): series.values.count
    case .string(let text): text.count
    case .table(let table): table.rowCount
    case .dictionary(let mapping): mapping.entries.count
    default: nil
    }
  }
}
