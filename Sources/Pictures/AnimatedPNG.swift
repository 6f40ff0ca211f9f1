public import Foundation
public import Primitives

/// Pictures one after the other in one PNG file, as browsers play it.
///
/// libpng knows no animation, so each picture is written by it and its compressed rows are put into chunks that it does not
/// know. A reader that does not either shows the first picture.
///
/// Source: *APNG Specification*, now part of W3C's *PNG Specification (Third Edition)*, 2025: acTL, fcTL, fdAT.
public enum AnimatedPNG {
  /// An animation as the bytes of a PNG file.
  ///
  /// - Parameters:
  ///   - frames: the pictures, all of one size.
  ///   - milliseconds: how long each is shown.
  ///   - last: how long the last one is shown before all begins again, in milliseconds.
  ///   - text: named texts in order, as for ``PNGFile``.
  /// - Throws: ``PicturesError/nothingToShow(_:lacks:)`` without pictures, ``PicturesError/frameSizes``, and what
  ///   ``PNGFile/encode(_:text:)`` throws.
  public static func encode(
    _ frames: [Bitmap], milliseconds: Int, last: Int? = nil, text: [PNGFile.Text] = []
  ) throws(PicturesError) -> Data {
    guard let first = frames.first else { throw .nothingToShow("an animation", lacks: "at least one picture") }
    guard frames.allSatisfy({ $0.width == first.width && $0.height == first.height }) else { throw .frameSizes }
    var file = Data()
    var sequence: UInt32 = 0
    for (place, frame) in frames.enumerated() {
      let chunks = PNGChunk.all(in: try PNGFile.encode(frame, text: place == 0 ? text : []))
      let isLast = place == frames.count - 1
      let control = PNGChunk.frame(
        sequence, width: first.width, height: first.height,
        milliseconds: isLast ? last ?? milliseconds : milliseconds)
      sequence += 1
      if place == 0 {
        file += PNGChunk.signature
        for chunk in chunks where chunk.kind != "IDAT" && chunk.kind != "IEND" {
          file += chunk.data
          // The animation's length stands right after the size.
          if chunk.kind == "IHDR" { file += PNGChunk.animation(frames: frames.count).data }
        }
        file += control.data
        for chunk in chunks where chunk.kind == "IDAT" { file += chunk.data }
      } else {
        file += control.data
        for chunk in chunks where chunk.kind == "IDAT" {
          file += PNGChunk("fdAT", PNGChunk.bytes(sequence) + chunk.content).data
          sequence += 1
        }
      }
    }
    return file + PNGChunk("IEND", []).data
  }
}

/// A part of a PNG file: its length, its kind, its content and its check.
struct PNGChunk {
  let kind: String
  let content: [UInt8]

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  init(_ kind: String, _ content: [UInt8]) { (self.kind, self.content) = (kind, content) }

  /// The chunk as it stands in a file.
  var data: Data {
    let body = Array(kind.utf8) + content
    return Data(PNGChunk.bytes(UInt32(content.count)) + body + PNGChunk.bytes(CyclicCheck.crc32(body)))
  }

  /// The chunks of a file that libpng has written.
  static func all(in data: Data) -> [PNGChunk] {
    let bytes = [UInt8](data)
    var chunks: [PNGChunk] = []
    var at = signature.count
    while at + 12 <= bytes.count {
      let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      guard at + 12 + length <= bytes.count else { break }
      let kind = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
      chunks.append(PNGChunk(kind, Array(bytes[at + 8..<at + 8 + length])))
      at += 12 + length
    }
    return chunks
  }

  /// How many pictures there are; they are played for ever.
  static func animation(frames: Int) -> PNGChunk { PNGChunk("acTL", bytes(UInt32(frames)) + bytes(0)) }

  /// What precedes a picture: its place in the sequence, its size, and how long it is shown.
  static func frame(_ sequence: UInt32, width: Int, height: Int, milliseconds: Int) -> PNGChunk {
    let time = UInt16(clamping: milliseconds)
    return PNGChunk(
      "fcTL",
      bytes(sequence) + bytes(UInt32(width)) + bytes(UInt32(height)) + bytes(0) + bytes(0)
        + [UInt8(time >> 8), UInt8(time & 255), 0x03, 0xE8, 0, 0])
  }

  static func bytes(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
}
