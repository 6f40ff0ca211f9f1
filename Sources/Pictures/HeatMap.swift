import Foundation

extension Figure {
  /// Coloured cells in rows, the first row at the top.
  public struct HeatMap: Sendable, Equatable {
    /// The columns' names, from the left.
    public var columns: [String]
    /// The rows' names, from the top.
    public var rows: [String]
    /// What the rows are.
    public var rowLabel: String
    /// The numbers, row by row; NaN for an empty cell.
    public var values: [[Double]]

    /// Coloured cells.
    ///
    /// - Parameters:
    ///   - columns: the columns' names, from the left.
    ///   - rows: the rows' names, from the top.
    ///   - rowLabel: what the rows are.
    ///   - values: a list of numbers for each row, one a column; what is missing is empty.
    public init(columns: [String], rows: [String], rowLabel: String, values: [[Double]]) {
      (self.columns, self.rows, self.rowLabel) = (columns, rows, rowLabel)
      self.values = rows.indices.map { row in
        columns.indices.map { column in
          values.indices.contains(row) && values[row].indices.contains(column) ? values[row][column] : .nan
        }
      }
    }

    /// The least and the greatest number, or `nil` if there is none.
    public var range: ClosedRange<Double>? {
      let finite = values.joined().filter(\.isFinite)
      guard let low = finite.min(), let high = finite.max() else { return nil }
      return low...high
    }

    /// The numbers as they stand in the cells: all to the same decimal place, which the greatest of them decides.
    var texts: [[String]] {
      let greatest = values.joined().filter(\.isFinite).map(abs).max() ?? 0
      let power = greatest > 0 ? Int(log10(greatest).rounded(.down)) : 0
      let isPlain = (-3...5).contains(power)
      let places = min(max(2 - power, 0), 4)
      return values.map { row in
        row.map { !$0.isFinite ? "" : isPlain ? String(format: "%.\(places)f", $0) : String(format: "%.2g", $0) }
      }
    }
  }
}
