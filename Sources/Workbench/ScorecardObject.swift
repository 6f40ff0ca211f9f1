import Benchmarks
import Primitives
import Script
import Shapes

/// A benchmark's result as a value of the language.
final class ScorecardObject: BoundObject {
  static let type = BoundType(
    "scorecard", "A benchmark's result: a headline with its interval and the tasks behind it",
    members: [
      .property("overall", of: ScorecardObject.self, "The unweighted mean of the task means, 0…1", result: .number) {
        object, _ in .float(object.card.headline.value)
      },
      .property("low", of: ScorecardObject.self, "The lower end of its 95 % interval", result: .number) { object, _ in
        .float(object.card.headline.low)
      },
      .property("high", of: ScorecardObject.self, "The upper end of its 95 % interval", result: .number) {
        object, _ in .float(object.card.headline.high)
      },
      .property("tasks", of: ScorecardObject.self, "A row for each task", result: .table) { object, _ in
        .table(
          Table(
            rows: object.card.tasks.map { score in
              Record([
                (name: "task", value: .string(score.task)),
                (name: "score", value: .float(score.estimate.value)),
                (name: "low", value: .float(score.estimate.low)), (name: "high", value: .float(score.estimate.high)),
                (name: "prompts", value: .int(score.count)),
              ])
            }))
      },
      .property("parts", of: ScorecardObject.self, "A row for each kind of question, gated and not", result: .table) {
        object, _ in
        .table(
          Table(
            rows: object.card.parts.map { part in
              Record([
                (name: "kind", value: .string(part.name)), (name: "gated", value: .float(part.gated)),
                (name: "raw", value: .float(part.raw)), (name: "answers", value: .int(part.count)),
              ])
            }))
      },
      .method(
        "pass_at", of: ScorecardObject.self, "The chance that at least one of k pictures passes, mean over prompts",
        [Parameter("k", .int, limits: 1...256, "pictures, at most n")], result: .number
      ) { object, arguments, _ in
        let k: Int = try arguments["k"]
        guard let value = object.card.passAt(k) else {
          throw arguments.problem("k", "there are only \(object.card.card.imagesPerPrompt) pictures of each prompt")
        }
        return .float(value)
      },
      .method(
        "best_of", of: ScorecardObject.self,
        "What the picture counts that has the best graded score of k, mean over prompts",
        [Parameter("k", .int, limits: 1...256, "pictures, at most n")], result: .number
      ) { object, arguments, _ in
        let k: Int = try arguments["k"]
        guard let value = object.card.bestOf(k) else {
          throw arguments.problem("k", "there are only \(object.card.card.imagesPerPrompt) pictures of each prompt")
        }
        return .float(value)
      },
      .property("name", of: ScorecardObject.self, "What was scored", result: .string) { object, _ in
        .string(object.card.card.model)
      },
      .method(
        "minus", of: ScorecardObject.self, "The paired difference from another result on the same prompts",
        [Parameter("baseline", .object("scorecard"), "the other result")], result: .record
      ) { object, arguments, _ in
        let baseline: ScorecardObject = try arguments["baseline"]
        let difference = try object.card.difference(from: baseline.card)
        return Value(record: [
          "difference": .float(difference.estimate.value), "low": .float(difference.estimate.low),
          "high": .float(difference.estimate.high), "won": .float(difference.won), "lost": .float(difference.lost),
          "tied": .float(difference.tied), "excludes_zero": .bool(difference.isSignificant),
          "sign_test": .float(difference.signTest),
        ])
      },
    ])

  let card: Scorecard

  init(_ card: Scorecard) { self.card = card }

  var boundType: BoundType { Self.type }
  var summary: String { card.description }

  /// Several results side by side: a row each, the headline with its interval and every task.
  static func table(_ objects: [ScorecardObject]) -> Table {
    Table(
      rows: objects.map { object in
        let tasks = object.card.tasks.map { (name: $0.task, value: Value.float($0.estimate.value)) }
        return Record(
          [
            (name: "model", value: .string(object.card.card.model)),
            (name: "overall", value: .float(object.card.headline.value)),
            (name: "low", value: .float(object.card.headline.low)),
            (name: "high", value: .float(object.card.headline.high)),
          ] + tasks)
      })
  }
}
