import Foundation
import Models
import Pictures
import Primitives
import Records
import Script
import Shapes

/// Pictures painted again and again while a model learns, as a strip and as an animation.
final class FilmObject: BoundObject {
  static let type = BoundType(
    "film", "Pictures painted while a model learned: a strip, and an animated PNG",
    members: [
      .property("path", of: FilmObject.self, "The strip: the moments side by side", result: .string) { film, _ in
        .string(film.path)
      },
      .property("animation", of: FilmObject.self, "The animated PNG", result: .string) { film, _ in
        .string(film.animation)
      },
    ])

  static let functions: [Member] = [
    .function(
      "film", "Shows how pictures changed: a strip of moments side by side, and an animated PNG",
      [
        Parameter(
          "moments", .list(.any),
          "in order, each what paint gives, a list of samples or pictures, or the record of a step"),
        Parameter("captions", .list(.any), default: .described("the steps, or numbers"), "when each moment was"),
        Parameter("title", .string, default: "", "what stands above"),
        Parameter(
          "pace", .quantity(.duration), default: .quantity(500, .milliseconds), "how long each moment is shown"),
        Parameter("save", .string, default: "film", "the files' name, without ending"),
      ], result: .object("film"), example: "film(kept, captions: [0, 20, 40], title: \"Does it learn to count?\")"
    ) { arguments, context in
      let moments: [Value] = try arguments["moments"]
      let captions: [Value]? = try arguments["captions"]
      guard captions.map({ $0.count == moments.count }) ?? true else {
        throw arguments.problem("captions", "there are \(captions?.count ?? 0) captions for \(moments.count) moments")
      }
      guard moments.count <= FilmStrip.maximumFrames else {
        throw arguments.problem(
          "moments", "a film has \(FilmStrip.maximumFrames) moments at most, not \(moments.count)",
          fix: "keep every second one")
      }
      let pace = try arguments.amount("pace")
      guard pace >= 0.02, pace <= 60 else {
        throw arguments.problem("pace", "a moment is shown for 20ms to 60s", fix: "write 500ms")
      }
      let film = try strip(moments, captions: captions, arguments)
      let name: String = try arguments["save"]
      let path = try Run.of(context).numbered(name, in: .images)
      return .object(try FilmObject(film, path: path, milliseconds: Int(pace * 1000)))
    }
  ]

  let title: String
  let path: String
  let animation: String
  private let bitmap: Bitmap

  init(_ film: FilmStrip, path: String, milliseconds: Int) throws {
    (title, self.path, animation) = (film.title, path + ".png", path + "-animated.png")
    bitmap = try film.strip()
    let text = film.title.isEmpty ? [] : [(key: "Title", value: film.title)]
    try PNGFile.write(bitmap, text: text, to: self.path)
    // The end of a film is what it is about.
    try AtomicFile.write(
      AnimatedPNG.encode(
        film.moments(), milliseconds: milliseconds, last: min(4 * milliseconds, 60_000), text: text),
      to: animation)
  }

  var boundType: BoundType { Self.type }
  var summary: String { "film: \(path), \(animation)" }

  func display() throws -> Display {
    Display(summary, picture: bitmap, png: Array(try PNGFile.encode(bitmap)))
  }

  // MARK: - Moments

  private static func strip(_ moments: [Value], captions: [Value]?, _ arguments: Arguments) throws -> FilmStrip {
    var prompts: [[String]] = []
    let frames = try moments.enumerated().map { number, moment -> FilmStrip.Frame in
      let caption = captions.map { Self.caption($0[number]) } ?? Self.caption(of: moment, number: number)
      let pictures = try Self.pictures(moment).map { value -> (bitmap: Bitmap, passes: Bool?, prompt: String) in
        if case .object(let object) = value {
          if let sample = object as? SampleObject {
            return (sample.sample.image, sample.verdict?.passes, sample.sample.prompt)
          }
          if let picture = object as? PictureObject { return (picture.bitmap, nil, picture.caption) }
        }
        throw arguments.problem(
          "moments", "moment \(number + 1) is not made of samples or pictures",
          fix: "give a list of what paint gave at each moment")
      }
      prompts.append(pictures.map(\.prompt))
      return FilmStrip.Frame(caption, pictures.map(\.bitmap), passes: pictures.map(\.passes))
    }
    guard frames.contains(where: { !$0.pictures.isEmpty }) else { throw WorkbenchError.nothingToShow }
    // A row has a name if it shows the same prompt at all moments.
    let count = prompts.map(\.count).max() ?? 0
    let rows = (0..<count).map { row in
      let texts = Set(prompts.map { row < $0.count ? $0[row] : "" })
      return texts.count == 1 ? texts.first ?? "" : ""
    }
    return FilmStrip(title: try arguments["title"], rows: rows, frames: frames)
  }

  private static func pictures(_ moment: Value) throws -> [Value] {
    switch moment {
    case .list(let list): list.items
    case .record(let record): if case .list(let samples)? = record["samples"] { samples.items } else { [] }
    default: [moment]
    }
  }

  private static func caption(of moment: Value, number: Int) -> String {
    if case .record(let record) = moment, case .int(let step)? = record["index"] { return "step \(step)" }
    return "\(number + 1)"
  }

  private static func caption(_ value: Value) -> String {
    if case .int(let step) = value { return "step \(step)" }
    return value.text
  }
}
