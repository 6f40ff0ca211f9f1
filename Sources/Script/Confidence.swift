import Foundation
import Primitives

/// Intervals of means, from Student's t: small numbers of seeds are what researchers have.
enum Confidence {
  /// The argument `ci:` of aggregates.
  static func parameter(_ defaultValue: Constant?) -> Parameter {
    Parameter(
      "ci", .either([.number, .quantity(.percentage)]), default: defaultValue ?? 95,
      "how often the interval holds the true mean, in percent")
  }

  /// The share that was asked for, or `nil`.
  static func share(_ arguments: Arguments) throws -> Double? {
    let share: Double
    switch arguments.value("ci") {
    case .none: return nil
    case .quantity(let quantity): share = quantity.base
    case let value: share = (value.number ?? 0) / 100
    }
    guard share > 0, share < 1 else {
      throw arguments.problem("ci", "an interval holds the mean in more than 0 and less than 100 percent of cases")
    }
    return share
  }

  /// Half the width of the interval; nan of fewer than two numbers, which say nothing about their spread.
  static func halfWidth(_ values: [Double], _ share: Double) -> Double {
    guard values.count > 1 else { return .nan }
    let error = Statistics.deviation(values) / Double(values.count).squareRoot()
    return error * quantile(share, freedom: values.count - 1)
  }

  /// The t within which this share of Student's distribution lies, by halving.
  static func quantile(_ share: Double, freedom: Int) -> Double {
    var (low, high) = (0.0, 1.0)
    while within(high, freedom) < share, high < 0x1p60 { high *= 2 }
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if within(middle, freedom) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The share of Student's distribution between -t and t (Abramowitz and Stegun, 26.7.3 and 26.7.4). Beyond a
  /// thousand degrees of freedom it does not change in the first four digits.
  private static func within(_ t: Double, _ freedom: Int) -> Double {
    let freedom = min(freedom, 1000)
    let angle = atan(t / Double(freedom).squareRoot())
    let (sine, cosine) = (sin(angle), cos(angle))
    let isOdd = freedom % 2 == 1
    var term = isOdd ? cosine : 1.0
    var sum = freedom == 1 ? 0 : term
    for index in stride(from: isOdd ? 3 : 2, to: freedom, by: 2) {
      term *= Double(index - 1) / Double(index) * cosine * cosine
      sum += term
    }
    return isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
  }
}

/// What `describe()` says of numbers.
enum Summary {
  static func of(_ values: [Double], _ context: Context) throws -> [(name: String, value: Value)] {
    let sorted = try context.sorted(values, by: <)
    func quantile(_ share: Double) -> Value { .float(Statistics.quantile(share, sorted: sorted)) }
    return [
      ("count", .int(values.count)), ("mean", .float(Statistics.mean(values))),
      ("std", .float(Statistics.deviation(values))), ("min", quantile(0)), ("25%", quantile(0.25)),
      ("median", quantile(0.5)), ("75%", quantile(0.75)), ("max", quantile(1)),
    ]
  }
}
