import Foundation
import Primitives
import Script
import Testing

@testable import Terminal

/// A picture of which every pixel differs from its neighbours.
private func picture(width: Int, height: Int) -> Bitmap {
  var bitmap = Bitmap(width: width, height: height)
  for y in 0..<height {
    for x in 0..<width {
      let (red, green, blue): (Int, Int, Int) = (x * 37 % 256, y * 59 % 256, (x + y) % 2 * 255)
      bitmap[x, y] = Bitmap.Color(UInt8(red), UInt8(green), UInt8(blue))
    }
  }
  return bitmap
}

/// Reads sixel graphics back as the manual of the VT340 describes them; colours are percentages.
private struct SixelReader {
  var width = 0, height = 0
  var pixels: [Int: [Int]] = [:]

  init(_ text: String) throws {
    let bytes = Array(text.utf8)
    try #require(text.hasPrefix("\u{1B}Pq") && text.hasSuffix("\u{1B}\\"))
    var place = 3
    var (x, y, color) = (0, 0, 0)
    var palette: [Int: [Int]] = [:]
    func numbers() -> [Int] {
      var found = ""
      while place < bytes.count, (0x30...0x39).contains(bytes[place]) || bytes[place] == 0x3B {
        found.unicodeScalars.append(Unicode.Scalar(bytes[place]))
        place += 1
      }
      return found.split(separator: ";").compactMap { Int($0) }
    }
    while place < bytes.count - 2 {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""): (width, height) = { ($0[2], $0[3]) }(numbers())
      case UInt8(ascii: "#"):
        let values = numbers()
        color = values[0]
        if values.count == 5 { palette[color] = Array(values[2...]) }
      case UInt8(ascii: "$"): x = 0
      case UInt8(ascii: "-"): (x, y) = (0, y + 6)
      default:
        var (count, bits) = (1, byte)
        if byte == UInt8(ascii: "!") {
          count = numbers()[0]
          bits = bytes[place]
          place += 1
        }
        for _ in 0..<count {
          for row in 0..<6 where (bits - 63) >> UInt8(row) & 1 == 1 {
            try #require(pixels[(y + row) * width + x] == nil, "a pixel is drawn twice")
            pixels[(y + row) * width + x] = palette[color]
          }
          x += 1
        }
      }
    }
  }
}

struct PictureEncodingTests {
  @Test(arguments: [(1, 1), (5, 6), (7, 13), (64, 64)])
  func `sixels read back as the same picture`(width: Int, height: Int) throws {
    let bitmap = picture(width: width, height: height)
    let read = try SixelReader(PictureEncoding.sixel(bitmap))
    #expect(read.width == width && read.height == height && read.pixels.count == width * height)
    // Colours share a bin of 8 levels, or a box where there are more than 256, and are sent in percent.
    let colors = Set((0..<(width * height)).map { bitmap[$0 % width, $0 / width] }).count
    let tolerance = colors <= 256 ? 6 : 24
    for pixel in 0..<(width * height) {
      let (wanted, found) = (bitmap[pixel % width, pixel / width], try #require(read.pixels[pixel]))
      for (level, percent) in zip([wanted.red, wanted.green, wanted.blue], found) {
        #expect(abs(Int(level) * 100 / 255 - percent) <= tolerance)
      }
    }
  }

  @Test func `repeated sixels are counted`() {
    let plain = Bitmap(width: 20, height: 6, fill: Bitmap.Color(255, 0, 0))
    #expect(PictureEncoding.sixel(plain) == "\u{1B}Pq\"1;1;20;6#0;2;100;0;0#0!20~-\u{1B}\\")
  }

  @Test func `a palette has at most 256 colours and every pixel one of them`() {
    var bitmap = Bitmap(width: 64, height: 64)
    for y in 0..<64 {
      for x in 0..<64 { bitmap[x, y] = Bitmap.Color(UInt8(x * 4), UInt8(y * 4), UInt8((x ^ y) * 4)) }
    }
    let palette = Palette(of: bitmap)
    #expect(palette.colors.count == 256)
    #expect(palette.indices.count == 64 * 64 && palette.indices.allSatisfy(palette.colors.indices.contains))
  }

  @Test func `kitty gets pieces of 4096 characters that read back as the file`() throws {
    let png = (0..<7000).map { UInt8($0 % 251) }
    let pieces = PictureEncoding.kitty(png: png, columns: 30).components(separatedBy: "\u{1B}\\").dropLast()
    #expect(
      pieces.map { String($0.prefix { $0 != ";" }) } == [
        "\u{1B}_Ga=T,f=100,q=2,c=30,m=1", "\u{1B}_Gm=1", "\u{1B}_Gm=0",
      ])
    let texts = pieces.map { String($0.drop { $0 != ";" }.dropFirst()) }
    #expect(texts.map(\.count) == [4096, 4096, 1144])
    #expect(Data(base64Encoded: texts.joined()) == Data(png))
  }

  @Test func `iTerm2 gets one inline file`() {
    #expect(
      PictureEncoding.iterm(png: [1, 2, 3], columns: 8)
        == "\u{1B}]1337;File=inline=1;size=3;width=8;preserveAspectRatio=1:AQID\u{7}")
  }

  @Test func `half blocks have two pixels a character and change colour only where the picture does`() {
    var bitmap = Bitmap(width: 2, height: 3, fill: Bitmap.Color(1, 2, 3))
    bitmap[1, 1] = Bitmap.Color(200, 0, 0)
    #expect(
      PictureEncoding.blocks(bitmap, isTrueColour: true)
        == "\u{1B}[38;2;1;2;3m\u{1B}[48;2;1;2;3m▀\u{1B}[48;2;200;0;0m▀\u{1B}[0m\n"
        + "\u{1B}[38;2;1;2;3m\u{1B}[49m▀▀\u{1B}[0m")
    #expect(
      PictureEncoding.blocks(Bitmap(width: 1, height: 2, fill: Bitmap.Color(255, 135, 0)), isTrueColour: false)
        == "\u{1B}[38;5;208m\u{1B}[48;5;208m▀\u{1B}[0m")
  }

  @Test func `a smaller picture has the means of what it covers`() {
    var bitmap = Bitmap(width: 4, height: 2)
    for x in 0..<4 { bitmap[x, 0] = Bitmap.Color(UInt8(x * 40), 0, 100) }
    let small = bitmap.scaled(width: 2, height: 1)
    #expect(small[0, 0] == Bitmap.Color(10, 0, 50) && small[1, 0] == Bitmap.Color(50, 0, 50))
    #expect(bitmap.scaled(width: 8, height: 4)[7, 0] == Bitmap.Color(120, 0, 100))
  }

  @Test func `a pixmap reads back, and what is none is refused`() {
    let bitmap = picture(width: 3, height: 10)
    #expect(Bitmap(pixmap: Array("P6\n3 10\n255\n".utf8) + bitmap.bytes) == bitmap)
    for text in ["P6\n3 10\n255\n", "P5\n1 1\n255\nabc", "P6\n0 1\n255\n", ""] {
      #expect(Bitmap(pixmap: Array(text.utf8)) == nil)
    }
  }
}

struct GraphicsSupportTests {
  private func way(_ replies: [String], hasColour: Bool = true) -> GraphicsSupport.Way? {
    let support = GraphicsSupport(hasColour: hasColour)
    for reply in replies { support.take(reply) }
    return support.way
  }

  @Test func `only what a terminal answers counts, the best of it`() {
    #expect(way(["_Gi=31;OK", "P>|kitty(0.35.2)", "[6;20;10t", "[?62;4c"]) == .kitty)
    #expect(way(["P>|iTerm2 3.5.0", "[?62;4c"]) == .iterm)
    #expect(way(["[?62;4;22c"]) == .sixel)
    #expect(way(["[?64;1;2c"]) == .blocks)
    #expect(way(["_Gi=31;ENOTSUPPORTED", "[?62;22c"]) == .blocks)
    #expect(way([]) == .blocks)
    #expect(way([], hasColour: false) == nil)
    // The first number is the kind of terminal, no attribute.
    #expect(way(["[?4c"]) == .blocks)
  }

  @Test func `the size of a character is what the terminal says, then the kernel, then a usual one`() {
    let support = GraphicsSupport(hasColour: true)
    #expect(support.cell(TerminalSize()) == (9, 18))
    #expect(support.cell(TerminalSize(rows: 24, columns: 80, cell: (7, 14))) == (7, 14))
    support.take("[6;20;10t")
    #expect(support.cell(TerminalSize(rows: 24, columns: 80, cell: (7, 14))) == (10, 20))
  }

  @Test func `a picture fits the screen, small ones are enlarged`() throws {
    let support = GraphicsSupport(hasColour: true)
    support.take("[?62;4c")
    let bitmap = picture(width: 64, height: 64)
    let display = Display(
      text: "x", richer: ["image/png": [0], "image/x-portable-pixmap": Array("P6\n64 64\n255\n".utf8) + bitmap.bytes])
    let inline = InlinePicture(support: support, isTrueColour: true)
    let size = TerminalSize(rows: 24, columns: 80, cell: (10, 20))
    #expect(try #require(inline.text(of: display, size: size)).hasPrefix("\u{1B}Pq\"1;1;256;256"))
    let narrow = TerminalSize(rows: 24, columns: 11, cell: (10, 20))
    #expect(try #require(inline.text(of: display, size: narrow)).hasPrefix("\u{1B}Pq\"1;1;100;100"))
    #expect(inline.text(of: Display(text: "plain"), size: size) == nil)
  }
}
