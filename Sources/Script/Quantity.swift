/// A number with a unit: `30s`, `64px`, `50%`.
public struct Quantity: Sendable, Hashable {
  /// What a unit measures; quantities of one dimension can be added and compared.
  public enum Dimension: String, Sendable, CaseIterable {
    /// Seconds are its base.
    case duration
    /// Pixels are its base.
    case length
    /// Bytes are its base.
    case memory
    /// Parts of a hundred; its base is the share, so `50%` is 0.5.
    case percentage
    /// Nats are its base: the natural logarithm of a number of equally likely choices.
    case entropy
  }

  /// A unit as it is written after a number.
  public enum Unit: String, Sendable, CaseIterable {
    /// Thousandths of a second.
    case milliseconds = "ms"
    /// Seconds.
    case seconds = "s"
    /// Minutes.
    case minutes = "min"
    /// Hours.
    case hours = "h"
    /// Days.
    case days = "d"
    /// Pixels.
    case pixels = "px"
    /// Bytes.
    case bytes = "B"
    /// 1024 bytes.
    case kibibytes = "KiB"
    /// 1024² bytes.
    case mebibytes = "MiB"
    /// 1024³ bytes.
    case gibibytes = "GiB"
    /// 1000 bytes.
    case kilobytes = "KB"
    /// 1000² bytes.
    case megabytes = "MB"
    /// 1000³ bytes.
    case gigabytes = "GB"
    /// Parts of a hundred.
    case percent = "%"
    /// Nats.
    case nats = "nats"

    /// What it measures.
    public var dimension: Dimension {
      switch self {
      case .milliseconds, .seconds, .minutes, .hours, .days: .duration
      case .pixels: .length
      case .bytes, .kibibytes, .mebibytes, .gibibytes, .kilobytes, .megabytes, .gigabytes: .memory
      case .percent: .percentage
      case .nats: .entropy
      }
    }

    /// How many base units one of it is.
    public var factor: Double {
      switch self {
      case .milliseconds: 1e-3
      case .seconds, .pixels, .bytes, .nats: 1
      case .minutes: 60
      case .hours: 3600
      case .days: 86_400
      case .kibibytes: 1024
      case .mebibytes: 1_048_576
      case .gibibytes: 1_073_741_824
      case .kilobytes: 1e3
      case .megabytes: 1e6
      case .gigabytes: 1e9
      case .percent: 0.01
      }
    }
  }

  /// The number before the unit.
  public var amount: Double
  /// The unit.
  public var unit: Unit

  /// A number with its unit.
  public init(_ amount: Double, _ unit: Unit) { (self.amount, self.unit) = (amount, unit) }

  /// A number with its unit from how it is written, `30s`; `nil` of anything else.
  init?(_ text: String) {
    for unit in Unit.allCases where text.hasSuffix(unit.rawValue) {
      guard let amount = Double(text.dropLast(unit.rawValue.count)) else { continue }
      self.init(amount, unit)
      return
    }
    return nil
  }

  /// The amount in the dimension's base: seconds, pixels, bytes, or a share.
  public var base: Double { amount * unit.factor }

  /// Quantities are equal when they measure the same, whatever their units.
  public static func == (left: Quantity, right: Quantity) -> Bool {
    left.unit.dimension == right.unit.dimension && left.base == right.base
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(unit.dimension)
    hasher.combine(base)
  }

  /// The same amount in another unit of its dimension.
  func converted(to other: Unit) -> Quantity { Quantity(base / other.factor, other) }
}

extension Quantity.Dimension {
  /// How messages call it.
  var name: String {
    switch self {
    case .memory: "an amount of memory"
    case .entropy: "an entropy"
    default: "a \(rawValue)"
    }
  }

  /// How messages call what is wanted.
  var phrase: String {
    switch self {
    case .duration: "\(name), such as 30s or 2h"
    case .length: "\(name), such as 64px"
    case .memory: "\(name), such as 2GiB"
    case .percentage: "\(name), such as 50%"
    case .entropy: "\(name), such as 2nats"
    }
  }

  /// The unit offered when a plain number was written.
  var suggestion: Quantity.Unit {
    switch self {
    case .duration: .seconds
    case .length: .pixels
    case .memory: .mebibytes
    case .percentage: .percent
    case .entropy: .nats
    }
  }
}
