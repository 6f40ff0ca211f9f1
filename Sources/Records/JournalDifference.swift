/// The first thing in which two runs differ.
public struct JournalDifference: Sendable, Hashable, CustomStringConvertible {
  /// Where: the cell, the trainer and its step.
  public let place: String
  /// What differs.
  public let quantity: String
  /// What the original has.
  public let original: String
  /// What the replay has.
  public let replay: String
  /// Of numbers, how many numbers of 64 bits lie between the one and the other, plus 1.
  public let distance: UInt64?

  /// On a line.
  public var description: String {
    let ulps = distance.map { " (\($0) ULP apart)" } ?? ""
    return (place.isEmpty ? "" : place + ": ") + "\(quantity) was \(original), and is now \(replay)\(ulps)"
  }

  /// How many steps from number to next number of 64 bits lead from one to the other; `nil` for NaN.
  public static func distance(_ a: Double, _ b: Double) -> UInt64? {
    guard !a.isNaN, !b.isNaN else { return nil }
    // The bits of numbers of one sign are in their order.
    func order(_ x: Double) -> Int64 {
      let bits = Int64(bitPattern: x.bitPattern)
      return bits < 0 ? Int64.min &- bits : bits
    }
    let (low, high) = (min(order(a), order(b)), max(order(a), order(b)))
    return UInt64(bitPattern: high &- low)
  }

  /// Whether two numbers differ by no more than a share of the greater, or are both not finite in the same way.
  static func agree(_ a: Double, _ b: Double, within tolerance: Double) -> Bool {
    if a == b || a.isNaN && b.isNaN { return true }
    return abs(a - b) <= tolerance * max(abs(a), abs(b))
  }

  /// Whether two texts differ in nothing but numbers, and these agree.
  static func agree(_ a: String, _ b: String, within tolerance: Double) -> Bool {
    let number = /-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/
    guard a.replacing(number, with: "#") == b.replacing(number, with: "#") else { return false }
    return zip(a.matches(of: number), b.matches(of: number)).allSatisfy { first, second in
      let (x, y) = (Double(first.output.0) ?? .nan, Double(second.output.0) ?? .nan)
      return agree(x, y, within: tolerance)
    }
  }

  /// The first line in which two texts differ.
  static func firstLine(_ a: String, _ b: String) -> (String, String) {
    let (first, second) = (a.split(separator: "\n"), b.split(separator: "\n"))
    for place in 0..<max(first.count, second.count) {
      let x = place < first.count ? String(first[place]) : "nothing"
      let y = place < second.count ? String(second[place]) : "nothing"
      if x != y { return ("'\(x)'", "'\(y)'") }
    }
    return ("'\(a)'", "'\(b)'")
  }
}

/// The metrics of two runs, to be compared by their means.
struct JournalMeans: Sendable {
  private var values: [String: (old: [Double], new: [Double])] = [:]

  mutating func add(_ old: Double?, _ new: Double, of name: String) {
    if let old, old.isFinite { values[name, default: ([], [])].old.append(old) }
    if new.isFinite { values[name, default: ([], [])].new.append(new) }
  }

  /// The first metric whose 95 % intervals of the mean have no number in common.
  var firstApart: (name: String, old: String, new: String)? {
    for (name, pair) in values.sorted(by: { $0.key < $1.key }) where pair.old != pair.new {
      let (old, new) = (Self.interval(pair.old), Self.interval(pair.new))
      guard abs(old.mean - new.mean) > old.half + new.half else { continue }
      return (name, "\(old.mean) ± \(old.half)", "\(new.mean) ± \(new.half)")
    }
    return nil
  }

  /// The mean and half of its interval, of steps as if each were drawn alone.
  private static func interval(_ values: [Double]) -> (mean: Double, half: Double) {
    guard !values.isEmpty else { return (.nan, 0) }
    let mean = values.reduce(0, +) / Double(values.count)
    guard values.count > 1 else { return (mean, 0) }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    return (mean, 1.96 * (variance / Double(values.count)).squareRoot())
  }
}
