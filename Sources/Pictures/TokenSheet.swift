public import Primitives

/// A sample token by token in one picture: the image, maps over its cells, and its words with bars below them.
public struct TokenSheet: Sendable {
  /// Numbers over the cells of the image.
  public struct Map: Sendable {
    /// What they are, such as "probability".
    public var title: String
    /// One number a cell, row by row.
    public var values: [Double]
    /// What the ends of the colours stand for.
    public var range: ClosedRange<Double>

    /// A map.
    public init(_ title: String, _ values: [Double], range: ClosedRange<Double>) {
      (self.title, self.values, self.range) = (title, values, range)
    }

    func share(_ value: Double) -> Double { (value - range.lowerBound) / (range.upperBound - range.lowerBound) }
  }

  /// A word with its shares.
  public struct Word: Sendable {
    /// The word.
    public var text: String
    /// Its probability, 0…1.
    public var probability: Double
    /// The entropy of its distribution as a share of the largest, 0…1.
    public var entropy: Double
    /// Whether it stands out, by a frame: forced, or clipped.
    public var isMarked: Bool

    /// A word.
    public init(_ text: String, probability: Double, entropy: Double, isMarked: Bool = false) {
      (self.text, self.probability, self.entropy, self.isMarked) = (text, probability, entropy, isMarked)
    }
  }

  /// What was asked for.
  public var title: String
  /// What else there is to say.
  public var note: String
  /// The image.
  public var image: Bitmap
  /// How many cells a row of the image has.
  public var grid: Int
  /// The maps, shown right of the image.
  public var maps: [Map]
  /// The words, shown below.
  public var words: [Word]

  /// A sheet.
  public init(title: String, note: String, image: Bitmap, grid: Int, maps: [Map], words: [Word]) {
    (self.title, self.note, self.image, self.grid) = (title, note, image, grid)
    (self.maps, self.words) = (maps, words)
  }

  private static let margin = 24
  private static let gap = 20
  private static let side = 256
  /// The height of a word with its two bars, and of one bar.
  private static let (wordHeight, barHeight) = (46, 6)

  /// The sheet as one picture.
  ///
  /// - Throws: ``PicturesError/nothingToShow(_:lacks:)`` without an image.
  public func drawn() throws(PicturesError) -> Bitmap {
    guard image.width > 0, image.height > 0, grid > 0 else {
      throw .nothingToShow("the tokens of a sample", lacks: "the picture that they paint")
    }
    let inner = (maps.count + 1) * Self.side + maps.count * Self.gap
    let titles = Caption.lines(title, width: inner, style: .title, limit: 3)
    let notes = Caption.lines(note, width: inner, style: .heading, limit: 3)
    let rows = lines(width: inner)
    var y = Self.margin + titles.count * TextStyle.title.lineHeight + notes.count * TextStyle.heading.lineHeight + 12
    let top = y
    let heading = TextStyle.heading.lineHeight + 4
    y += heading + Self.side + 12
    let bottom = y + (rows.isEmpty ? 0 : heading + rows.count * Self.wordHeight)
    var canvas = Canvas(width: inner + 2 * Self.margin, height: bottom + Self.margin, ground: Palette.ground)
    canvas.draw(titles, x: Self.margin, top: Self.margin, .title)
    canvas.draw(
      notes, x: Self.margin, top: Self.margin + titles.count * TextStyle.title.lineHeight + 4, .heading)
    canvas.draw("the picture", x: Self.margin, top: top, .heading)
    canvas.draw(image.fitted(Self.side), x: Self.margin, y: top + heading)
    for (index, map) in maps.enumerated() {
      draw(map, on: &canvas, x: Self.margin + (index + 1) * (Self.side + Self.gap), top: top, heading)
    }
    guard !rows.isEmpty else { return canvas.bitmap }
    legend(on: &canvas, top: y)
    for (row, words) in rows.enumerated() {
      for word in words {
        draw(word.word, on: &canvas, x: Self.margin + word.x, y: y + heading + row * Self.wordHeight)
      }
    }
    return canvas.bitmap
  }

  /// A map with its title and the numbers that its colours end at.
  private func draw(_ map: Map, on canvas: inout Canvas, x: Int, top: Int, _ heading: Int) {
    func text(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }
    canvas.draw(map.title, x: x, top: top, .heading)
    let ends = "\(text(map.range.lowerBound)) … \(text(map.range.upperBound))"
    let width = TextStyle.heading.width(of: ends)
    canvas.draw(ends, x: x + Self.side - width, top: top, .heading)
    // The scale stands left of the numbers that its ends have.
    for step in 0..<40 {
      canvas.fill(
        x: x + Self.side - width - 48 + step, y: top + 1, width: 1, height: 9, HeatScale.color(Double(step) / 39))
    }
    for (place, value) in map.values.enumerated() {
      let (row, column) = (place / grid, place % grid)
      let (left, right) = (column * Self.side / grid, (column + 1) * Self.side / grid)
      let (upper, lower) = (row * Self.side / grid, (row + 1) * Self.side / grid)
      canvas.fill(
        x: x + left, y: top + heading + upper, width: right - left, height: lower - upper,
        HeatScale.color(map.share(value)))
    }
  }

  private func legend(on canvas: inout Canvas, top: Int) {
    var x = Self.margin
    for (text, color) in [("probability", Palette.probability), ("entropy", Palette.entropy)] {
      canvas.fill(x: x, y: top + 2, width: 18, height: 7, color)
      canvas.draw(text, x: x + 24, top: top, .heading)
      x += 24 + TextStyle.heading.width(of: text) + 20
    }
  }

  private func draw(_ word: Word, on canvas: inout Canvas, x: Int, y: Int) {
    let width = Self.width(of: word)
    canvas.draw(word.text, x: x, top: y, .body)
    for (index, (share, color)) in [
      (word.probability, Palette.probability), (word.entropy, Palette.entropy),
    ].enumerated() {
      let top = y + 18 + index * (Self.barHeight + 2)
      canvas.fill(x: x, y: top, width: width, height: Self.barHeight, Palette.rule)
      let filled = (min(max(share, 0), 1) * Double(width)).rounded()
      canvas.fill(x: x, y: top, width: Int(filled), height: Self.barHeight, color)
    }
    guard word.isMarked else { return }
    canvas.frame(x: x - 2, y: y - 4, width: width + 4, height: Self.wordHeight - 8, thickness: 1, Palette.failed)
  }

  private static func width(of word: Word) -> Int { max(TextStyle.body.width(of: word.text), 34) }

  /// The words in lines that fit a width, each with where it begins.
  private func lines(width: Int) -> [[(word: Word, x: Int)]] {
    var lines: [[(word: Word, x: Int)]] = []
    var x = width + 1
    for word in words {
      let room = Self.width(of: word)
      if lines.isEmpty || x + room > width {
        lines.append([])
        x = 0
      }
      lines[lines.count - 1].append((word, x))
      x += room + 12
    }
    return lines
  }
}

extension Bitmap {
  /// Enlarged by whole pixels to at most a side's length.
  fileprivate func fitted(_ side: Int) -> Bitmap { enlarged(by: max(side / max(width, height), 1)) }
}
