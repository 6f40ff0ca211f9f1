extension Figure {
  /// One curve, cloud of points or row of bars.
  public struct Line: Sendable, Equatable {
    /// How its points are shown.
    public enum Marks: Sendable, Equatable {
      /// A line, with the figure's moving average over it.
      case curve
      /// A line as it is.
      case plain
      /// A grey line that keeps its height until the next point: the frontier of a cloud.
      case steps
      /// Points.
      case dots
      /// Bars from zero, this wide.
      case bars(width: Double)
    }

    /// What stands at its end.
    public var name: String
    /// Where its points lie, ascending unless they are dots.
    public var x: [Double]
    /// Their heights; a value that is not finite is a gap.
    public var y: [Double]
    /// The lower edge of a band around it; as many as `y`, or `nil`.
    public var low: [Double]?
    /// The upper edge of a band around it; as many as `y`, or `nil`.
    public var high: [Double]?
    /// The moving average to draw, if it is not simply that of `y`; as many as `y`, or `nil`.
    public var smooth: [Double]?
    /// How its points are shown.
    public var marks = Marks.curve
    /// The place of its colour on the heat scale, 0…1; `nil` for the colour of its place among the lines.
    public var share: Double?

    /// A curve, cloud or row of bars.
    ///
    /// - Parameters:
    ///   - name: what stands at its end.
    ///   - x: where its points lie, ascending unless they are dots.
    ///   - y: their heights; points without a partner in `x` are left out.
    ///   - low: the lower edge of a band around it, or `nil`.
    ///   - high: the upper edge of a band around it, or `nil`.
    ///   - smooth: the moving average to draw, if it is not simply that of `y`.
    ///   - marks: how its points are shown.
    ///   - share: the place of its colour on the heat scale, 0…1.
    public init(
      name: String, x: [Double], y: [Double], low: [Double]? = nil, high: [Double]? = nil, smooth: [Double]? = nil,
      marks: Marks = .curve, share: Double? = nil
    ) {
      let count = min(x.count, y.count, low?.count ?? .max, high?.count ?? .max, smooth?.count ?? .max)
      self.name = name
      (self.x, self.y) = (Array(x.prefix(count)), Array(y.prefix(count)))
      (self.low, self.high) = low == nil || high == nil ? (nil, nil) : (low, high)
      (self.smooth, self.marks, self.share) = (smooth, marks, share)
    }

    /// Its colour, as `#rrggbb`, at its place among the lines.
    func color(_ place: Int) -> String {
      if marks == .steps { return "#6E727A" }
      return share.map { HeatScale.color($0).hex } ?? Palette.line(place)
    }
  }
}
