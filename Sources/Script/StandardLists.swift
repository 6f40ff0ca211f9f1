import OrderedCollections
import Primitives

/// The members of lists and ranges, dictionaries and records.
enum StandardLists {
  static let list = BoundType("list", "A list, or a range as one", members: properties + changes + questions)

  private static let properties: [Member] = [
    .property("count", "How many items there are", result: .int) { .int($0.itemCount ?? 0) },
    .property("isEmpty", "Whether there are none", result: .bool) { .bool($0.itemCount == 0) },
    .property("first", "The first item, or none", result: .any) { try end(of: $0, isFirst: true) },
    .property("last", "The last item, or none", result: .any) { try end(of: $0, isFirst: false) },
    .property("min", "The least item, or none", result: .any) { value, context in
      try extreme(context.items(value), context) { $1.isLess(than: $0) }
    },
    .property("max", "The greatest item, or none", result: .any) { value, context in
      try extreme(context.items(value), context) { $0.isLess(than: $1) }
    },
    .property("sum", "The sum of its numbers", result: .any) { try sum($0, $1) },
    .property("mean", "The mean of its numbers; nan of none", result: .number) {
      .float(Statistics.mean(try numbers($0, $1)))
    },
    .property("std", "The standard deviation of its numbers, with divisor n - 1", result: .number) {
      .float(Statistics.deviation(try numbers($0, $1)))
    },
    .property("median", "The middle one of its numbers; nan of none", result: .number) {
      .float(Statistics.quantile(0.5, sorted: try $1.sorted(numbers($0, $1), by: <)))
    },
    .property("reversed", "From the last to the first", result: .list(.any)) { try $1.list($1.items($0).reversed()) },
    .property("unique", "Every item once, where it first stands", result: .list(.any)) {
      var seen = OrderedSet<Value>()
      try $1.forEach($1.items($0)) { seen.append($0) }
      return Value(Array(seen))
    },
    .property("enumerated", "Pairs of a place, from 0, and its item", result: .list(.list(.any))) { value, context in
      Value(try context.map(context.items(value).enumerated()) { Value([.int($0), $1]) })
    },
    .property("flattened", "The items of its items", result: .list(.any)) { value, context in
      try flat(context.items(value), context)
    },
  ]

  private static let changes: [Member] = [
    .function("map", "Another list, item by item", [function], result: .list(.any)) { arguments, context in
      var results: [Value] = []
      try apply(arguments, context) { results.append($1) }
      return Value(results)
    },
    .function("flatMap", "The items of what a function gives for each", [function], result: .list(.any)) {
      arguments, context in
      var results: [Value] = []
      try apply(arguments, context) { results.append($1) }
      return try flat(results, context)
    },
    .function("filter", "The items for which a test holds", [test], result: .list(.any)) { arguments, context in
      var results: [Value] = []
      try apply(arguments, context) { if try truth($1, arguments) { results.append($0) } }
      return Value(results)
    },
    .function(
      "reduce", "One value out of all, taken in from the first to the last",
      [
        Parameter("start", .any, "what to start with"),
        Parameter("function", .function, "called with the value so far and an item", isUnnamed: true),
      ], result: .any, example: "[1, 2, 3].reduce(0) { sum, x in sum + x }"
    ) { arguments, context in
      let function: Function = try arguments["function"]
      var result = arguments.value("start")
      try context.forEach(context.items(arguments.receiver)) { result = try context.call(function, [result, $0]) }
      return result
    },
    .function(
      "sorted", "In order, equal ones as they were",
      [
        Parameter("by", .function, default: .described("the item itself"), "gives what to compare"),
        Parameter("descending", .bool, default: false, "from the greatest to the least"),
      ], result: .list(.any)
    ) { arguments, context in
      let by: Function? = try arguments["by"]
      let items = try context.items(arguments.receiver)
      let keys = if let by { try context.repeating(by) { try context.map(items, $0) } } else { items }
      let sorted = try context.map(order(keys, descending: arguments["descending"], context)) { items[$0] }
      guard case .list(let list) = arguments.receiver else { return Value(sorted) }
      return .list(List(sorted, depth: list.depth))
    },
    joining("joined"), joining("join"),
    .function("take", "The first items", [count], result: .list(.any)) { arguments, context in
      try context.list(context.items(arguments.receiver).prefix(try arguments["count"]))
    },
    .function("drop", "All but the first items", [count], result: .list(.any)) { arguments, context in
      try context.list(context.items(arguments.receiver).dropFirst(try arguments["count"]))
    },
    .function("windows", "Lists of so many neighbours each", [size], result: .list(.list(.any))) {
      arguments, context in
      let (all, size): ([Value], Int) = (try context.items(arguments.receiver), try arguments["size"])
      guard size <= all.count else { return Value([Value]()) }
      return Value(try context.map(0...(all.count - size)) { Value(Array(all[$0..<($0 + size)])) })
    },
    .function("chunks", "Lists of so many items each; the last may be shorter", [size], result: .list(.list(.any))) {
      arguments, context in
      let (all, size): ([Value], Int) = (try context.items(arguments.receiver), try arguments["size"])
      let starts = stride(from: 0, to: all.count, by: size)
      return Value(try context.map(starts) { Value(Array(all[$0..<min($0 + size, all.count)])) })
    },
    .function(
      "zip", "Pairs with the items of another list", [Parameter("other", .list(.any), "the other list")],
      result: .list(.list(.any))
    ) { arguments, context in
      try zipped(arguments.receiver, arguments.value("other"), context)
    },
    .function("group", "Lists of the items that a function gives the same for", [function], result: .dictionary) {
      arguments, context in
      var groups = OrderedDictionary<Value, [Value]>()
      try apply(arguments, context) { groups[$1, default: []].append($0) }
      return .dictionary(Mapping(groups.mapValues { Value($0) }))
    },
  ]

  private static func joining(_ name: String) -> Member {
    .function(
      name, "Its items in one text", [Parameter("separator", .string, default: "", "what stands between")],
      result: .string, example: "[\"a\", \"b\"].\(name)(\", \")"
    ) { arguments, context in
      let (separator, tick): (String, () throws -> Void) = (try arguments["separator"], context.ticker())
      var (text, isFirst) = ("", true)
      try context.forEach(context.items(arguments.receiver)) { item in
        if !isFirst { text += separator }
        isFirst = false
        text += try item.text(tick)
        guard text.utf8.count <= Limits().items else {
          throw Diagnostic(.valueSize, "the text would have more than \(Limits().items) bytes")
        }
      }
      return .string(text)
    }
  }

  private static let questions: [Member] = [
    .function("any", "Whether a test holds for an item", [test], result: .bool) { arguments, context in
      .bool(try find(arguments, context, true))
    },
    .function("all", "Whether a test holds for every item", [test], result: .bool) { arguments, context in
      .bool(try !find(arguments, context, false))
    },
    .function("contains", "Whether it has this item", [item], result: .bool) { arguments, context in
      .bool(try place(arguments, context) != nil)
    },
    .function("index", "The place of an item, from 0, or none", [item], result: .any) { arguments, context in
      try place(arguments, context).map { .int($0) } ?? .none
    },
  ]

  static let dictionary = BoundType(
    "dictionary", "Values by key, in the order in which they were added",
    members: [
      .property("count", "How many entries there are", result: .int) { .int($0.itemCount ?? 0) },
      .property("isEmpty", "Whether there are none", result: .bool) { .bool($0.itemCount == 0) },
      .property("keys", "The keys", result: .list(.any)) { Value(Array(entries($0).keys)) },
      .property("values", "The values", result: .list(.any)) { Value(Array(entries($0).values)) },
      .function(
        "get", "The value of a key, or another if it is not there",
        [Parameter("key", .any, "the key"), Parameter("default", .any, default: .nothing, "what to give then")],
        result: .any
      ) { arguments, _ in entries(arguments.receiver)[arguments.value("key")] ?? arguments.value("default") },
      .function("has", "Whether there is this key", [Parameter("key", .any, "the key")], result: .bool) {
        arguments, _ in .bool(entries(arguments.receiver)[arguments.value("key")] != nil)
      },
      .function(
        "map", "Another dictionary of the same keys",
        [Parameter("function", .function, "called with key and value, gives the new value")], result: .dictionary
      ) { arguments, context in
        let function: Function = try arguments["function"]
        var result = entries(arguments.receiver)
        try context.forEach(result) { key, value in result[key] = try context.call(function, [key, value]) }
        return .dictionary(Mapping(result))
      },
      .function(
        "filter", "The entries for which a test holds",
        [Parameter("test", .function, "called with key and value")], result: .dictionary
      ) { arguments, context in
        let (test, tick): (Function, () throws -> Void) = (try arguments["test"], context.ticker())
        return .dictionary(
          Mapping(
            try entries(arguments.receiver).filter {
              try tick()
              return try truth(context.call(test, [$0.key, $0.value]), arguments)
            }))
      },
      .function(
        "merging", "With the entries of another, which count where both have a key",
        [Parameter("other", .dictionary, "the other dictionary")], result: .dictionary
      ) { arguments, _ in
        let others = entries(arguments.value("other"))
        return .dictionary(Mapping(entries(arguments.receiver).merging(others) { _, new in new }))
      },
      .function("removing", "Without a key", [Parameter("key", .any, "the key")], result: .dictionary) {
        arguments, _ in
        var result = entries(arguments.receiver)
        result[arguments.value("key")] = nil
        return .dictionary(Mapping(result))
      },
    ])

  static let record = BoundType(
    "record", "Named values; a field of the same name hides these members",
    members: [
      .property("keys", "The names of its fields", result: .list(.string)) { value in
        if case .record(let record) = value { Value(record.names) } else { .none }
      },
      .property("values", "The values of its fields", result: .list(.any)) { value in
        if case .record(let record) = value { Value(record.values) } else { .none }
      },
    ])

  // MARK: Parameters

  private static let function = Parameter("function", .function, "called with each item")
  private static let test = Parameter("test", .function, "called with each item, gives true or false")
  private static let count = Parameter("count", .int, limits: 0...0x1p53, "how many")
  private static let size = Parameter("size", .int, limits: 1...0x1p53, "how many")
  private static let item = Parameter("item", .any, "the item")

  // MARK: Parts

  /// The first or last item, without listing a range.
  private static func end(of value: Value, isFirst: Bool) throws -> Value {
    guard case .range(let range) = value else { return (isFirst ? value.items?.first : value.items?.last) ?? .none }
    return range.count == 0 ? .none : range.element(isFirst ? 0 : range.count - 1)
  }

  private static func flat(_ items: [Value], _ context: Context) throws -> Value {
    var results: [Value] = []
    try context.forEach(items) { item in
      if case .list(let list) = item { results += list.items } else { results += item.items ?? [item] }
    }
    return Value(results)
  }

  static func zipped(_ first: Value, _ second: Value, _ context: Context) throws -> Value {
    Value(try context.map(zip(context.items(first), context.items(second))) { Value([$0, $1]) })
  }

  /// Where an item first stands.
  private static func place(_ arguments: Arguments, _ context: Context) throws -> Int? {
    let item = arguments.value("item")
    for (place, other) in try context.items(arguments.receiver).enumerated() {
      if place % 1024 == 0 { try context.checkStop() }
      if item == other { return place }
    }
    return nil
  }

  private static func entries(_ value: Value) -> OrderedDictionary<Value, Value> {
    if case .dictionary(let mapping) = value { mapping.entries } else { [:] }
  }

  /// Every item with what the call's first argument gives for it.
  private static func apply(
    _ arguments: Arguments, _ context: Context, _ body: (Value, Value) throws -> Void
  ) throws {
    let function: Function = try arguments[arguments.parameters.first?.name ?? ""]
    try context.repeating(function) { call in
      try context.forEach(context.items(arguments.receiver)) { try body($0, call($0)) }
    }
  }

  /// Whether the test gives an answer for an item; those after it are not looked at.
  private static func find(_ arguments: Arguments, _ context: Context, _ answer: Bool) throws -> Bool {
    let test: Function = try arguments["test"]
    let tick = context.ticker()
    return try context.repeating(test) { call in
      try context.items(arguments.receiver).contains {
        try tick()
        return try truth(call($0), arguments) == answer
      }
    }
  }

  static func truth(_ value: Value, _ arguments: Arguments) throws -> Bool {
    guard case .bool(let truth) = value else {
      throw arguments.problem("test", "the test gave \(value.kindPhrase) instead of true or false")
    }
    return truth
  }

  static func numbers(_ value: Value, _ context: Context) throws -> [Double] {
    try context.map(context.items(value)) { item in
      guard let number = item.number else {
        throw Diagnostic(.operands, "this works on numbers, but an item is \(item.kindPhrase)")
      }
      return number
    }
  }

  /// Whole if all are; an overflow goes on as a number with decimals.
  static func sum(_ value: Value, _ context: Context) throws -> Value {
    var whole: Int? = 0
    let items = try context.items(value)
    try context.forEach(items) { item in
      guard let sum = whole, case .int(let int) = item else {
        whole = nil
        return
      }
      let (more, overflow) = sum.addingReportingOverflow(int)
      whole = overflow ? nil : more
    }
    if let whole { return .int(whole) }
    return .float(try numbers(value, context).reduce(0, +))
  }

  static func extreme(
    _ values: [Value], _ context: Context, _ isBetter: (Value, Value) -> Bool?
  ) throws -> Value {
    guard var best = values.first else { return .none }
    try context.forEach(values.dropFirst()) { value in
      guard let isBetter = isBetter(best, value) else { throw incomparable(best, value) }
      if isBetter { best = value }
    }
    return best
  }

  /// The places of keys in their order, equal ones as they were.
  static func order(_ keys: [Value], descending: Bool, _ context: Context) throws -> [Int] {
    /// In the order of what all keys have; `nil` if one has it not.
    func order<Key>(
      _ key: (Value) -> Key?, by isLess: ((key: Key, place: Int), (key: Key, place: Int)) -> Bool
    ) throws -> [Int]? {
      guard keys.first.flatMap(key) != nil else { return nil }
      var placed: [(key: Key, place: Int)] = []
      placed.reserveCapacity(keys.count)
      try context.forEach(keys) { value in
        if let key = key(value) { placed.append((key, placed.count)) }
      }
      guard placed.count == keys.count else { return nil }
      return try context.map(context.sorted(placed) { descending ? isLess($1, $0) : isLess($0, $1) }, \.place)
    }
    func number(_ value: Value) -> Double? { if case .float(let number) = value { number } else { nil } }
    func whole(_ value: Value) -> Int? { if case .int(let number) = value { number } else { nil } }
    func head(_ value: Value) -> UInt64? { if case .string(let text) = value { text.head } else { nil } }
    /// The first letters of two texts mostly decide, without a look at the texts.
    func isBefore(_ left: (key: UInt64, place: Int), _ right: (key: UInt64, place: Int)) -> Bool {
      if left.key != right.key { return left.key < right.key }
      return left.key & 0xFF == 8 && keys[left.place].text < keys[right.place].text
    }
    if let places = try order(number, by: { $0.key < $1.key }) { return places }
    if let places = try order(whole, by: { $0.key < $1.key }) { return places }
    if let places = try order(head, by: isBefore) { return places }
    return try context.sorted(Array(keys.indices)) { left, right in
      let (first, second) = descending ? (keys[right], keys[left]) : (keys[left], keys[right])
      guard let isLess = first.isLess(than: second) else { throw incomparable(keys[left], keys[right]) }
      return isLess
    }
  }

  private static func incomparable(_ left: Value, _ right: Value) -> Diagnostic {
    Diagnostic(.operands, "\(left.kindPhrase) and \(right.kindPhrase) have no order")
  }
}

extension String {
  /// The first seven letters, and how many there are, or 8 of more, as one number in whose order such beginnings stand;
  /// `nil` of a text that has others than the letters of ASCII, whose order is not that of their bytes.
  fileprivate var head: UInt64? {
    var (head, seen): (UInt64, UInt8) = (0, 0)
    let bytes = utf8Span.span
    for place in bytes.indices {
      seen |= bytes[place]
      if place < 7 { head |= UInt64(bytes[place]) << UInt64(56 - 8 * place) }
    }
    return seen < 0x80 ? head | UInt64(min(bytes.count, 8)) : nil
  }
}
