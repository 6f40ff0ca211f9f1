import Primitives
import Script

/// A small library with one of everything that a binding can declare, for the tests of the language.
enum Workshop {
  static let library = Library(
    functions: [
      .function(
        "grpo", "Makes a trainer",
        [
          Parameter("model", .string, "trained in place"),
          Parameter("group", .int, default: 8, limits: 2...64, "samples of each prompt"),
          Parameter("kl", .number, default: 0, limits: 0...Double.infinity, "KL weight"),
          Parameter("beta", .number, default: 0.04, "momentum"),
          Parameter("budget", .quantity(.duration), default: .nothing, "time allowed"),
          Parameter("mode", .choice(["fast", "exact"]), default: "fast", "how to compute"),
          Parameter("reward", .function, default: .nothing, "scores a sample"),
        ], result: .object("trainer"), example: "grpo(\"tiny\", group: 4)"
      ) { arguments, _ in .object(Trainer(model: try arguments["model"], reward: try arguments["reward"])) },
      .function("load", "Reads weights", [Parameter("path", .existingFile, "the file")], result: .string) {
        arguments, _ in .string(try arguments["path"])
      },
      .function("store", "Writes weights", [Parameter("path", .newFile, "the file")]) { _, _ in .none },
      .function("sweep", "Tries all", [Parameter("axes", .any, "values to try", arity: .anyNames)], result: .record) {
        arguments, _ in arguments.value("axes")
      },
      .function(
        "start", "Does work elsewhere", [Parameter("work", .function, "what is to be done")], result: .record
      ) { arguments, context in
        let work: Function = try arguments["work"]
        return Value(record: ["work": .string(work.text), "value": try context.call(work, [])])
      },
      .value("clock", "How often it was read", result: .int) { context in
        context.seed += 1
        return .int(context.seed)
      },
      .function("burst", "Fails", []) { _, _ in throw Broken(reason: "the weights are not finite") },
      .function("endless", "Raises the stop token", []) { _, context in
        context.stop.raise()
        return .none
      },
    ],
    namespaces: [
      Namespace(
        "reward", "Rewards",
        members: [
          .function("oracle", "The exact judge", result: .string) { _, _ in .string("oracle") },
          .function("judge", "A learned judge", [Parameter("name", .string, "which")], result: .string) {
            arguments, _ in .string(try arguments["name"])
          },
        ])
    ],
    types: [Trainer.type])

  /// The language's own declarations and these.
  static let full = Library.standard.adding(library)

  struct Broken: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
  }

  /// A session over the standard library and this one, and what it wrote.
  static func session(limits: Limits = Limits(), stop: StopToken = StopToken()) -> (Session, RecordedOutput) {
    let output = RecordedOutput()
    return (Session(library: full, output: output, stop: stop, limits: limits), output)
  }
}

final class Trainer: BoundObject {
  static let type = BoundType(
    "trainer", "Trains a model",
    members: [
      .method(
        "run", of: Trainer.self, "Takes steps",
        [
          Parameter("steps", .int, default: 200, limits: 1...1000, "optimizer steps"),
          Parameter("each", .function, default: .nothing, "called with every step's report"),
        ], result: .record, changes: true
      ) { trainer, arguments, context in
        let steps: Int = try arguments["steps"]
        let each: Function? = try arguments["each"]
        for _ in 0..<steps {
          let score = try trainer.reward.map { try context.call($0, [.int(trainer.taken)]) }
          trainer.history.append(score.flatMap(Double.from) ?? 0)
          trainer.taken += 1
          if let each { _ = try context.call(each, [Value(record: ["index": .int(trainer.taken)])]) }
        }
        return Value(record: ["steps": .int(trainer.taken)])
      },
      .property("history", of: Trainer.self, "Reward by step", result: .series) { trainer, _ in
        Value(trainer.history)
      },
      .property("model", of: Trainer.self, "What is trained", result: .string) { trainer, _ in
        .string(trainer.model)
      },
    ])

  let model: String
  let reward: Function?
  var taken = 0
  var history: [Double] = []
  var boundType: BoundType { Self.type }
  var summary: String { "trainer of \(model) after \(taken) steps" }

  init(model: String, reward: Function?) { (self.model, self.reward) = (model, reward) }
}
