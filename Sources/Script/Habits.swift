/// What people write who come from other languages, and what stands for it here.
enum Habits {
  /// Words that have another name here.
  static let words = [
    "null": "none", "nil": "none", "None": "none", "self": "none", "True": "true", "False": "false", "str": "text",
    "println": "print", "echo": "print",
  ]

  /// Functions that are members here, or signs.
  static let functions = [
    "len": "write xs.count", "range": "write 0..<n", "enumerate": "write xs.enumerated",
    "sorted": "write xs.sorted()", "reversed": "write xs.reversed", "map": "write xs.map { x in … }",
    "filter": "write xs.filter { x in … }", "dict": "write [:]", "set": "write xs.unique",
    "any": "write xs.any { x in … }",
    "all": "write xs.all { x in … }", "lambda": "write { x in … }", "elif": "write else if", "pass": "leave it out",
    "std": "write xs.std", "median": "write xs.median", "typeof": "write type(x)",
  ]

  /// Members that have another name here.
  static let members = [
    "length": "count", "size": "count", "trim": "trimmed", "strip": "trimmed", "replace": "replacing",
    "find": "index", "indexOf": "index", "index_of": "index", "firstIndex": "index", "uppercased": "upper",
    "toUpperCase": "upper", "lowercased": "lower", "toLowerCase": "lower", "fold": "reduce", "avg": "mean",
    "average": "mean", "distinct": "unique", "head": "take", "prefix": "take", "skip": "drop", "collect": "map",
    "sortBy": "sorted", "order_by": "sort", "filter": "where", "merge": "join", "groupby": "group",
    "remove": "removing",
    "update": "merging", "contains": "has",
  ]

  /// Members that are signs here.
  static let signs = [
    "append": "write xs += [item]", "push": "write xs += [item]", "add": "write xs += [item]",
    "extend": "write xs += items", "repeat": "write text * 3", "items": "write for key, value in d { … }",
    "pop": "write xs = xs[0..<xs.count - 1]", "copy": "assign it: values are copied",
  ]
}
