public import Primitives

/// Many small pictures on one, in a grid, each with its caption.
public struct ContactSheet: Sendable {
  /// One picture of a sheet.
  public struct Tile: Sendable {
    /// The picture.
    public var picture: Bitmap
    /// What stands below it; wrapped to the picture's width.
    public var caption: String
    /// A green frame for `true`, an orange one for `false`, none for `nil`.
    public var passes: Bool?

    /// A picture with its caption and verdict.
    public init(_ picture: Bitmap, caption: String = "", passes: Bool? = nil) {
      (self.picture, self.caption, self.passes) = (picture, caption, passes)
    }
  }

  /// What stands at the top; empty for nothing.
  public var title: String
  /// The pictures, row by row; the most that one sheet shows is ``maximumTiles``.
  public var tiles: [Tile]
  /// Pictures in a row; `nil` for a sheet somewhat wider than high.
  public var columns: Int?
  /// How often each pixel is repeated; `nil` for pictures of about 192 pixels.
  public var enlargement: Int?

  /// The most pictures that one sheet shows.
  public static let maximumTiles = 400

  /// A sheet of pictures.
  ///
  /// - Parameters:
  ///   - title: what stands at the top; empty for nothing.
  ///   - tiles: the pictures, row by row.
  ///   - columns: pictures in a row; `nil` for a sheet somewhat wider than high.
  ///   - enlargement: how often each pixel is repeated; `nil` for pictures of about 192 pixels.
  public init(title: String = "", tiles: [Tile], columns: Int? = nil, enlargement: Int? = nil) {
    (self.title, self.tiles, self.columns, self.enlargement) = (title, tiles, columns, enlargement)
  }

  private static let margin = 24
  private static let gap = 20
  private static let frame = 3

  /// The sheet as one picture. Tiles beyond ``maximumTiles`` are left out, and the title says so.
  ///
  /// - Throws: ``PicturesError/nothingToShow(_:lacks:)`` without pictures.
  public func drawn() throws(PicturesError) -> Bitmap {
    let shown = Array(tiles.prefix(ContactSheet.maximumTiles)).filter { $0.picture.width > 0 && $0.picture.height > 0 }
    guard !shown.isEmpty else { throw .nothingToShow("a contact sheet", lacks: "at least one picture") }
    let layout = Layout(self, shown)
    var canvas = Canvas(width: layout.width, height: layout.height, ground: Palette.ground)
    canvas.draw(layout.title, x: ContactSheet.margin, top: ContactSheet.margin, .title)
    for (index, tile) in shown.enumerated() {
      let (row, column) = (index / layout.columns, index % layout.columns)
      let x = ContactSheet.margin + column * (layout.side + ContactSheet.gap)
      let y = layout.tops[row]
      let factor = layout.factor
      canvas.draw(tile.picture, x: x, y: y, factor: factor)
      if let passes = tile.passes {
        canvas.frame(
          x: x, y: y, width: tile.picture.width * factor, height: tile.picture.height * factor,
          thickness: ContactSheet.frame, passes ? Palette.passed : Palette.failed)
      }
      canvas.draw(layout.captions[index], x: x, top: y + layout.heights[row] + 10, .body)
    }
    return canvas.bitmap
  }

  /// Where everything goes, in pixels.
  private struct Layout {
    let columns: Int, factor: Int, side: Int, width: Int, height: Int
    let title: [String], captions: [[String]]
    /// For each row of the grid: the top and the height of its pictures.
    let tops: [Int], heights: [Int]

    init(_ sheet: ContactSheet, _ tiles: [Tile]) {
      let widest = tiles.map(\.picture.width).max() ?? 1
      let columns = max(
        min(sheet.columns ?? Int((1.6 * Double(tiles.count)).squareRoot().rounded(.up)), tiles.count), 1)
      let factor = max(sheet.enlargement ?? (192 / widest), 1)
      let side = widest * factor
      let inner = columns * side + (columns - 1) * ContactSheet.gap
      let cut = sheet.tiles.count - ContactSheet.maximumTiles
      let title = sheet.title + (cut > 0 ? " (\(cut) more pictures are not shown)" : "")
      self.title = Caption.lines(title, width: inner, style: .title, limit: 4)
      let captions = tiles.map { Caption.lines($0.caption, width: side, style: .body, limit: 8) }
      var (tops, heights): ([Int], [Int]) = ([], [])
      var y = ContactSheet.margin
      if !self.title.isEmpty { y += self.title.count * TextStyle.title.lineHeight + 8 }
      for start in stride(from: 0, to: tiles.count, by: columns) {
        let row = start..<min(start + columns, tiles.count)
        let height = row.map { tiles[$0].picture.height * factor }.max() ?? 0
        let lines = row.map { captions[$0].count }.max() ?? 0
        tops.append(y)
        heights.append(height)
        y += height + (lines > 0 ? 10 + lines * TextStyle.body.lineHeight : 0) + ContactSheet.gap
      }
      (self.columns, self.factor, self.side) = (columns, factor, side)
      (self.captions, self.tops, self.heights) = (captions, tops, heights)
      width = inner + 2 * ContactSheet.margin
      self.height = y - ContactSheet.gap + ContactSheet.margin
    }
  }
}
