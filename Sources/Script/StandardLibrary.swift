import Foundation

extension Library {
  /// The language's own functions and the members of its values.
  public static let standard = Library(
    functions: StandardFunctions.output
      + (StandardFunctions.numbers + StandardFunctions.conversions).map(\.pure),
    types: [
      StandardNumbers.number, StandardNumbers.quantity, StandardTexts.text, StandardLists.list,
      StandardLists.dictionary, StandardLists.record, StandardNumbers.series, StandardTables.table,
      StandardTables.grouping,
    ].map { BoundType($0.name, $0.help, members: $0.members, isValue: true) })
}

extension NumberRange {
  /// The number at a share of the way from one end to the other, in ratios; to twelve digits, so that it is one that
  /// people write and every machine agrees on.
  ///
  /// - Parameter share: 0…1.
  public func geometric(_ share: Double) -> Double { Self.twelveDigits(start * pow(end / start, share)) }

  /// The number at a share of the way from one end to the other, to twelve digits.
  ///
  /// - Parameter share: 0…1.
  public func linear(_ share: Double) -> Double { Self.twelveDigits(start + (end - start) * share) }

  private static func twelveDigits(_ number: Double) -> Double { Double(String(format: "%.12g", number)) ?? number }
}

/// The global functions of the language itself.
enum StandardFunctions {
  static let output: [Member] = [
    .function(
      "print", "Writes values on one line, with spaces between",
      [Parameter("values", .any, "what to write", arity: .variadic)], example: "print(\"loss\", 0.25)"
    ) { arguments, context in
      let values: [Value] = try arguments["values"]
      context.output.write(try values.map { try $0.text(context.ticker()) }.joined(separator: " "))
      return .none
    },
    .function(
      "show", "Shows a value as a cell's last line would", [Parameter("value", .any, "what to show")]
    ) { arguments, context in
      context.output.show(try arguments.value("value").display(width: context.output.width))
      return .none
    },
    .function(
      "help", "Explains a function, a member, an argument or a variable",
      [Parameter("topic", .topic, default: "", "a name, such as grpo or grpo.kl")], example: "help(print)"
    ) { arguments, context in
      let topic: String = try arguments["topic"]
      guard let text = context.interpreter.help(topic) else { throw context.interpreter.noHelp(topic) }
      context.output.write(text.wrapped(to: context.output.width))
      return .none
    },
    .function(
      "apropos", "Lists everything whose name or help has a word in it",
      [Parameter("word", .topic, "what to look for")], example: "apropos(entropy)"
    ) { arguments, context in
      let word: String = try arguments["word"]
      let lines = context.library.apropos(word)
      context.output.write(
        lines.isEmpty ? "nothing is about '\(word)'" : lines.joined(separator: "\n").wrapped(to: context.output.width))
      return .none
    },
    .function(
      "seed", "Sets the seed of every random draw that follows",
      [Parameter("seed", .int, limits: 0...0x1p53, "the seed")], example: "seed(7)"
    ) { arguments, context in
      context.seed = try arguments["seed"]
      return .none
    },
  ]

  static let numbers: [Member] = [
    rounding("abs", "The number without its sign") { abs($0) },
    real("sqrt", "The square root") { $0.squareRoot() },
    real("exp", "e to this power") { exp($0) },
    .function(
      "log", "The natural logarithm; of a range, so many numbers at equal ratios from one end to the other",
      [
        Parameter("number", .either([.number, .series, .range]), "a number, a series, or a range above 0"),
        Parameter("n", .int, default: .nothing, limits: 2...1e6, "how many numbers of the range", isUnnamed: true),
      ], result: .any, example: "log(1e-5...1e-3, 5)"
    ) { arguments, _ in try logarithm(arguments) },
    rounding("floor", "The next whole number below") { $0.rounded(.down) },
    rounding("ceil", "The next whole number above") { $0.rounded(.up) },
    .function(
      "round", "The nearest number with so many decimals",
      [Parameter("number", .number, "the number"), Parameter("places", .int, default: 0, limits: 0...15, "decimals")],
      result: .number
    ) { arguments, _ in
      if case .int = arguments.value("number") { return arguments.value("number") }
      let places: Int = try arguments["places"]
      let rounded = StandardNumbers.rounded(try arguments["number"], places)
      return places == 0 ? StandardNumbers.wholeIfPossible(rounded) : .float(rounded)
    },
    extreme("min", "The least of several values, or of a list") { $1.isLess(than: $0) },
    extreme("max", "The greatest of several values, or of a list") { $0.isLess(than: $1) },
    .function(
      "sum", "The sum of numbers", [Parameter("numbers", .series, "a list, a range or a series")], result: .number
    ) { arguments, context in try StandardLists.sum(arguments.value("numbers"), context) },
    .function(
      "mean", "The mean of numbers; nan of none", [Parameter("numbers", .series, "a list, a range or a series")],
      result: .number
    ) { arguments, _ in .float(StandardNumbers.mean(try arguments["numbers"])) },
    spaced("lin", "Numbers at equal distances, both ends included") { low, high, share in low + (high - low) * share },
    spaced("geometric", "Numbers at equal ratios, both ends included") { low, high, share in
      low * pow(high / low, share)
    },
  ]

  static let conversions: [Member] = [
    .function(
      "int", "A number cut to a whole one, or a text read as one",
      [Parameter("value", .either([.number, .string]), "the number or text")], result: .int
    ) { arguments, _ in
      if case .string(let text) = arguments.value("value") {
        guard let number = Int(text.trimmingCharacters(in: .whitespaces)) else {
          throw arguments.problem("value", "\(arguments.value("value")) is not a whole number")
        }
        return .int(number)
      }
      guard let number = arguments.value("value").number, let whole = Int(exactly: number.rounded(.towardZero)) else {
        throw arguments.problem("value", "\(arguments.value("value")) is too large for a whole number")
      }
      return .int(whole)
    },
    .function(
      "float", "A number as one with decimals, or a text read as one",
      [Parameter("value", .either([.number, .string]), "the number or text")], result: .number
    ) { arguments, _ in
      if let number = arguments.value("value").number { return .float(number) }
      guard let number = Double(arguments.value("value").text.trimmingCharacters(in: .whitespaces)) else {
        throw arguments.problem("value", "\(arguments.value("value")) is not a number")
      }
      return .float(number)
    },
    .function("text", "A value as print writes it", [Parameter("value", .any, "the value")], result: .string) {
      arguments, context in .string(try arguments.value("value").text(context.ticker()))
    },
    .function("type", "What kind of value it is, in words", [Parameter("value", .any, "the value")], result: .string) {
      arguments, _ in .string(arguments.value("value").type.description)
    },
    .function(
      "list", "The items of anything that 'for' goes through", [Parameter("items", .any, "a range, a text, a series")],
      result: .list(.any)
    ) { arguments, context in
      guard arguments.value("items").itemCount != nil else {
        throw arguments.problem("items", "\(arguments.value("items").kindPhrase) has no items")
      }
      return try context.list(context.items(arguments.value("items")))
    },
    .function(
      "series", "Numbers with arithmetic", [Parameter("numbers", .series, "a list or a range")],
      result: .series
    ) { arguments, context in Value(try StandardLists.numbers(arguments.value("numbers"), context)) },
    .function(
      "table", "A table from its rows, from its columns, or from a CSV or JSON Lines file",
      [
        Parameter(
          "rows", .either([.list(.record), .existingFile]), default: .nothing,
          "records, whose fields become columns, or the path of a file that ends in .csv or .jsonl"),
        Parameter(
          "columns", .either([.series, .list(.any)]), "columns by name, of as many values each, if there are no rows",
          arity: .anyNames),
      ],
      result: .table, example: "table(lr: [1e-5, 2e-5], reward: [0.4, 0.6])"
    ) { arguments, context in try StandardTables.table(arguments, context) },
    .function(
      "zip", "Pairs of the items of two lists, as far as the shorter goes",
      [Parameter("first", .list(.any), "a list"), Parameter("second", .list(.any), "another", isUnnamed: true)],
      result: .list(.list(.any))
    ) { arguments, context in
      try StandardLists.zipped(arguments.value("first"), arguments.value("second"), context)
    },
  ]

  // MARK: Kinds of functions

  private static func real(_ name: String, _ help: String, _ function: @escaping @Sendable (Double) -> Double) -> Member
  {
    .function(name, help, [Parameter("number", .either([.number, .series]), "a number or a series")], result: .any) {
      arguments, _ in
      if case .series(let series) = arguments.value("number") { return Value(series.values.map(function)) }
      return .float(function(try arguments["number"]))
    }
  }

  /// Like `real`, but whole numbers stay whole, and others become whole where that is what the function does.
  private static func rounding(
    _ name: String, _ help: String, _ function: @escaping @Sendable (Double) -> Double
  ) -> Member {
    .function(name, help, [Parameter("number", .either([.number, .series]), "a number or a series")], result: .any) {
      arguments, _ in
      switch arguments.value("number") {
      case .series(let series): return Value(series.values.map(function))
      case .int(let int):
        guard name == "abs" else { return .int(int) }
        return int == .min ? .float(Double(int.magnitude)) : .int(abs(int))
      default:
        let result = function(try arguments["number"])
        return name == "abs" ? .float(result) : StandardNumbers.wholeIfPossible(result)
      }
    }
  }

  private static func extreme(
    _ name: String, _ help: String, _ isBetter: @escaping @Sendable (Value, Value) -> Bool?
  ) -> Member {
    .function(
      name, help, [Parameter("values", .any, "the values, or one list of them", arity: .variadic)], result: .any
    ) {
      arguments, context in
      var values: [Value] = try arguments["values"]
      if values.count == 1, values[0].itemCount != nil { values = try context.items(values[0]) }
      return try StandardLists.extreme(values, context, isBetter)
    }
  }

  private static func logarithm(_ arguments: Arguments) throws -> Value {
    switch arguments.value("number") {
    case .range(let range):
      guard let count: Int = try arguments["n"] else {
        throw arguments.problem(
          "number", "numbers of a range are asked for without their count", fix: "write log(\(range.text), 5)")
      }
      guard range.start > 0, range.end > 0 else {
        throw arguments.problem("number", "\(range.text) is not above 0, where there is no logarithm")
      }
      let shares = (0..<count).map { Double($0) / Double(count - 1) }
      return Value(range.isWhole ? wholes(shares, of: range) : shares.map { .float(range.geometric($0)) } as [Value])
    case .series(let series): return Value(series.values.map { log($0) })
    default: return .float(log(try arguments["number"] as Double))
    }
  }

  /// The nearest whole numbers, each once.
  private static func wholes(_ shares: [Double], of range: NumberRange) -> [Value] {
    var seen: Set<Double> = []
    return shares.map { range.geometric($0).rounded() }.filter { seen.insert($0).inserted }.map { .int(Int($0)) }
  }

  private static func spaced(
    _ name: String, _ help: String, _ at: @escaping @Sendable (Double, Double, Double) -> Double
  ) -> Member {
    .function(
      name, help,
      [
        Parameter("from", .number, "the first"), Parameter("to", .number, "the last"),
        Parameter("n", .int, limits: 2...1e6, "how many"),
      ], result: .list(.number), example: "\(name)(1, to: 100, n: 3)"
    ) { arguments, _ in
      let (low, high, count): (Double, Double, Int) = (
        try arguments["from"], try arguments["to"], try arguments["n"]
      )
      return Value((0..<count).map { .float(at(low, high, Double($0) / Double(count - 1))) } as [Value])
    }
  }
}
