import Models
import Pictures
import Primitives
import Script

/// A sample token by token, as a value of the language.
final class InspectionObject: BoundObject {
  static let functions: [Member] = [
    .function(
      "inspect", "Shows a sample token by token: how sure the model was of each word and of each cell of the image",
      [Parameter("sample", .object("sample"), "from model.paint, step.samples or trainer.samples")],
      result: .object("inspection"), example: "inspect(model.paint(\"a red star\")[0])"
    ) { arguments, _ in
      .object(try InspectionObject(try arguments["sample"]))
    }
  ]

  static let type = BoundType(
    "inspection", "A sample token by token",
    members: [
      .property(
        "words", of: InspectionObject.self,
        "One row a word: probability and entropy (nats) when drawn, advantage, ratio of now to then, clipped, forced",
        result: .table
      ) { object, _ in .table(object.words) },
      .property(
        "cells", of: InspectionObject.self, "One row a cell of the image: row, column, code, and the same numbers",
        result: .table
      ) { object, _ in .table(object.cells) },
      .property("advantage", of: InspectionObject.self, "What training gave the sample, if it did", result: .any) {
        object, _ in object.inspection.advantage.map { .float($0) } ?? .none
      },
      .property(
        "image", of: InspectionObject.self, "The picture, its maps, and the words with bars", result: .object("picture")
      ) {
        object, _ in
        .object(PictureObject(try object.sheet.drawn(), caption: object.summary))
      },
      .method(
        "save", of: InspectionObject.self, "Writes the picture as PNG",
        [Parameter("path", .newFile, "the file")], result: .string
      ) { object, arguments, _ in
        let path: String = try arguments["path"]
        try PNGFile.write(try object.sheet.drawn(), text: object.sample.facts, to: path)
        return .string(path)
      },
    ])

  let sample: SampleObject
  let inspection: Inspection

  /// - Throws: ``WorkbenchError/noPainter``.
  init(_ sample: SampleObject) throws {
    guard let model = sample.model else { throw WorkbenchError.noPainter }
    self.sample = sample
    inspection = model.janus.inspect(
      sample.sample, advantage: sample.training?.advantage, clip: sample.training?.clip)
  }

  var boundType: BoundType { Self.type }
  var summary: String {
    "tokens of '\(sample.sample.prompt)': \(inspection.words.count) words, \(inspection.cells.count) cells"
  }

  func display() throws -> Display {
    let bitmap = try sheet.drawn()
    let text = InspectionText(inspection, prompt: sample.sample.prompt)
    return Display(
      text.plain, picture: bitmap, png: Array(try PNGFile.encode(bitmap, text: sample.facts)),
      coloured: text.coloured(sample.sample.image))
  }

  // MARK: - Values

  private var words: Table {
    Table([(name: "word", values: inspection.words.map { .string($0.text) })] + numbers(inspection.words))
  }

  private var cells: Table {
    let places = inspection.cells.indices
    return Table(
      [
        (name: "row", values: places.map { .int($0 / inspection.grid) }),
        (name: "column", values: places.map { .int($0 % inspection.grid) }),
        (name: "code", values: inspection.cells.map { .int(Int($0.id)) }),
      ] + numbers(inspection.cells))
  }

  private func numbers(_ tokens: [Inspection.Token]) -> [(name: String, values: [Value])] {
    let advantage: Value = inspection.advantage.map { .float($0) } ?? .none
    return [
      (name: "probability", values: tokens.map { .float($0.probability) }),
      (name: "entropy", values: tokens.map { .float($0.entropy) }),
      (name: "advantage", values: tokens.map { $0.isForced ? .none : advantage }),
      (name: "ratio", values: tokens.map { .float($0.ratio) }),
      (name: "clipped", values: tokens.map { token in token.isClipped.map { .bool($0) } ?? .none }),
      (name: "forced", values: tokens.map { .bool($0.isForced) }),
    ]
  }

  // MARK: - The picture

  private var sheet: TokenSheet {
    let (cells, largest) = (inspection.cells, inspection.largestEntropies)
    let entropies = cells.map(\.entropy)
    var maps = [
      TokenSheet.Map("probability", cells.map(\.probability), range: 0...1),
      // The whole scale up to ln K would leave a sharp policy dark.
      TokenSheet.Map("entropy, nats", entropies, range: 0...max(entropies.max() ?? 0, 0.5)),
    ]
    if inspection.hasMoved { maps.append(TokenSheet.Map("ratio", cells.map(\.ratio), range: 0.5...1.5)) }
    return TokenSheet(
      title: sample.sample.prompt, note: inspection.note, image: sample.sample.image, grid: inspection.grid,
      maps: maps,
      words: inspection.words.map {
        TokenSheet.Word(
          $0.text, probability: $0.probability, entropy: $0.entropy / largest.word,
          isMarked: $0.isForced || $0.isClipped == true)
      })
  }
}
