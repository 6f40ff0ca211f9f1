import Foundation
import Pictures
import Primitives
import Testing

@Suite struct PNGFileTests {
  static let gradient: Bitmap = {
    var bitmap = Bitmap(width: 7, height: 5)
    for y in 0..<5 { for x in 0..<7 { bitmap[x, y] = Bitmap.Color(UInt8(x * 30), UInt8(y * 50), UInt8(x * y)) } }
    return bitmap
  }()

  static func fixture(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: name, withExtension: "png", subdirectory: "Fixtures")).path
  }

  @Test func `what is written is read back, pixels and texts in order`() throws {
    let text: [PNGFile.Text] = [
      ("prompt", "a red circle"), ("rationale", "日本 ★ zuerst rot,\nthen \"blue\" 'x'"), ("seed", "7"), ("empty", ""),
      ("seed", "8"),
    ]
    try inTemporaryFolder { folder in
      let path = folder + "/deep/er/picture.png"
      try PNGFile.write(Self.gradient, text: text, to: path)
      let content = try PNGFile.read(path)
      #expect(content.bitmap == Self.gradient)
      #expect(content.text.map(\.key) == text.map(\.key))
      #expect(content.text.map(\.value) == text.map(\.value))
      #expect(content["seed"] == "7")
      #expect(content["absent"] == nil)
      let neighbours = try FileManager.default.contentsOfDirectory(atPath: folder + "/deep/er")
      #expect(neighbours == ["picture.png"])
    }
  }

  /// The chunks by the PNG specification, with a naive CRC: kind, data.
  static func chunks(_ data: Data) throws -> [(kind: String, data: [UInt8])] {
    let bytes = [UInt8](data)
    try #require(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var result: [(kind: String, data: [UInt8])] = []
    var at = 8
    while at + 12 <= bytes.count {
      let length = number(at)
      try #require(at + 12 + length <= bytes.count)
      var crc: UInt32 = 0xFFFF_FFFF
      for byte in bytes[at + 4..<at + 8 + length] {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
      }
      #expect(number(at + 8 + length) == Int(~crc))
      result.append((String(decoding: bytes[at + 4..<at + 8], as: UTF8.self), Array(bytes[at + 8..<at + 8 + length])))
      at += 12 + length
    }
    #expect(at == bytes.count)
    return result
  }

  @Test func `the file has just the chunks it should, byte for byte`() throws {
    let data = try PNGFile.encode(Self.gradient, text: [("prompt", "grün")])
    let chunks = try Self.chunks(data)
    #expect(chunks.map(\.kind) == ["IHDR", "iTXt", "IDAT", "IEND"])
    #expect(chunks[0].data == [0, 0, 0, 7, 0, 0, 0, 5, 8, 2, 0, 0, 0])
    #expect(chunks[1].data == Array("prompt".utf8) + [0, 0, 0, 0, 0] + Array("grün".utf8))
    #expect(try PNGFile.encode(Self.gradient, text: [("prompt", "grün")]) == data)
  }

  @Test func `another writer's texts are read: Latin-1, compressed, UTF-8`() throws {
    let content = try PNGFile.read(Self.fixture("texts"))
    #expect(content.bitmap.bytes == [255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 128, 128, 128, 255, 255, 255])
    #expect(content.bitmap.width == 3)
    #expect(content.text.map(\.key) == ["Author", "prompt", "rationale", "Comment"])
    #expect(content["Author"] == "Zoë")
    #expect(content["prompt"] == "ein grüner Stern — 緑の星 ★")
    #expect(content["rationale"] == String(repeating: "think ", count: 200))
    #expect(content["Comment"] == "à la carte")
  }

  @Test func `other kinds of pixel become red, green, blue`() throws {
    #expect(try PNGFile.read(Self.fixture("alpha")).bitmap.bytes == [255, 0, 0, 255, 255, 255, 127, 127, 127])
    #expect(
      try PNGFile.read(Self.fixture("palette")).bitmap.bytes == [10, 20, 30, 200, 210, 220, 200, 210, 220, 10, 20, 30])
    #expect(try PNGFile.read(Self.fixture("grey16")).bitmap.bytes == [0x12, 0x12, 0x12, 255, 255, 255])
  }

  @Test func `a file cut anywhere is an error, not a crash`() throws {
    let whole = try PNGFile.encode(Self.gradient, text: [("prompt", "a red circle"), ("seed", "1")])
    for length in 0..<whole.count {
      #expect(throws: PicturesError.self) { try PNGFile.decode(whole.prefix(length)) }
    }
  }

  @Test func `a file with any byte changed is read or refused, not a crash`() throws {
    let whole = try PNGFile.encode(Self.gradient, text: [("prompt", "a red circle")])
    var refused = 0
    for index in whole.indices {
      for flip in [UInt8(0xFF), 0x01, 0x80] {
        var changed = whole
        changed[index] ^= flip
        do { _ = try PNGFile.decode(changed) } catch { refused += 1 }
      }
    }
    // Only text chunks may be dropped for a wrong checksum, as libpng does; a changed byte elsewhere must be noticed.
    let text = 12 + "prompt".utf8.count + 5 + "a red circle".utf8.count
    #expect(refused >= 3 * (whole.count - text))
  }

  @Test func `a header that promises too much and a text that unpacks to 64 MiB are stopped`() throws {
    let promises = try Self.fixture("promises")
    #expect(throws: PicturesError.damaged(promises, reason: "too many pixels")) { try PNGFile.read(promises) }
    let content = try? PNGFile.read(Self.fixture("bomb"))
    #expect((content?["prompt"]?.utf8.count ?? 0) <= 8 << 20)
  }

  @Test func `errors say what was wrong`() throws {
    let error = #expect(throws: PicturesError.self) {
      try PNGFile.decode(Data("GIF89a, not a PNG".utf8), name: "x.png")
    }
    #expect(
      error?.description == "'x.png' is not a whole PNG picture: it does not begin as a PNG does; "
        + "make it again or choose another file")
    for name in ["", " x", "x ", "a  b", "grün", "a\nb", String(repeating: "k", count: 80)] {
      #expect(throws: PicturesError.textName(name)) { try PNGFile.encode(Self.gradient, text: [(name, "v")]) }
    }
    #expect(throws: PicturesError.self) { try PNGFile.encode(Bitmap(width: 0, height: 3)) }
    #expect(throws: PicturesError.tooLarge(width: 40_000, height: 1)) {
      try PNGFile.encode(Bitmap(width: 40_000, height: 1))
    }
    #expect(try PNGFile.decode(PNGFile.encode(Self.gradient, text: [("k", "a\0b")]))["k"] == "a\u{FFFD}b")
  }
}

/// Runs the body with a fresh folder, which is removed afterwards.
func inTemporaryFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("easel-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}
