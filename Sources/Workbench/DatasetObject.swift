import Learning
import Script
import Shapes

/// Prompts with true pictures and rationales as a value of the language.
final class DatasetObject: BoundObject {
  static let type = BoundType(
    "dataset", "Prompts with true pictures, and rationales that plan them",
    members: [
      .property("count", of: DatasetObject.self, "How many paintings there are", result: .int) { dataset, _ in
        .int(dataset.data.count)
      },
      .method(
        "first", of: DatasetObject.self, "The first few as records of prompt, rationale and image",
        [Parameter("count", .int, limits: 1...10_000, "how many")], result: .list(.record)
      ) { dataset, arguments, _ in
        let count: Int = try arguments["count"]
        return Value(
          (0..<count).compactMap { dataset.data[$0] }.map { painting in
            Value(record: [
              "prompt": .string(painting.prompt.text), "rationale": .string(painting.rationale),
              "image": .object(PictureObject(painting.image, caption: painting.prompt.text)),
            ])
          })
      },
    ])

  let data: PaintingDataset

  init(_ data: PaintingDataset) { self.data = data }

  var boundType: BoundType { Self.type }
  var summary: String { "\(data.count) paintings" + (data.thinks ? " with rationales" : " without rationales") }
}
