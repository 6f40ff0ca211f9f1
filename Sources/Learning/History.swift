/// One named number of a step.
public struct Metric: Sendable, Hashable, Codable {
  /// Its name, in lower case with underscores, as in a table's heading.
  public let name: String
  /// Its value; NaN when the step has none.
  public let value: Double

  /// A named number.
  public init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }
}

/// The numbers of all steps as columns, in a fixed order.
public struct History: Sendable, Hashable {
  /// The columns' names; `"step"` is the first.
  public let names: [String]
  /// The columns, each with one number a step.
  public private(set) var columns: [[Double]]

  /// A history without steps.
  public init(names: [String]) {
    self.names = names
    columns = names.map { _ in [] }
  }

  /// How many steps there are.
  public var count: Int { columns.first?.count ?? 0 }

  /// A column, or `nil` if there is none of that name.
  public subscript(name: String) -> [Double]? {
    names.firstIndex(of: name).map { columns[$0] }
  }

  /// A step's numbers in column order, or nothing if there is no such row.
  public func row(_ index: Int) -> [Metric] {
    guard index >= 0, index < count else { return [] }
    return zip(names, columns).map { Metric($0, $1[index]) }
  }

  /// Adds a step. A column that the step does not name gets NaN.
  mutating func append(_ metrics: [Metric]) {
    for (index, name) in names.enumerated() {
      columns[index].append(metrics.first { $0.name == name }?.value ?? .nan)
    }
  }
}

extension History: Codable {
  private struct Column: Codable {
    let name: String
    let bits: [String]
  }

  /// Reads what ``encode(to:)`` wrote.
  public init(from decoder: any Decoder) throws {
    let columns = try [Column](from: decoder)
    self.init(names: columns.map(\.name))
    for (index, column) in columns.enumerated() {
      self.columns[index] = try column.bits.map { text in
        guard let value = Double(text) else {
          throw DecodingError.dataCorrupted(
            .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a number"))
        }
        return value
      }
    }
    guard Set(self.columns.map(\.count)).count <= 1 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "the columns are of different lengths"))
    }
  }

  /// Writes numbers as the shortest text that reads back to the same bits; JSON itself has no NaN.
  public func encode(to encoder: any Encoder) throws {
    try zip(names, columns).map { Column(name: $0, bits: $1.map(\.description)) }.encode(to: encoder)
  }
}
