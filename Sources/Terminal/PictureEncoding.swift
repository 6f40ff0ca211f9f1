import Foundation
import Primitives

/// Pictures in the languages of terminals.
enum PictureEncoding {
  /// kitty's protocol: PNG in base64, in pieces of at most 4096 characters, without replies.
  ///
  /// - Parameters:
  ///   - png: the file.
  ///   - columns: the characters that it is wide; its height follows.
  static func kitty(png: [UInt8], columns: Int) -> String {
    let text = Array(Data(png).base64EncodedString().utf8)
    let pieces = stride(from: 0, to: text.count, by: 4096).map { text[$0..<min($0 + 4096, text.count)] }
    return pieces.enumerated().map { index, piece in
      let more = index < pieces.count - 1 ? 1 : 0
      let keys = index == 0 ? "a=T,f=100,q=2,c=\(columns),m=\(more)" : "m=\(more)"
      return "\u{1B}_G\(keys);\(String(decoding: piece, as: UTF8.self))\u{1B}\\"
    }.joined()
  }

  /// iTerm2's protocol: PNG in base64 as an inline file.
  ///
  /// - Parameters:
  ///   - png: the file.
  ///   - columns: the characters that it is wide; its height follows.
  static func iterm(png: [UInt8], columns: Int) -> String {
    "\u{1B}]1337;File=inline=1;size=\(png.count);width=\(columns);preserveAspectRatio=1:"
      + Data(png).base64EncodedString() + "\u{7}"
  }

  /// Half blocks: the upper pixel is the character's colour, the lower one its background.
  ///
  /// - Parameters:
  ///   - bitmap: one pixel a column, two a row.
  ///   - isTrueColour: whether the terminal has 24-bit colour; otherwise the nearest of the 216 of its cube are used.
  static func blocks(_ bitmap: Bitmap, isTrueColour: Bool) -> String {
    var lines: [String] = []
    for y in stride(from: 0, to: bitmap.height, by: 2) {
      var line = ""
      var last = ("", "")
      for x in 0..<bitmap.width {
        let hasLower = y + 1 < bitmap.height
        let upper = "\u{1B}[38;" + code(bitmap[x, y], isTrueColour) + "m"
        let lower = hasLower ? "\u{1B}[48;" + code(bitmap[x, y + 1], isTrueColour) + "m" : "\u{1B}[49m"
        if upper != last.0 { line += upper }
        if lower != last.1 { line += lower }
        last = (upper, lower)
        line += "▀"
      }
      lines.append(line + "\u{1B}[0m")
    }
    return lines.joined(separator: "\n")
  }

  private static func code(_ color: Bitmap.Color, _ isTrueColour: Bool) -> String {
    if isTrueColour { return "2;\(color.red);\(color.green);\(color.blue)" }
    // The steps of the cube are 0, 95, 135, 175, 215, 255.
    func step(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
    return "5;\(16 + 36 * step(color.red) + 6 * step(color.green) + step(color.blue))"
  }

  /// Sixel graphics of at most 256 colours: bands of six rows, for each colour of a band a row of bits.
  static func sixel(_ bitmap: Bitmap) -> String {
    let palette = Palette(of: bitmap)
    var text = "\u{1B}Pq\"1;1;\(bitmap.width);\(bitmap.height)"
    for (index, color) in palette.colors.enumerated() {
      func percent(_ value: UInt8) -> Int { (Int(value) * 100 + 127) / 255 }
      text += "#\(index);2;\(percent(color.red));\(percent(color.green));\(percent(color.blue))"
    }
    for top in stride(from: 0, to: bitmap.height, by: 6) {
      var bits: [Int: [UInt8]] = [:]
      for y in top..<min(top + 6, bitmap.height) {
        for x in 0..<bitmap.width {
          bits[palette.indices[y * bitmap.width + x], default: Array(repeating: 0, count: bitmap.width)][x] |=
            1 << UInt8(y - top)
        }
      }
      let rows = bits.keys.sorted().map { "#\($0)" + runs(bits[$0] ?? []) }
      text += rows.joined(separator: "$") + "-"
    }
    return text + "\u{1B}\\"
  }

  /// Sixel characters, repeated ones counted.
  private static func runs(_ bits: [UInt8]) -> String {
    var text = ""
    var start = 0
    while start < bits.count {
      let end = bits[start...].firstIndex { $0 != bits[start] } ?? bits.count
      let character = String(UnicodeScalar(63 + bits[start]))
      text += end - start > 3 ? "!\(end - start)\(character)" : String(repeating: character, count: end - start)
      start = end
    }
    return text
  }
}

/// At most 256 colours for a picture, by median cut over colours of five bits a channel, and each pixel's index.
struct Palette {
  private(set) var colors: [Bitmap.Color] = []
  private(set) var indices: [Int] = []

  /// Colours whose channels agree in their five upper bits.
  private struct Bin {
    let number: Int
    let count: Int
    let sums: [Int]
    func level(_ channel: Int) -> Int { number >> (10 - 5 * channel) & 31 }
  }

  init(of bitmap: Bitmap) {
    var counts = [Int](repeating: 0, count: 1 << 15)
    var sums = [Int](repeating: 0, count: 3 << 15)
    indices = [Int](repeating: 0, count: bitmap.width * bitmap.height)
    for pixel in indices.indices {
      let (red, green, blue) = (bitmap.bytes[3 * pixel], bitmap.bytes[3 * pixel + 1], bitmap.bytes[3 * pixel + 2])
      let number = Int(red >> 3) << 10 | Int(green >> 3) << 5 | Int(blue >> 3)
      counts[number] += 1
      sums[3 * number] += Int(red)
      sums[3 * number + 1] += Int(green)
      sums[3 * number + 2] += Int(blue)
      indices[pixel] = number
    }
    let bins = counts.indices.filter { counts[$0] > 0 }.map { number in
      Bin(number: number, count: counts[number], sums: Array(sums[(3 * number)..<(3 * number + 3)]))
    }
    var boxes = bins.isEmpty ? [] : [bins]
    while boxes.count < 256 {
      // The box that is longest in any channel is halved there.
      let lengths = boxes.map { box in (0..<3).map { Self.length(of: box, in: $0) } }
      guard let widest = lengths.indices.max(by: { (lengths[$0].max() ?? 0) < (lengths[$1].max() ?? 0) }),
        let length = lengths[widest].max(), length > 0, let channel = lengths[widest].firstIndex(of: length)
      else { break }
      let sorted = boxes[widest].sorted { $0.level(channel) < $1.level(channel) }
      let half = sorted.reduce(0) { $0 + $1.count } / 2
      var (seen, cut) = (0, 1)
      for (index, bin) in sorted.enumerated().dropLast() {
        seen += bin.count
        cut = index + 1
        if seen >= half { break }
      }
      boxes[widest] = Array(sorted[..<cut])
      boxes.append(Array(sorted[cut...]))
    }
    var numbers = [Int](repeating: 0, count: 1 << 15)
    for (index, box) in boxes.enumerated() {
      let count = box.reduce(0) { $0 + $1.count }
      let mean = (0..<3).map { channel in UInt8(box.reduce(0) { $0 + $1.sums[channel] } / count) }
      colors.append(Bitmap.Color(mean[0], mean[1], mean[2]))
      for bin in box { numbers[bin.number] = index }
    }
    for pixel in indices.indices { indices[pixel] = numbers[indices[pixel]] }
  }

  private static func length(of box: [Bin], in channel: Int) -> Int {
    let levels = box.map { $0.level(channel) }
    return (levels.max() ?? 0) - (levels.min() ?? 0)
  }
}

extension Bitmap {
  /// A picture from its binary pixmap (`P6`, 255 levels), or `nil` if that is not one.
  init?(pixmap: [UInt8]) {
    let parts = pixmap.split(separator: 0x0A, maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].elementsEqual("P6".utf8), parts[2].elementsEqual("255".utf8) else { return nil }
    let size = String(decoding: parts[1], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    guard size.count == 2, size.allSatisfy({ (1...100_000).contains($0) }) else { return nil }
    self.init(width: size[0], height: size[1], bytes: Array(parts[3]))
  }

  /// The picture in another size: every new pixel is the mean of those that it covers.
  func scaled(width: Int, height: Int) -> Bitmap {
    var result = Bitmap(width: width, height: height)
    for y in 0..<result.height {
      let rows = (y * self.height / height)..<max((y + 1) * self.height / height, y * self.height / height + 1)
      for x in 0..<result.width {
        let left = x * self.width / width
        let columns = left..<max((x + 1) * self.width / width, left + 1)
        var sums = [0, 0, 0]
        for row in rows {
          for column in columns {
            let color = self[column, row]
            (sums[0], sums[1], sums[2]) = (
              sums[0] + Int(color.red), sums[1] + Int(color.green), sums[2] + Int(color.blue)
            )
          }
        }
        let mean = sums.map { UInt8($0 / (rows.count * columns.count)) }
        result[x, y] = Color(mean[0], mean[1], mean[2])
      }
    }
    return result
  }
}
