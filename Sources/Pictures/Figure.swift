import Foundation

/// Curves to be drawn: a question, and one panel or more that answer it.
public struct Figure: Sendable, Equatable {
  /// One curve.
  public struct Line: Sendable, Equatable {
    /// What stands at its end.
    public var name: String
    /// Where its points lie, ascending.
    public var x: [Double]
    /// Their heights; a value that is not finite is a gap.
    public var y: [Double]
    /// The lower edge of a band around it; as many as `y`, or `nil`.
    public var low: [Double]?
    /// The upper edge of a band around it; as many as `y`, or `nil`.
    public var high: [Double]?

    /// A curve.
    ///
    /// - Parameters:
    ///   - name: what stands at its end.
    ///   - x: where its points lie, ascending.
    ///   - y: their heights; points without a partner in `x` are left out.
    ///   - low: the lower edge of a band around it, or `nil`.
    ///   - high: the upper edge of a band around it, or `nil`.
    public init(name: String, x: [Double], y: [Double], low: [Double]? = nil, high: [Double]? = nil) {
      let count = min(x.count, y.count, low?.count ?? .max, high?.count ?? .max)
      self.name = name
      (self.x, self.y) = (Array(x.prefix(count)), Array(y.prefix(count)))
      (self.low, self.high) = low == nil || high == nil ? (nil, nil) : (low, high)
    }
  }

  /// One pair of axes with its curves.
  public struct Panel: Sendable, Equatable {
    /// What the panel shows, above it; the heights' name and unit.
    public var label: String
    /// What runs along the bottom, with its unit.
    public var xLabel: String
    /// Whether heights are on a logarithmic scale; heights of 0 and below are then gaps.
    public var isLogarithmic: Bool
    /// The heights that must be seen, besides those of the curves; such as 0 and 1 for a rate.
    public var mustShow: [Double]
    /// The curves, in the order of the colours.
    public var lines: [Line]

    /// A pair of axes with its curves.
    public init(
      label: String, xLabel: String = "optimizer step", isLogarithmic: Bool = false, mustShow: [Double] = [],
      lines: [Line]
    ) {
      (self.label, self.xLabel, self.isLogarithmic) = (label, xLabel, isLogarithmic)
      (self.mustShow, self.lines) = (mustShow, lines)
    }
  }

  /// What the figure answers, as a question.
  public var title: String
  /// What stands below the title in small letters, such as the number of seeds and the kind of band.
  public var note: String
  /// The panels, from left to right and then down; the most that one figure shows is ``maximumPanels``.
  public var panels: [Panel]
  /// The factor of the moving average drawn over each curve, 0…1; 0 draws the curve alone.
  public var smoothing: Double

  /// The most panels that one figure shows.
  public static let maximumPanels = 9

  /// A figure.
  ///
  /// - Parameters:
  ///   - title: what it answers, as a question.
  ///   - note: what stands below in small letters; `nil` to explain thin and thick lines if there are both.
  ///   - panels: the panels, from left to right and then down.
  ///   - smoothing: the factor of the moving average drawn over each curve, 0…1; 0 draws the curve alone.
  public init(title: String, note: String? = nil, panels: [Panel], smoothing: Double = 0.9) {
    let smoothing = smoothing.isFinite ? min(max(smoothing, 0), 0.9999) : 0
    (self.title, self.panels, self.smoothing) = (title, panels, smoothing)
    self.note = note ?? Figure.explanation(smoothing: smoothing)
  }

  /// What thin and thick lines are.
  private static func explanation(smoothing: Double) -> String {
    smoothing > 0 ? "thin: each step; thick: moving average, factor \(Number.short(smoothing))" : ""
  }

  /// The curves of a training run: a panel for each quantity, over the same steps.
  ///
  /// - Parameters:
  ///   - title: what the figure answers, as a question.
  ///   - note: what stands below in small letters; `nil` for the meaning of thin and thick lines.
  ///   - xLabel: what the steps are.
  ///   - steps: one for each value of a column.
  ///   - panels: for each panel its label and its columns, by name.
  ///   - smoothing: the factor of the moving average, 0…1.
  public static func curves(
    title: String, note: String? = nil, xLabel: String = "optimizer step", steps: [Double],
    panels: [(label: String, columns: [(name: String, values: [Double])])], smoothing: Double = 0.9
  ) -> Figure {
    let panels = panels.map { panel in
      Panel(
        label: panel.label, xLabel: xLabel,
        lines: panel.columns.map { Line(name: $0.name, x: steps, y: $0.values) })
    }
    return Figure(title: title, note: note, panels: panels, smoothing: smoothing)
  }

  /// The figure without what cannot be drawn: panels and lines that have no finite point.
  ///
  /// - Throws: ``PicturesError/nothingToShow(_:lacks:)`` if nothing is left.
  func drawable() throws(PicturesError) -> Figure {
    var figure = self
    figure.panels = panels.prefix(Figure.maximumPanels).compactMap { panel in
      var panel = panel
      panel.lines = panel.lines.filter { line in line.y.indices.contains { panel.shows(line, $0) } }
      return panel.lines.isEmpty ? nil : panel
    }
    guard !figure.panels.isEmpty else {
      throw .nothingToShow("the figure '\(title)'", lacks: "at least one finite number")
    }
    return figure
  }
}

extension Figure.Panel {
  /// Whether a point of a line can be seen.
  func shows(_ line: Figure.Line, _ index: Int) -> Bool {
    line.x[index].isFinite && line.y[index].isFinite && (!isLogarithmic || line.y[index] > 0)
  }
}

/// Numbers in print.
enum Number {
  /// At most seven significant digits, as C's `%.7g`; the same in every language setting.
  static func short(_ value: Double) -> String { String(format: "%.7g", value) }
}
