import Foundation
import Primitives
import Testing

@testable import Pictures

private let red = Bitmap(width: 4, height: 4, fill: .init(255, 0, 0))
private let blue = Bitmap(width: 4, height: 4, fill: .init(0, 0, 255))

/// How many pixels of a picture have a colour.
private func count(_ color: Bitmap.Color, in picture: Bitmap) -> Int {
  (0..<picture.height).reduce(0) { sum, y in sum + (0..<picture.width).count { picture[$0, y] == color } }
}

@Suite struct SheetTests {
  @Test func `a sheet shows each picture enlarged without blur, framed by its verdict`() throws {
    let sheet = ContactSheet(
      tiles: [.init(red, passes: true), .init(blue, passes: false), .init(red)], columns: 2, enlargement: 5)
    let picture = try sheet.drawn()
    #expect((picture.width, picture.height) == (24 + 20 + 20 + 20 + 24, 24 + 20 + 20 + 20 + 24))
    #expect(count(.init(255, 0, 0), in: picture) == 2 * 20 * 20)
    #expect(count(.init(0, 0, 255), in: picture) == 20 * 20)
    // A frame of 3 pixels around 20 × 20.
    #expect(count(Palette.passed, in: picture) == 26 * 26 - 20 * 20)
    #expect(count(Palette.failed, in: picture) == 26 * 26 - 20 * 20)
    #expect(picture[24, 24] == .init(255, 0, 0))
    #expect(picture[64, 24] == .init(0, 0, 255))
    #expect(picture[24, 64] == .init(255, 0, 0))
    #expect(picture[0, 0] == .init(255, 255, 255))
  }

  @Test func `captions and title take room and ink, below and above their pictures`() throws {
    let bare = try ContactSheet(tiles: [.init(red)]).drawn()
    let told = try ContactSheet(title: "Title", tiles: [.init(red, caption: "a red square")]).drawn()
    #expect(told.width == bare.width)
    #expect(told.height > bare.height + 30)
    #expect(count(Palette.text, in: bare) == 0)
    #expect(count(Palette.text, in: told) > 100)
    #expect(count(.init(255, 0, 0), in: told) == 192 * 192)
    #expect(try ContactSheet(title: "Title", tiles: [.init(red, caption: "a red square")]).drawn() == told)
  }

  @Test func `pictures of unequal size share a sheet`() throws {
    let tall = Bitmap(width: 2, height: 6, fill: .init(0, 0, 255))
    let picture = try ContactSheet(tiles: [.init(red), .init(tall)], columns: 2, enlargement: 1).drawn()
    #expect((picture.width, picture.height) == (24 + 4 + 20 + 4 + 24, 24 + 6 + 24))
    #expect(count(.init(0, 0, 255), in: picture) == 12)
  }

  @Test func `a sheet or comparison without pictures is an error`() {
    let error = #expect(throws: PicturesError.self) { try ContactSheet(tiles: []).drawn() }
    #expect(error?.description == "a contact sheet has nothing to show: it needs at least one picture")
    #expect(throws: PicturesError.self) { try ContactSheet(tiles: [.init(Bitmap(width: 0, height: 0))]).drawn() }
    #expect(throws: PicturesError.self) { try Comparison(rows: []).drawn() }
  }

  @Test func `a comparison has a row for each prompt, with both pictures`() throws {
    let row = Comparison.Row(
      prompt: "a blue square", thought: "blue, one, square", before: red, after: blue, beforePasses: false,
      afterPasses: true)
    let one = try Comparison(title: "Better?", before: "SFT", after: "GRPO", rows: [row]).drawn()
    let two = try Comparison(title: "Better?", before: "SFT", after: "GRPO", rows: [row, row]).drawn()
    #expect(one.width == two.width)
    #expect(count(.init(255, 0, 0), in: one) == 192 * 192)
    #expect(count(.init(0, 0, 255), in: two) == 2 * 192 * 192)
    #expect(count(Palette.passed, in: two) == 2 * (198 * 198 - 192 * 192))
    #expect(two.height - one.height == 192 + 28)
    var long = row
    long.thought = String(repeating: "and then a blue square ", count: 500)
    #expect(try Comparison(rows: [long]).drawn().height < 500)
  }

  @Test func `text is wrapped at spaces, long words are broken, long texts end in dots`() {
    let style = TextStyle.body
    let lines = Caption.lines("the quick  brown fox jumps over the lazy dog", width: 90, style: style)
    #expect(lines.joined(separator: " ") == "the quick brown fox jumps over the lazy dog")
    #expect(lines.count > 2)
    let word = String(repeating: "m", count: 40)
    let pieces = Caption.lines(word, width: 90, style: style)
    #expect(pieces.joined() == word)
    let cut = Caption.lines(String(repeating: "word ", count: 10_000), width: 90, style: style, limit: 3)
    #expect(cut.count == 3 && cut[2].hasSuffix("..."))
    for line in lines + pieces + cut { #expect(style.width(of: line) <= 90, "\(line)") }
    #expect(Caption.lines("a\n\nb\n", width: 90, style: style) == ["a", "", "b"])
    #expect(Caption.lines("", width: 90, style: style) == [])
    #expect(Caption.lines("wide", width: 0, style: style).joined() == "wide")
  }

  @Test func `every printable ASCII character has letters of its own`() {
    var seen: [[Typeface.Stroke]: Character] = [:]
    for code in UInt8(33)..<127 {
      let character = Character(Unicode.Scalar(code))
      let glyph = Typeface.glyph(character)
      #expect(!glyph.strokes.isEmpty && (1...5).contains(glyph.width), "\(character)")
      #expect(seen.updateValue(character, forKey: glyph.strokes) == nil, "\(character)")
    }
    // The box stands for all the rest, and is none of them.
    #expect(seen[Typeface.glyph("緑").strokes] == nil)
    #expect(Typeface.spelled("“Zoë” – 3 × 緑…") == "\"Zoe\" - 3 x 緑...")
  }

  @Test func `neighbouring points are joined, diagonally only where no straight way leads`() {
    // '/' is drawn as two upright pairs and a diagonal between; '-' as one level line.
    #expect(Typeface.glyph("-").strokes.filter { ($0.x0, $0.y0) != ($0.x1, $0.y1) }.count == 3)
    #expect(Typeface.glyph("-").strokes.allSatisfy { $0.y0 == 3 && $0.y1 == 3 })
    let slash = Typeface.glyph("/").strokes
    #expect(slash.contains(.init(x0: 3, y0: 2, x1: 2, y1: 3)))
    #expect(Typeface.glyph("+").strokes.allSatisfy { $0.x0 == $0.x1 || $0.y0 == $0.y1 })
  }
}
