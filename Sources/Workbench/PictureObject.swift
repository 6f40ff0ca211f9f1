import Pictures
import Primitives
import Script

/// A picture as a value of the language.
final class PictureObject: BoundObject {
  static let type = BoundType(
    "picture", "A picture",
    members: [
      .property("width", of: PictureObject.self, "Its width in pixels", result: .int) { picture, _ in
        .int(picture.bitmap.width)
      },
      .property("height", of: PictureObject.self, "Its height in pixels", result: .int) { picture, _ in
        .int(picture.bitmap.height)
      },
      .property("caption", of: PictureObject.self, "What it shows, in words", result: .string) { picture, _ in
        .string(picture.caption)
      },
      .method(
        "save", of: PictureObject.self, "Writes it as PNG",
        [Parameter("path", .newFile, "the file")], result: .string, example: "picture.save(\"star.png\")"
      ) { picture, arguments, context in
        let path: String = try arguments["path"]
        try PNGFile.write(picture.bitmap, text: picture.text, to: path)
        Run.wrote(path, kind: "image", context)
        return .string(path)
      },
    ])

  let bitmap: Bitmap
  let caption: String
  /// What the file says of the picture, as PNG text chunks.
  let text: [PNGFile.Text]

  init(_ bitmap: Bitmap, caption: String, text: [PNGFile.Text] = []) {
    (self.bitmap, self.caption) = (bitmap, caption)
    self.text = text.isEmpty ? [(key: "Description", value: caption)] : text
  }

  var boundType: BoundType { Self.type }
  var summary: String { "picture of \(bitmap.width)×\(bitmap.height) pixels: \(caption)" }

  func display() throws -> Display {
    Display(summary, picture: bitmap, png: Array(try PNGFile.encode(bitmap, text: text)))
  }
}
