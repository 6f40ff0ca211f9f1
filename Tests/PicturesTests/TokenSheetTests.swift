import Primitives
import Testing

@testable import Pictures

struct TokenSheetTests {
  private static let red = Bitmap.Color(200, 30, 30)

  private static func sheet(words: [TokenSheet.Word] = [], image: Bitmap = Bitmap(width: 64, height: 64, fill: red))
    -> TokenSheet
  {
    TokenSheet(
      title: "a red star", note: "", image: image, grid: 2,
      maps: [TokenSheet.Map("probability", [0, 0.5, 1, .nan], range: 0...1)], words: words)
  }

  @Test func `the picture stands left of its map, whose cells have the colours of their shares`() throws {
    let bitmap = try Self.sheet().drawn()
    #expect(bitmap.width == 580)
    let bottom = bitmap.height - 24 - 12
    // The lower halves of picture and map, well inside their cells.
    #expect(bitmap[24 + 128, bottom - 60] == Self.red)
    let left = 24 + 256 + 20
    #expect(bitmap[left + 64, bottom - 192] == HeatScale.color(0))
    #expect(bitmap[left + 192, bottom - 192] == HeatScale.color(0.5))
    #expect(bitmap[left + 64, bottom - 64] == HeatScale.color(1))
    #expect(bitmap[left + 192, bottom - 64] == Bitmap.Color(160, 160, 160))
  }

  @Test func `words have bars as long as their shares, and go on in a new line`() throws {
    let word = TokenSheet.Word("circle", probability: 0.5, entropy: 0, isMarked: true)
    let one = try Self.sheet(words: [word]).drawn()
    let many = try Self.sheet(words: Array(repeating: word, count: 40)).drawn()
    #expect(many.height > one.height + 46)
    let width = TextStyle.body.width(of: "circle")
    let top = one.height - 70
    let blue = (24..<(24 + width)).count { x in
      (top..<one.height).contains { y in one[x, y] == Palette.probability }
    }
    #expect(abs(blue - width / 2) <= 1)
  }

  @Test func `colours rise in lightness, and shares outside have those of the ends`() {
    let lightness = (0...20).map { step -> Int in
      let color = HeatScale.color(Double(step) / 20)
      let (red, green, blue): (Int, Int, Int) = (Int(color.red), Int(color.green), Int(color.blue))
      return 299 * red + 587 * green + 114 * blue
    }
    #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $0 < $1 })
    #expect(HeatScale.color(-1) == HeatScale.color(0))
    #expect(HeatScale.color(7) == HeatScale.color(1))
    #expect(HeatScale.isPale(0.9) && !HeatScale.isPale(0.1))
  }

  @Test func `without a picture there is nothing to show`() {
    #expect(throws: PicturesError.nothingToShow("the tokens of a sample", lacks: "the picture that they paint")) {
      try Self.sheet(image: Bitmap(width: 0, height: 0)).drawn()
    }
  }
}
