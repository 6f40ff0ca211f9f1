import Models
import Pictures
import Script
import Shapes

/// A painted picture, and everything that is known about how it came to be, as a value of the language.
final class SampleObject: BoundObject {
  static let type = BoundType(
    "sample", "A painted picture with its rationale and its tokens",
    members: [
      .property("prompt", of: SampleObject.self, "What was asked for", result: .string) { object, _ in
        .string(object.sample.prompt)
      },
      .property("rationale", of: SampleObject.self, "What the model thought before it painted", result: .string) {
        object, _ in .string(object.sample.rationale)
      },
      .property("image", of: SampleObject.self, "The picture", result: .object("picture")) { object, _ in
        .object(object.picture)
      },
      .property("codes", of: SampleObject.self, "The image codes, row by row", result: .list(.int)) { object, _ in
        Value(object.sample.codes.map { .int(Int($0)) })
      },
      .property(
        "tokens", of: SampleObject.self, "The response: token, id, kind, log-probability, entropy, forced",
        result: .table
      ) { object, _ in .table(object.tokens) },
      .property(
        "success", of: SampleObject.self, "Whether the oracle finds what the prompt asks for", result: .bool
      ) { object, _ in
        guard let verdict = object.verdict else { throw WorkbenchError.notJudged(prompt: object.sample.prompt) }
        return .bool(verdict.passes)
      },
      .property("reasons", of: SampleObject.self, "What the oracle misses", result: .list(.string)) { object, _ in
        guard let verdict = object.verdict else { throw WorkbenchError.notJudged(prompt: object.sample.prompt) }
        return Value(verdict.reasons)
      },
    ])

  let sample: Sample
  /// What painted it, where that is known: a reward's function inside another reward is told of the sample alone.
  let model: ModelObject?
  /// What training knows of it.
  let training: Training?
  /// The seed of the draws, where it is known.
  let seed: Int?
  /// What it was given in training, or, elsewhere, what the oracle gives.
  let reward: Double?
  /// What the oracle says, or `nil` of a prompt that is not of the world.
  let verdict: Verdict?

  /// What a trainer adds to a sample: its advantage, `nil` where the step did not learn from it, and the clip.
  struct Training: Codable {
    var advantage: Double?
    var clip: ClosedRange<Double>?
  }

  init(
    _ sample: Sample, model: ModelObject?, seed: Int? = nil, reward: Double? = nil, training: Training? = nil
  ) {
    (self.sample, self.model, self.seed, self.training) = (sample, model, seed, training)
    verdict = (try? PromptParser.parse(sample.prompt)).map { Oracle.judge(sample.image, $0) }
    self.reward = reward ?? verdict.map { $0.passes ? 1 : 0 }
  }

  var boundType: BoundType { Self.type }
  var summary: String {
    let thought = sample.rationale.isEmpty ? "" : "\n  thought: \(sample.rationale)"
    let success = verdict.map { $0.passes ? " (as asked)" : " (not as asked: \($0.reasons.joined(separator: ", ")))" }
    return "sample of '\(sample.prompt)'\(success ?? "")\(thought)"
  }

  func display() throws -> Display {
    Display(summary, picture: sample.image, png: Array(try PNGFile.encode(sample.image, text: picture.text)))
  }

  var picture: PictureObject {
    PictureObject(sample.image, caption: sample.prompt, text: facts)
  }

  /// How the picture came about, for its file.
  var facts: [PNGFile.Text] {
    [
      (key: "Prompt", value: sample.prompt), (key: "Rationale", value: sample.rationale),
      (key: "Seed", value: seed.map { "\($0)" } ?? "unknown"), (key: "Sample", value: "\(sample.index)"),
      (key: "Reward", value: reward.map { "\($0)" } ?? "not judged"),
      (key: "Guidance", value: "\(sample.guidance)"), (key: "Temperature", value: "\(sample.temperature)"),
    ]
  }

  private var tokens: Table {
    let response = sample.sequence.promptCount..<sample.sequence.count
    let names = response.map { position -> Value in
      let id = sample.sequence.ids[position]
      return .string(sample.sequence.isImage[position] ? "#\(id)" : model?.janus.text(of: id) ?? "\(id)")
    }
    return Table([
      (name: "token", values: names),
      (name: "id", values: response.map { .int(Int(sample.sequence.ids[$0])) }),
      (name: "kind", values: response.map { .string(sample.sequence.isImage[$0] ? "image" : "text") }),
      (name: "log_probability", values: sample.logProbabilities.map { .float(Double($0)) }),
      (name: "entropy", values: sample.entropies.map { .float(Double($0)) }),
      (name: "forced", values: sample.isForced.map { .bool($0) }),
    ])
  }
}
