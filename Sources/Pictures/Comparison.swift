public import Primitives

/// The paper's own figure: prompt, thought, and the pictures of two models side by side, a row for each prompt.
///
/// Source: ReasonGen-R1 (arXiv 2505.24875), Figure 1.
public struct Comparison: Sendable {
  /// One prompt's row.
  public struct Row: Sendable {
    /// What was asked for.
    public var prompt: String
    /// What the second model thought before it painted; empty for nothing.
    public var thought: String
    /// The first model's picture with its verdict.
    public var before: Bitmap
    /// The second model's picture.
    public var after: Bitmap
    /// Whether the first picture shows what was asked for; `nil` if nobody judged.
    public var beforePasses: Bool?
    /// Whether the second picture shows what was asked for; `nil` if nobody judged.
    public var afterPasses: Bool?

    /// A row of a comparison.
    public init(
      prompt: String, thought: String, before: Bitmap, after: Bitmap, beforePasses: Bool? = nil,
      afterPasses: Bool? = nil
    ) {
      (self.prompt, self.thought, self.before, self.after) = (prompt, thought, before, after)
      (self.beforePasses, self.afterPasses) = (beforePasses, afterPasses)
    }
  }

  /// What stands at the top; empty for nothing.
  public var title: String
  /// The four columns' headings.
  public var headings: [String]
  /// The rows, one a prompt; at most ``maximumRows`` are shown.
  public var rows: [Row]

  /// The most rows that one figure shows.
  public static let maximumRows = 100

  /// A comparison of two models.
  ///
  /// - Parameters:
  ///   - title: what stands at the top; empty for nothing.
  ///   - before: the heading of the first model's pictures.
  ///   - after: the heading of the second model's pictures.
  ///   - rows: one a prompt.
  public init(title: String = "", before: String = "before", after: String = "after", rows: [Row]) {
    self.title = title
    headings = ["prompt", "thought", before, after]
    self.rows = rows
  }

  private static let margin = 28
  private static let gap = 28
  private static let promptWidth = 190
  private static let thoughtWidth = 310
  /// Pictures are enlarged to about this many pixels.
  private static let side = 192

  /// The comparison as one picture.
  ///
  /// - Throws: ``PicturesError/nothingToShow(_:lacks:)`` without rows or pictures.
  public func drawn() throws(PicturesError) -> Bitmap {
    let shown = rows.prefix(Comparison.maximumRows).filter { $0.before.width > 0 && $0.after.width > 0 }
    guard let first = shown.first else { throw .nothingToShow("a comparison", lacks: "at least one prompt") }
    let factor = max(Comparison.side / first.before.width, 1)
    let side = shown.flatMap { [$0.before.width, $0.after.width] }.reduce(0, max) * factor
    let columns = Comparison.columns(side: side)
    let width = columns[3] + side + Comparison.margin
    let inner = width - 2 * Comparison.margin
    let titleLines = Caption.lines(title, width: inner, style: .title, limit: 4)
    let laid = shown.map { Laid($0, factor: factor) }
    let head = Comparison.margin + (titleLines.isEmpty ? 0 : titleLines.count * TextStyle.title.lineHeight + 12)
    let body = head + TextStyle.heading.lineHeight + 8
    let height = body + laid.reduce(0) { $0 + $1.height + Comparison.gap } + Comparison.margin - Comparison.gap / 2
    var canvas = Canvas(width: width, height: height, ground: Palette.ground)
    canvas.draw(titleLines, x: Comparison.margin, top: Comparison.margin, .title)
    for (heading, x) in zip(headings, columns) {
      canvas.draw(Caption.lines(heading, width: side, style: .heading, limit: 1), x: x, top: head, .heading)
    }
    var y = body
    for row in laid {
      canvas.fill(x: Comparison.margin, y: y, width: inner, height: 1, Palette.rule)
      row.draw(on: &canvas, y: y + Comparison.gap / 2, columns: columns)
      y += row.height + Comparison.gap
    }
    return canvas.bitmap
  }

  /// The left edges of the four columns, in pixels.
  private static func columns(side: Int) -> [Int] {
    let thought = margin + promptWidth + gap
    let before = thought + thoughtWidth + gap
    return [margin, thought, before, before + side + gap]
  }

  /// A row with its texts wrapped.
  private struct Laid {
    let row: Row, factor: Int, prompt: [String], thought: [String], height: Int

    init(_ row: Row, factor: Int) {
      (self.row, self.factor) = (row, factor)
      prompt = Caption.lines(row.prompt, width: promptWidth, style: .body, limit: 20)
      thought = Caption.lines(row.thought, width: thoughtWidth, style: .body, limit: 20)
      let text = max(prompt.count, thought.count) * TextStyle.body.lineHeight
      height = max(row.before.height * factor, row.after.height * factor, text)
    }

    func draw(on canvas: inout Canvas, y: Int, columns: [Int]) {
      canvas.draw(prompt, x: columns[0], top: y + 4, .body)
      canvas.draw(thought, x: columns[1], top: y + 4, .body)
      for (picture, passes, x) in [
        (row.before, row.beforePasses, columns[2]), (row.after, row.afterPasses, columns[3]),
      ] {
        canvas.draw(picture, x: x, y: y, factor: factor)
        guard let passes else { continue }
        canvas.frame(
          x: x, y: y, width: picture.width * factor, height: picture.height * factor, thickness: 3,
          passes ? Palette.passed : Palette.failed)
      }
    }
  }
}
