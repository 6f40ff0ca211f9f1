import Foundation

/// What is to be drawn: a question, and one panel or more that answer it.
public struct Figure: Sendable, Equatable {
  /// What the figure answers, as a question.
  public var title: String
  /// What stands below the title in small letters, such as the number of seeds and the kind of band.
  public var note: String
  /// The panels, from left to right and then down; the most that one figure shows is ``maximumPanels``.
  public var panels: [Panel]
  /// The factor of the moving average drawn over each curve, 0…1; 0 draws the curve alone.
  public var smoothing: Double
  /// Panels in a row of small multiples, which share their axes and one key; `nil` for panels on their own.
  public var multiples: Int?

  /// The most panels that one figure shows.
  public static let maximumPanels = 36

  /// A figure.
  ///
  /// - Parameters:
  ///   - title: what it answers, as a question.
  ///   - note: what stands below in small letters; `nil` to explain thin and thick lines if there are both.
  ///   - panels: the panels, from left to right and then down.
  ///   - smoothing: the factor of the moving average drawn over each curve, 0…1; 0 draws the curve alone.
  ///   - multiples: panels in a row of small multiples, which share their axes and one key.
  public init(
    title: String, note: String? = nil, panels: [Panel], smoothing: Double = 0.9, multiples: Int? = nil
  ) {
    let smoothing = smoothing.isFinite ? min(max(smoothing, 0), 0.9999) : 0
    (self.title, self.panels, self.smoothing, self.multiples) = (title, panels, smoothing, multiples)
    self.note = note ?? Figure.explanation(smoothing: smoothing)
  }

  /// What thin and thick lines are.
  ///
  /// - Parameter smoothing: the factor of the moving average; 0 needs no words.
  public static func explanation(smoothing: Double) -> String {
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

  /// The figure without what cannot be drawn: panels and lines that have no finite point. Small multiples keep their
  /// places.
  ///
  /// - Throws: ``PicturesError/nothingToShow(_:lacks:)`` if nothing is left.
  func drawable() throws(PicturesError) -> Figure {
    var figure = self
    figure.panels = panels.prefix(Figure.maximumPanels).compactMap { panel in
      // Lines of small multiples keep their places too, and with them their colours.
      guard multiples == nil else { return panel }
      var panel = panel
      panel.lines = panel.lines.filter(panel.shows)
      return panel.isEmpty ? nil : panel
    }
    guard figure.panels.contains(where: { !$0.isEmpty }) else {
      throw .nothingToShow("the figure '\(title)'", lacks: "at least one finite number")
    }
    return figure
  }

  /// The moving average that is drawn over a line, or `nil` if there is none.
  func smoothed(_ line: Line) -> [Double]? {
    guard smoothing > 0, line.marks == .curve, line.y.count > 1 else { return nil }
    return line.smooth ?? Smoothing.average(line.y, factor: smoothing)
  }
}

/// Numbers in print.
enum Number {
  /// At most seven significant digits, as C's `%.7g`; the same in every language setting.
  static func short(_ value: Double) -> String { String(format: "%.7g", value) }

  /// At most three significant digits.
  static func brief(_ value: Double) -> String { String(format: "%.3g", value) }

  /// The same of a number on an axis: nothing finer than a five-hundredth of the axis.
  static func brief(_ value: Double, of range: ClosedRange<Double>) -> String {
    let width = range.upperBound - range.lowerBound
    return brief(width.isFinite && abs(value) < width / 500 ? 0 : value)
  }
}
