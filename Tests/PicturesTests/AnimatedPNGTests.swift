import Foundation
import Primitives
import Testing

@testable import Pictures

@Suite struct AnimatedPNGTests {
  private static func picture(_ shade: UInt8) -> Bitmap {
    Bitmap(width: 5, height: 3, fill: Bitmap.Color(shade, 255 - shade, 7))
  }

  @Test func `chunks stand in the order of the specification, and every picture comes back`() throws {
    let frames = [UInt8(10), 90, 250].map(Self.picture)
    let data = try AnimatedPNG.encode(frames, milliseconds: 500, last: 2000, text: [("Title", "a film")])
    let chunks = try PNGFileTests.chunks(data)
    #expect(
      chunks.map(\.kind) == ["IHDR", "acTL", "iTXt", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND"])
    #expect(chunks[1].data == [0, 0, 0, 3, 0, 0, 0, 0])
    // Sequence, 5 by 3 at 0, 0, then 500 and 2000 of 1000 parts of a second.
    #expect(chunks[3].data == [0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xF4, 3, 0xE8, 0, 0])
    #expect(chunks[7].data == [0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0xD0, 3, 0xE8, 0, 0])
    let sequence = chunks.filter { ["fcTL", "fdAT"].contains($0.kind) }.map { $0.data[3] }
    #expect(sequence == [0, 1, 2, 3, 4])
    // A reader that knows no animation sees the first; the others' rows are those that libpng wrote.
    let content = try PNGFile.decode(data)
    #expect(content.bitmap == frames[0])
    #expect(content["Title"] == "a film")
    for (place, frame) in zip([6, 8], frames.dropFirst()) {
      let rows = PNGChunk("IDAT", Array(chunks[place].data.dropFirst(4))).data
      let head = PNGChunk("IHDR", chunks[0].data).data
      let whole = Data(PNGChunk.signature) + head + rows + PNGChunk("IEND", []).data
      #expect(try PNGFile.decode(whole).bitmap == frame)
    }
  }

  @Test func `pictures of different sizes, or none, are an error`() {
    #expect(throws: PicturesError.frameSizes) {
      try AnimatedPNG.encode([Self.picture(1), Bitmap(width: 5, height: 4)], milliseconds: 100)
    }
    #expect(throws: PicturesError.self) { try AnimatedPNG.encode([], milliseconds: 100) }
  }

  @Test func `a film's moments are of one size, and a long strip shows its beginning and its end`() throws {
    let frames = (0..<30).map { FilmStrip.Frame("step \($0)", [Self.picture(UInt8($0 * 8)), Self.picture(0)]) }
    let film = FilmStrip(title: "t", rows: ["a red star", ""], frames: frames)
    let moments = try film.moments()
    #expect(moments.count == 30)
    #expect(Set(moments.map { [$0.width, $0.height] }).count == 1)
    let strip = try film.strip()
    // Twelve columns of pictures 19 times as large.
    #expect(strip.width == 24 + 170 + 12 * (95 + 10) - 10 + 24)
    let row = 24 + TextStyle.title.lineHeight + 8 + TextStyle.heading.lineHeight + 2 + 40
    #expect(strip[24 + 170 + 50, row] == Self.picture(0)[0, 0])
    #expect(strip[24 + 170 + 11 * 105 + 50, row] == Self.picture(29 * 8)[0, 0])
    #expect(throws: PicturesError.self) { try FilmStrip(rows: [], frames: []).strip() }
  }
}
