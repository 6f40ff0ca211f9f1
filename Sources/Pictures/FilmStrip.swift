public import Primitives

/// The same prompts painted again and again while a model learns: a column a moment, a row a prompt.
public struct FilmStrip: Sendable {
  /// One moment.
  public struct Frame: Sendable {
    /// When it was, such as `step 20`.
    public var caption: String
    /// Its pictures, one a row.
    public var pictures: [Bitmap]
    /// Whether each shows what was asked for; `nil` for what nobody judged.
    public var passes: [Bool?]

    /// A moment.
    ///
    /// - Parameters:
    ///   - caption: when it was.
    ///   - pictures: its pictures, one a row.
    ///   - passes: whether each shows what was asked for; as many as pictures, or none.
    public init(_ caption: String, _ pictures: [Bitmap], passes: [Bool?] = []) {
      (self.caption, self.pictures, self.passes) = (caption, pictures, passes)
    }
  }

  /// What stands at the top; empty for nothing.
  public var title: String
  /// What each row shows; a row without a name has none.
  public var rows: [String]
  /// The moments in order.
  public var frames: [Frame]

  /// The most moments, and the most pictures of one, that are shown.
  public static let maximumFrames = 120, maximumRows = 8
  /// The most moments that a strip has; of more, so many at equal distances are shown.
  static let maximumColumns = 12

  /// A film.
  public init(title: String = "", rows: [String], frames: [Frame]) {
    (self.title, self.rows, self.frames) = (title, rows, frames)
  }

  private static let margin = 24
  private static let gap = 10
  private static let labelWidth = 170
  private static let side = 96
  private static let frame = 2

  /// The moments side by side.
  ///
  /// - Throws: ``PicturesError/nothingToShow(_:lacks:)`` without pictures.
  public func strip() throws(PicturesError) -> Bitmap {
    let count = frames.count
    let places =
      count <= Self.maximumColumns
      ? Array(0..<count)
      : (0..<Self.maximumColumns).map { $0 * (count - 1) / (Self.maximumColumns - 1) }
    return try drawn(places.map { frames[$0] }, factor: nil)
  }

  /// Each moment as a picture of its own, all of one size.
  ///
  /// - Throws: ``PicturesError/nothingToShow(_:lacks:)`` without pictures.
  public func moments() throws(PicturesError) -> [Bitmap] {
    var moments: [Bitmap] = []
    // Few pictures are worth being large.
    let factor = frames.map(\.pictures.count).max() ?? 0 > 3 ? 1 : 2
    for frame in frames.prefix(Self.maximumFrames) { moments.append(try drawn([frame], factor: factor)) }
    return moments
  }

  private func drawn(_ shown: [Frame], factor wanted: Int?) throws(PicturesError) -> Bitmap {
    let sizes = frames.flatMap(\.pictures).filter { $0.width > 0 && $0.height > 0 }
    guard let widest = sizes.map(\.width).max(), let highest = sizes.map(\.height).max() else {
      throw .nothingToShow("a film", lacks: "at least one picture")
    }
    let factor = max((wanted ?? 1) * Self.side / max(widest, highest), 1)
    let (across, down) = (widest * factor, highest * factor)
    let count = min(frames.map(\.pictures.count).max() ?? 0, Self.maximumRows)
    let hasLabels = rows.contains { !$0.isEmpty }
    let left = Self.margin + (hasLabels ? Self.labelWidth : 0)
    let width = left + shown.count * (across + Self.gap) - Self.gap + Self.margin
    // A caption of one moment changes from picture to picture, and must not change the size.
    let titles = Caption.lines(title, width: width - 2 * Self.margin, style: .title, limit: 3)
    let head = Self.margin + (titles.isEmpty ? 0 : titles.count * TextStyle.title.lineHeight + 8)
    let top = head + TextStyle.heading.lineHeight + 2
    let height = top + count * (down + Self.gap) - Self.gap + Self.margin
    var canvas = Canvas(width: width, height: height, ground: Palette.ground)
    canvas.draw(titles, x: Self.margin, top: Self.margin, .title)
    for row in 0..<count where hasLabels && row < rows.count {
      let lines = Caption.lines(
        rows[row], width: Self.labelWidth - 16, style: .body, limit: max(down / TextStyle.body.lineHeight, 1))
      canvas.draw(lines, x: Self.margin, top: top + row * (down + Self.gap) + 4, .body)
    }
    for (column, frame) in shown.enumerated() {
      let x = left + column * (across + Self.gap)
      canvas.draw(Caption.lines(frame.caption, width: across, style: .heading, limit: 1), x: x, top: head, .heading)
      for (row, picture) in frame.pictures.prefix(count).enumerated() {
        let y = top + row * (down + Self.gap)
        canvas.draw(picture, x: x, y: y, factor: factor)
        guard row < frame.passes.count, let passes = frame.passes[row] else { continue }
        canvas.frame(
          x: x, y: y, width: picture.width * factor, height: picture.height * factor, thickness: Self.frame,
          passes ? Palette.passed : Palette.failed)
      }
    }
    return canvas.bitmap
  }
}
