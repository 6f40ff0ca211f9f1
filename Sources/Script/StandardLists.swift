import OrderedCollections
import Primitives

/// The members of lists and ranges, dictionaries and records.
enum StandardLists {
  static let list = BoundType("list", "A list, or a range as one", members: properties + changes + questions)

  private static let properties: [Member] = [
    .property("count", "How many items there are", result: .int) { .int($0.itemCount ?? 0) },
    .property("isEmpty", "Whether there are none", result: .bool) { .bool($0.itemCount == 0) },
    .property("first", "The first item, or none", result: .any) { try items($0).first ?? .none },
    .property("last", "The last item, or none", result: .any) { try items($0).last ?? .none },
    .property("min", "The least item, or none", result: .any) { value in
      try extreme(items(value)) { $1.isLess(than: $0) }
    },
    .property("max", "The greatest item, or none", result: .any) { value in
      try extreme(items(value)) { $0.isLess(than: $1) }
    },
    .property("sum", "The sum of its numbers", result: .any) { try sum($0) },
    .property("mean", "The mean of its numbers; nan of none", result: .number) {
      .float(Statistics.mean(try numbers($0)))
    },
    .property("std", "The standard deviation of its numbers, with divisor n - 1", result: .number) {
      .float(Statistics.deviation(try numbers($0)))
    },
    .property("median", "The middle one of its numbers; nan of none", result: .number) {
      .float(Statistics.quantile(0.5, sorted: try numbers($0).sorted()))
    },
    .property("reversed", "From the last to the first", result: .list(.any)) { Value(try items($0).reversed()) },
    .property("unique", "Every item once, where it first stands", result: .list(.any)) {
      Value(Array(OrderedSet(try items($0))))
    },
    .property("enumerated", "Pairs of a place, from 0, and its item", result: .list(.list(.any))) {
      Value(try items($0).enumerated().map { Value([.int($0), $1]) })
    },
    .property("flattened", "The items of its items", result: .list(.any)) { value in
      Value(try items(value).flatMap { $0.items ?? [$0] })
    },
  ]

  private static let changes: [Member] = [
    .function("map", "Another list, item by item", [function], result: .list(.any)) { arguments, context in
      Value(try apply(arguments, context).map(\.1))
    },
    .function("flatMap", "The items of what a function gives for each", [function], result: .list(.any)) {
      arguments, context in Value(try apply(arguments, context).flatMap { $1.items ?? [$1] })
    },
    .function("filter", "The items for which a test holds", [test], result: .list(.any)) { arguments, context in
      Value(try apply(arguments, context).filter { try truth($0.1, arguments) }.map(\.0))
    },
    .function(
      "reduce", "One value out of all, taken in from the first to the last",
      [
        Parameter("start", .any, "what to start with"),
        Parameter("function", .function, "called with the value so far and an item", isUnnamed: true),
      ], result: .any, example: "[1, 2, 3].reduce(0) { sum, x in sum + x }"
    ) { arguments, context in
      let function: Function = try arguments["function"]
      return try items(arguments.receiver).reduce(arguments.value("start")) { sum, item in
        try context.checkStop()
        return try context.call(function, [sum, item])
      }
    },
    .function(
      "sorted", "In order, equal ones as they were",
      [
        Parameter("by", .function, default: .described("the item itself"), "gives what to compare"),
        Parameter("descending", .bool, default: false, "from the greatest to the least"),
      ], result: .list(.any)
    ) { arguments, context in
      let by: Function? = try arguments["by"]
      let items = try items(arguments.receiver)
      let keys = if let by { try items.map { try context.call(by, [$0]) } } else { items }
      return Value(try order(keys, descending: try arguments["descending"]).map { items[$0] })
    },
    joining("joined"), joining("join"),
    .function("take", "The first items", [count], result: .list(.any)) { arguments, _ in
      Value(Array(try items(arguments.receiver).prefix(try arguments["count"])))
    },
    .function("drop", "All but the first items", [count], result: .list(.any)) { arguments, _ in
      Value(Array(try items(arguments.receiver).dropFirst(try arguments["count"])))
    },
    .function("windows", "Lists of so many neighbours each", [size], result: .list(.list(.any))) { arguments, _ in
      let (all, size): ([Value], Int) = (try items(arguments.receiver), try arguments["size"])
      guard size <= all.count else { return Value([Value]()) }
      return Value((0...(all.count - size)).map { Value(Array(all[$0..<($0 + size)])) })
    },
    .function("chunks", "Lists of so many items each; the last may be shorter", [size], result: .list(.list(.any))) {
      arguments, _ in
      let (all, size): ([Value], Int) = (try items(arguments.receiver), try arguments["size"])
      return Value(stride(from: 0, to: all.count, by: size).map { Value(Array(all[$0..<min($0 + size, all.count)])) })
    },
    .function(
      "zip", "Pairs with the items of another list", [Parameter("other", .list(.any), "the other list")],
      result: .list(.list(.any))
    ) { arguments, _ in
      Value(zip(try items(arguments.receiver), try arguments["other"] as [Value]).map { Value([$0, $1]) })
    },
    .function("group", "Lists of the items that a function gives the same for", [function], result: .dictionary) {
      arguments, context in
      var groups = OrderedDictionary<Value, [Value]>()
      for (item, key) in try apply(arguments, context) { groups[key, default: []].append(item) }
      return .dictionary(Mapping(groups.mapValues { Value($0) }))
    },
  ]

  private static func joining(_ name: String) -> Member {
    .function(
      name, "Its items in one text", [Parameter("separator", .string, default: "", "what stands between")],
      result: .string, example: "[\"a\", \"b\"].\(name)(\", \")"
    ) { arguments, _ in
      .string(try items(arguments.receiver).map(\.text).joined(separator: try arguments["separator"]))
    }
  }

  private static let questions: [Member] = [
    .function("any", "Whether a test holds for an item", [test], result: .bool) { arguments, context in
      .bool(try apply(arguments, context).contains { try truth($0.1, arguments) })
    },
    .function("all", "Whether a test holds for every item", [test], result: .bool) { arguments, context in
      .bool(try apply(arguments, context).allSatisfy { try truth($0.1, arguments) })
    },
    .function("contains", "Whether it has this item", [item], result: .bool) { arguments, _ in
      .bool(try items(arguments.receiver).contains(arguments.value("item")))
    },
    .function("index", "The place of an item, from 0, or none", [item], result: .any) { arguments, _ in
      try items(arguments.receiver).firstIndex(of: arguments.value("item")).map { .int($0) } ?? .none
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
        for (key, value) in result { result[key] = try context.call(function, [key, value]) }
        return .dictionary(Mapping(result))
      },
      .function(
        "filter", "The entries for which a test holds",
        [Parameter("test", .function, "called with key and value")], result: .dictionary
      ) { arguments, context in
        let test: Function = try arguments["test"]
        return .dictionary(
          Mapping(
            try entries(arguments.receiver).filter { try truth(context.call(test, [$0.key, $0.value]), arguments) }))
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
        if case .record(let record) = value { Value(Array(record.fields.keys)) } else { .none }
      },
      .property("values", "The values of its fields", result: .list(.any)) { value in
        if case .record(let record) = value { Value(Array(record.fields.values)) } else { .none }
      },
    ])

  // MARK: Parameters

  private static let function = Parameter("function", .function, "called with each item")
  private static let test = Parameter("test", .function, "called with each item, gives true or false")
  private static let count = Parameter("count", .int, limits: 0...0x1p53, "how many")
  private static let size = Parameter("size", .int, limits: 1...0x1p53, "how many")
  private static let item = Parameter("item", .any, "the item")

  // MARK: Parts

  static func items(_ value: Value) throws -> [Value] {
    guard let items = value.items else {
      throw Diagnostic(.valueSize, "\(value.kindPhrase) has too many items to list", fix: "take a part of it")
    }
    return items
  }

  private static func entries(_ value: Value) -> OrderedDictionary<Value, Value> {
    if case .dictionary(let mapping) = value { mapping.entries } else { [:] }
  }

  /// Every item with what the call's first argument gives for it.
  private static func apply(_ arguments: Arguments, _ context: Context) throws -> [(Value, Value)] {
    guard let name = arguments.parameters.first?.name else { return [] }
    let function: Function = try arguments[name]
    return try items(arguments.receiver).map { item in
      try context.checkStop()
      return (item, try context.call(function, [item]))
    }
  }

  static func truth(_ value: Value, _ arguments: Arguments) throws -> Bool {
    guard case .bool(let truth) = value else {
      throw arguments.problem("test", "the test gave \(value.kindPhrase) instead of true or false")
    }
    return truth
  }

  static func numbers(_ value: Value) throws -> [Double] {
    try items(value).map { item in
      guard let number = item.number else {
        throw Diagnostic(.operands, "this works on numbers, but an item is \(item.kindPhrase)")
      }
      return number
    }
  }

  /// Whole if all are; an overflow goes on as a number with decimals.
  static func sum(_ value: Value) throws -> Value {
    var whole = 0
    for item in try items(value) {
      guard case .int(let int) = item else { return .float(try numbers(value).reduce(0, +)) }
      let (sum, overflow) = whole.addingReportingOverflow(int)
      guard !overflow else { return .float(try numbers(value).reduce(0, +)) }
      whole = sum
    }
    return .int(whole)
  }

  static func extreme(_ values: [Value], _ isBetter: (Value, Value) -> Bool?) throws -> Value {
    guard var best = values.first else { return .none }
    for value in values.dropFirst() {
      guard let isBetter = isBetter(best, value) else { throw incomparable(best, value) }
      if isBetter { best = value }
    }
    return best
  }

  /// The places of keys in their order, equal ones as they were.
  static func order(_ keys: [Value], descending: Bool) throws -> [Int] {
    func all<Key>(_ key: (Value) -> Key?) -> [Key]? {
      var result: [Key] = []
      result.reserveCapacity(keys.count)
      for value in keys {
        guard let found = key(value) else { return nil }
        result.append(found)
      }
      return result
    }
    if let keys = all({ if case .float(let key) = $0 { key } else { nil } }) { return order(keys, descending) }
    if let keys = all({ if case .int(let key) = $0 { key } else { nil } }) { return order(keys, descending) }
    if let keys = all({ if case .string(let key) = $0 { key } else { nil } }) { return order(keys, descending) }
    return try keys.indices.sorted { left, right in
      let (first, second) = descending ? (keys[right], keys[left]) : (keys[left], keys[right])
      guard let isLess = first.isLess(than: second) else { throw incomparable(keys[left], keys[right]) }
      return isLess
    }
  }

  private static func order<Key: Comparable>(_ keys: [Key], _ descending: Bool) -> [Int] {
    let placed = keys.enumerated().map { (key: $1, place: $0) }
    return (descending ? placed.sorted { $1.key < $0.key } : placed.sorted { $0.key < $1.key }).map(\.place)
  }

  private static func incomparable(_ left: Value, _ right: Value) -> Diagnostic {
    Diagnostic(.operands, "\(left.kindPhrase) and \(right.kindPhrase) have no order")
  }
}
