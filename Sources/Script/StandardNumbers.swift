import Foundation
import Primitives

/// The members of numbers, quantities and series.
enum StandardNumbers {
  static let number = BoundType(
    "number", "A whole number or one with decimals",
    members: [
      .function(
        "rounded", "The nearest number with so many decimals",
        [Parameter("places", .int, default: 0, limits: 0...15, "decimals")], result: .number
      ) { arguments, _ in
        guard case .float(let value) = arguments.receiver else { return arguments.receiver }
        return .float(rounded(value, try arguments["places"]))
      },
      .function(
        "clamped", "The nearest number between two others",
        [Parameter("low", .number, "the least"), Parameter("high", .number, "the greatest")], result: .number
      ) { arguments, _ in
        let (low, high) = (arguments.value("low"), arguments.value("high"))
        if arguments.receiver.isLess(than: low) == true { return low }
        return high.isLess(than: arguments.receiver) == true ? high : arguments.receiver
      },
      .property("isNaN", "Whether it is not a number, as after 0 · ∞", result: .bool) {
        .bool($0.number?.isNaN ?? false)
      },
    ])

  static let quantity = BoundType(
    "quantity", "A number with a unit, such as 30s",
    members: [
      .property("amount", "The number before the unit", result: .number) { value in
        if case .quantity(let quantity) = value { .float(quantity.amount) } else { .none }
      },
      .property("unit", "The unit", result: .string) { value in
        if case .quantity(let quantity) = value { .string(quantity.unit.rawValue) } else { .none }
      },
      .property("base", "The amount in seconds, pixels, bytes or nats, or as a share", result: .number) { value in
        if case .quantity(let quantity) = value { .float(quantity.base) } else { .none }
      },
    ])

  static let series = BoundType(
    "series", "Numbers with element-wise arithmetic",
    members: [
      statistic("mean", "The mean; nan of none") { mean($0) },
      statistic("std", "The standard deviation, with divisor n - 1") { Statistics.deviation($0) },
      statistic("sum", "The sum") { $0.reduce(0, +) },
      statistic("median", "The middle number; nan of none") { Statistics.quantile(0.5, sorted: $0.sorted()) },
      .property("sorted", "From the least to the greatest", result: .series) {
        Value(try $1.sorted(numbers($0), by: <))
      },
      .property("differences", "Each number less the one before", result: .series) { value in
        Value(zip(numbers(value).dropFirst(), numbers(value)).map { $0 - $1 })
      },
      .property("cumulative", "The sum up to each number", result: .series) { value in
        var sum = 0.0
        return Value(
          numbers(value).map { number in
            sum += number
            return sum
          })
      },
      .function("describe", "Count, mean, spread and quartiles", result: .record) { arguments, context in
        .record(Record(try Summary.of(numbers(arguments.receiver), context)))
      },
      .function(
        "estimate", "The mean with an interval that holds the true one so often, from Student's t",
        [Confidence.parameter(nil)], result: .record, example: "rewards.estimate(ci: 95)"
      ) { arguments, _ in
        let values = numbers(arguments.receiver)
        let half = Confidence.halfWidth(values, try Confidence.share(arguments) ?? 0.95)
        let mean = mean(values)
        return Value(record: ["mean": .float(mean), "low": .float(mean - half), "high": .float(mean + half)])
      },
      .function(
        "filter", "The numbers for which a test holds",
        [Parameter("test", .function, "called with each number, gives true or false")], result: .series
      ) { arguments, context in
        let (test, tick): (Function, () throws -> Void) = (try arguments["test"], context.ticker())
        return try context.repeating(test) { call in
          Value(
            try numbers(arguments.receiver).filter {
              try tick()
              return try StandardLists.truth(call(.float($0)), arguments)
            })
        }
      },
      .property("count", "How many numbers there are", result: .int) { .int($0.itemCount ?? 0) },
      .property("first", "The first number, or none", result: .any) { numbers($0).first.map { .float($0) } ?? .none },
      .property("last", "The last number, or none", result: .any) { numbers($0).last.map { .float($0) } ?? .none },
      .property("min", "The least number, or none", result: .any) { value in
        numbers(value).min().map { .float($0) } ?? .none
      },
      .property("max", "The greatest number, or none", result: .any) { value in
        numbers(value).max().map { .float($0) } ?? .none
      },
      .property("values", "The numbers as a list", result: .list(.number)) { Value(try $1.items($0)) },
      .function(
        "smooth", "The exponential moving average, corrected for its start",
        [Parameter("factor", .number, default: 0.9, limits: 0...0.9999, "how much of the past stays at every step")],
        result: .series
      ) { arguments, _ in
        let factor: Double = try arguments["factor"]
        var (average, weight) = (0.0, 0.0)
        return Value(
          numbers(arguments.receiver).map { number in
            average = factor * average + (1 - factor) * number
            weight = factor * weight + (1 - factor)
            return average / weight
          })
      },
      .function(
        "quantile", "The number below which a share of them lies",
        [Parameter("share", .number, limits: 0...1, "0.5 is the median")], result: .number
      ) { arguments, _ in
        .float(Statistics.quantile(try arguments["share"], sorted: numbers(arguments.receiver).sorted()))
      },
      .function(
        "map", "Another series, number by number", [Parameter("function", .function, "called with each number")],
        result: .series
      ) { arguments, context in
        let function: Function = try arguments["function"]
        return try context.repeating(function) { call in
          Value(
            try context.map(numbers(arguments.receiver)) { number in
              let result = try call(.float(number))
              guard let number = result.number else {
                throw arguments.problem(
                  "function", "a series holds numbers, but the function gave \(result.kindPhrase)")
              }
              return number
            })
        }
      },
    ])

  private static func numbers(_ value: Value) -> [Double] {
    if case .series(let series) = value { series.values } else { [] }
  }

  private static func statistic(
    _ name: String, _ help: String, _ function: @escaping @Sendable ([Double]) -> Double
  ) -> Member {
    .property(name, help, result: .number) { .float(function(numbers($0))) }
  }

  static func mean(_ numbers: [Double]) -> Double { Statistics.mean(numbers) }

  static func rounded(_ number: Double, _ places: Int) -> Double {
    let factor = pow(10, Double(places))
    let scaled = (number * factor).rounded()
    // Beyond 2⁵³ there are no decimals to round.
    return abs(number) < 0x1p53 && scaled.isFinite ? scaled / factor : number
  }

  static func wholeIfPossible(_ number: Double) -> Value { Int(exactly: number).map { .int($0) } ?? .float(number) }
}
