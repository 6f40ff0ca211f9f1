import CPNG
public import Foundation
public import Primitives

/// PNG pictures with texts in them: equal pictures and texts always give equal bytes.
///
/// Compression level and filter are fixed and no time is stored. Texts are written as `iTXt` chunks in UTF-8, in order.
public enum PNGFile {
  /// A named text inside a PNG, such as the prompt that it was painted from.
  public typealias Text = (key: String, value: String)

  /// What a PNG file holds.
  public struct Content: Sendable {
    /// The picture; transparency is laid on white.
    public let bitmap: Bitmap
    /// The texts, in the order of the file.
    public let text: [Text]

    /// The first text of a name, or `nil`.
    public subscript(key: String) -> String? { text.first { $0.key == key }?.value }
  }

  /// Writes a picture; the file is either whole or absent.
  ///
  /// - Parameters:
  ///   - bitmap: the picture, at least 1×1 pixels.
  ///   - text: named texts in order; names have 1 to 79 printable ASCII characters.
  ///   - path: where it goes; folders on the way are created.
  /// - Throws: what ``encode(_:text:)`` throws, or `AtomicFile.Failure`.
  public static func write(_ bitmap: Bitmap, text: [Text] = [], to path: String) throws {
    try AtomicFile.write(encode(bitmap, text: text), to: path)
  }

  /// Reads a picture and its texts.
  ///
  /// - Parameter path: the file.
  /// - Throws: `AtomicFile.Failure`, or ``PicturesError/damaged(_:reason:)`` for whatever is no sound PNG.
  public static func read(_ path: String) throws -> Content {
    try decode(AtomicFile.read(path), name: path)
  }

  /// A picture as the bytes of a PNG file.
  ///
  /// - Parameters:
  ///   - bitmap: the picture, at least 1×1 pixels.
  ///   - text: named texts in order. Zero characters, which PNG cannot hold, become U+FFFD.
  /// - Throws: ``PicturesError/textName(_:)``, ``PicturesError/tooLarge(width:height:)``,
  ///   ``PicturesError/nothingToShow(_:lacks:)`` for an empty picture, ``PicturesError/unwritable(reason:)``.
  public static func encode(_ bitmap: Bitmap, text: [Text] = []) throws(PicturesError) -> Data {
    guard bitmap.width > 0, bitmap.height > 0 else {
      throw .nothingToShow("a PNG picture", lacks: "at least one pixel")
    }
    guard bitmap.width <= Int(CPNG_MAXIMUM_SIDE), bitmap.height <= Int(CPNG_MAXIMUM_SIDE),
      bitmap.width * bitmap.height <= Int(CPNG_MAXIMUM_PIXELS)
    else { throw .tooLarge(width: bitmap.width, height: bitmap.height) }
    for (key, _) in text where !isName(key) { throw .textName(key) }
    var message = Message()
    var bytes: UnsafeMutablePointer<UInt8>?
    var length = 0
    let code = withTexts(text) { texts in
      cpng_write(
        bitmap.bytes, UInt32(bitmap.width), UInt32(bitmap.height), texts, texts.count, &bytes, &length,
        &message.bytes, message.bytes.count)
    }
    guard code == 0, let bytes else { throw .unwritable(reason: message.text) }
    defer { cpng_free(bytes) }
    return Data(bytes: bytes, count: length)
  }

  /// The picture and texts in the bytes of a PNG file.
  ///
  /// - Parameters:
  ///   - data: the whole file.
  ///   - name: what to call it in an error.
  /// - Throws: ``PicturesError/damaged(_:reason:)``.
  public static func decode(_ data: Data, name: String = "picture") throws(PicturesError) -> Content {
    var message = Message()
    var picture = cpng_picture()
    let code = [UInt8](data).withUnsafeBufferPointer {
      cpng_read($0.baseAddress, $0.count, &picture, &message.bytes, message.bytes.count)
    }
    guard code == 0 else { throw .damaged(name, reason: message.text) }
    defer { cpng_clear(&picture) }
    let size = 3 * Int(picture.width) * Int(picture.height)
    let pixels = [UInt8](UnsafeBufferPointer(start: picture.pixels, count: size))
    guard let bitmap = Bitmap(width: Int(picture.width), height: Int(picture.height), bytes: pixels) else {
      throw .damaged(name, reason: "its size and its pixels differ")
    }
    let texts = UnsafeBufferPointer(start: picture.texts, count: picture.text_count)
    return Content(bitmap: bitmap, text: texts.map(text))
  }

  private static func isName(_ key: String) -> Bool {
    (1...79).contains(key.utf8.count) && key.utf8.allSatisfy { (32...126).contains($0) }
      && !key.hasPrefix(" ") && !key.hasSuffix(" ") && !key.contains("  ")
  }

  private static func text(_ chunk: cpng_text) -> Text {
    let key = UnsafeRawBufferPointer(start: chunk.key, count: strlen(chunk.key))
    let value = UnsafeRawBufferPointer(start: chunk.value, count: chunk.length)
    return (latin(key), chunk.is_utf8 == 1 ? String(decoding: value, as: UTF8.self) : latin(value))
  }

  /// Latin-1's bytes are the first 256 Unicode scalars.
  private static func latin(_ bytes: UnsafeRawBufferPointer) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// Lays keys and values out zero-terminated in one buffer, which outlives the call of the body.
  private static func withTexts<Result>(_ text: [Text], _ body: ([cpng_text]) -> Result) -> Result {
    var letters: [CChar] = []
    var places: [(key: Int, value: Int, length: Int)] = []
    for (key, value) in text {
      let value = value.replacing("\0", with: "\u{FFFD}")
      places.append((letters.count, letters.count + key.utf8.count + 1, value.utf8.count))
      letters += (key + "\0" + value + "\0").utf8.map { CChar(bitPattern: $0) }
    }
    return letters.withUnsafeBufferPointer { letters in
      body(
        places.compactMap { place in
          guard let base = letters.baseAddress else { return nil }
          return cpng_text(key: base + place.key, value: base + place.value, length: place.length, is_utf8: 1)
        })
    }
  }

  /// Room for a message from C.
  private struct Message {
    var bytes = [CChar](repeating: 0, count: 256)
    var text: String {
      String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
