import Primitives
import Script

/// A sampled axis of a sweep: values that are drawn together with those of the other sampled axes.
final class AxisObject: BoundObject {
  static let functions: [Member] = [
    member("random", "Values drawn at random, for an axis of a sweep", .random),
    member("sobol", "Values that fill their range evenly (Sobol's sequence), for an axis of a sweep", .sobol),
  ]

  static let type = BoundType(
    "axis", "Sampled values of a sweep, drawn together with those of its other sampled axes", members: [])

  /// How values are drawn.
  enum Method: String {
    /// Each by its address, from the seed in force.
    case random
    /// From the sequence, a dimension for each axis.
    case sobol
  }

  /// Where values come from.
  private enum Domain {
    case range(NumberRange, isLogarithmic: Bool)
    case list([Value])
  }

  let method: Method
  /// How many values there are.
  let count: Int
  private let domain: Domain

  private init(_ method: Method, _ domain: Domain, count: Int) {
    (self.method, self.domain, self.count) = (method, domain, count)
  }

  var boundType: BoundType { Self.type }
  var summary: String {
    switch domain {
    case .range(let range, let isLogarithmic):
      "\(count) \(method.rawValue) values from \(range.text)" + (isLogarithmic ? ", evenly in the logarithm" : "")
    case .list(let items): "\(count) \(method.rawValue) choices of \(items.count)"
    }
  }

  /// The value at a place of the unit interval.
  ///
  /// - Parameter place: 0..<1.
  func value(_ place: Double) -> Value {
    switch domain {
    case .list(let items): return items[min(Int(place * Double(items.count)), items.count - 1)]
    case .range(let range, let isLogarithmic):
      guard range.isWhole || range.step != 1 else {
        return .float(isLogarithmic ? range.geometric(place) : range.linear(place))
      }
      if isLogarithmic {
        let nearest = (range.geometric(place) - range.start) / range.step
        return range.element(min(max(Int(nearest.rounded()), 0), range.count - 1))
      }
      return range.element(min(Int(place * Double(range.count)), range.count - 1))
    }
  }

  private static func member(_ name: String, _ help: String, _ method: Method) -> Member {
    .function(
      name, help,
      [
        Parameter("from", .either([.range, .list(.any)]), "a range such as 1e-5...1e-3, or a list to choose from"),
        Parameter(
          "n", .int, limits: 1...1e6, "how many; all sampled axes of a sweep have as many, and are drawn together",
          isUnnamed: true),
        Parameter("log", .bool, default: false, "evenly in the logarithm"),
      ], result: .object("axis"), example: "\(name)(1e-5...1e-3, 16, log: true)"
    ) { arguments, _ in
      .object(AxisObject(method, try domain(arguments), count: try arguments["n"]))
    }
  }

  private static func domain(_ arguments: Arguments) throws -> Domain {
    let isLogarithmic: Bool = try arguments["log"]
    guard case .range(let range) = arguments.value("from") else {
      let items: [Value] = try arguments["from"]
      guard !items.isEmpty else {
        throw arguments.problem("from", "there is nothing to choose from: the list is empty")
      }
      return .list(items)
    }
    guard range.isWhole || range.step != 1 ? range.count > 0 : range.end >= range.start else {
      throw arguments.problem("from", "there is nothing to choose from: \(range.text) is empty")
    }
    guard !isLogarithmic || range.start > 0 && range.end > 0 else {
      throw arguments.problem("from", "\(range.text) is not above 0, where there is no logarithm")
    }
    return .range(range, isLogarithmic: isLogarithmic)
  }
}
